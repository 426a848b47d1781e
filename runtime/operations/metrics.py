"""What is counted and timed, for Prometheus; no label has more values than this program names."""

from collections.abc import Callable, Collection

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from runtime.storage.calls import CallRow, StepRow
from runtime.storage.cdrs import CdrRow

UNKNOWN = "unknown"

# The moment of a counter's birth is a series for each series, and nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

_FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_LAG = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

_KEYS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 1.0)

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})
_COLLECTIONS = frozenset(
    {
        "applications",
        "asterisk",
        "bridges",
        "channels",
        "deviceStates",
        "endpoints",
        "events",
        "mailboxes",
        "playbacks",
        "recordings",
        "sounds",
    }
)
# What stands where an id would, or after one.
_ACTIONS = frozenset(
    {
        "addChannel",
        "answer",
        "continue",
        "control",
        "create",
        "dial",
        "dtmf",
        "eventFilter",
        "externalMedia",
        "file",
        "hold",
        "info",
        "live",
        "moh",
        "modules",
        "move",
        "mute",
        "ping",
        "play",
        "progress",
        "record",
        "redirect",
        "removeChannel",
        "ring",
        "silence",
        "snoop",
        "stored",
        "subscription",
        "transfer_progress",
        "variable",
        "variables",
    }
)


class Metrics:
    """The metrics of one runtime; `modules` are the actions that have a label of their own."""

    def __init__(self, modules: Collection[str]) -> None:
        self._modules = frozenset(modules)
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._calls = Counter(
            "callflow_calls", "Calls that have ended", ["outcome"], registry=self._registry
        )
        self._steps = Counter(
            "callflow_steps", "Nodes that ran", ["module", "outcome"], registry=self._registry
        )
        self._requests = Histogram(
            "callflow_ari_request_seconds",
            "Time until Asterisk answered",
            ["method", "resource"],
            buckets=_FAST,
            registry=self._registry,
        )
        # Finding a histogram by its labels takes longer than telling it something.
        self._of_request: dict[tuple[str, str], Histogram] = {}
        self._errors = Counter(
            "callflow_ari_errors",
            "Requests that Asterisk refused, or (status none) did not answer",
            ["method", "resource", "status"],
            registry=self._registry,
        )
        self._lookups = Histogram(
            "callflow_lookup_seconds",
            "Time to find a call's account and callflow",
            buckets=_FAST,
            registry=self._registry,
        )
        self._keys = Histogram(
            "callflow_key_delay_seconds",
            "Our own time for a key pressed in a conversation: until heard, and until acted upon",
            ["stage"],
            buckets=_KEYS,
            registry=self._registry,
        )
        self._lag = Histogram(
            "callflow_loop_lag_seconds",
            "How late the event loop was, sampled several times a second",
            buckets=_LAG,
            registry=self._registry,
        )

    def traced(self, entry: CallRow | StepRow | CdrRow) -> None:
        """Count a call that has ended or a node that ran."""
        if isinstance(entry, StepRow):
            module = entry.module if entry.module in self._modules else UNKNOWN
            self._steps.labels(module, entry.outcome or UNKNOWN).inc()
        elif isinstance(entry, CallRow) and entry.ended_at is not None:
            self._calls.labels(entry.outcome or UNKNOWN).inc()

    def looked_up(self, seconds: float) -> None:
        """Take the time of one lookup."""
        self._lookups.observe(seconds)

    def key_delayed(self, stage: str, seconds: float) -> None:
        """Take how long we took for a key; `stage` is `heard` or `acted`."""
        self._keys.labels(stage).observe(seconds)

    def requested(self, method: str, path: str, seconds: float, status: int | None) -> None:
        """Take the time of one ARI request and count it if it failed; `status` None: no answer."""
        method = method if method in _METHODS else UNKNOWN
        resource = resource_of(path)
        request = method, resource
        histogram = self._of_request.get(request)
        if histogram is None:
            histogram = self._of_request[request] = self._requests.labels(*request)
        histogram.observe(seconds)
        if status is None or status >= 300:
            told = "none" if status is None else str(min(status, 599))
            self._errors.labels(method, resource, told).inc()

    def lagged(self, seconds: float) -> None:
        """Take a sample of the event loop's lag."""
        self._lag.observe(seconds)

    def gauge(self, name: str, documentation: str, value: Callable[[], float]) -> None:
        """Report a value that is asked for whenever the metrics are read."""
        Gauge(name, documentation, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """Return all in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


def resource_of(path: str) -> str:
    """Return the kind of resource of an ARI path: `channels/play`, never an id."""
    parts = path.split("/", 3)
    collection = parts[0]
    if collection not in _COLLECTIONS:
        return UNKNOWN
    for part in parts[1:3]:
        if part in _ACTIONS:
            return f"{collection}/{part}"
    return collection
