"""The wire between a client and the virtual Asterisk: delays, refusals, events in order."""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from runtime.ari import JsonObject, Response, Sink
from runtime.ari.transport import RawEvent

EPOCH = datetime(2030, 1, 1, tzinfo=UTC)
"""The date at which virtual time begins."""


@dataclass(frozen=True)
class Delays:
    """Seconds on the wire: of a request, of its answer, and of an event.

    Events that are slower than answers are as real as the other way round.
    """

    request: float = 0.0002
    answer: float = 0.0003
    event: float = 0.0002


@dataclass(frozen=True)
class Request:
    """What the client asked for."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject = field(default_factory=dict)
    blocking: bool = False

    def get(self, name: str) -> Any:
        """Return a parameter, which Asterisk takes from the query or the body."""
        return self.query.get(name, self.body.get(name))

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.get(name)
        return default if value is None else str(value)

    def number(self, name: str) -> int | None:
        """Return a parameter as a whole number; None when it is not given or is none."""
        value = self.get(name)
        try:
            return None if value is None else int(value)
        except (TypeError, ValueError):
            return None


class Refusal(Exception):
    """Asterisk answers with an error: its status and message."""

    def __init__(self, status: int, message: str, key: str = "message") -> None:
        super().__init__(f"{status} {message}")
        self.response = Response(status, {key: message})


def allocation_failed() -> Refusal:
    """Return what Asterisk says to much that it cannot do."""
    return Refusal(500, "Allocation failed", "error")


class Wire:
    """Brings events to the one application that is connected; `log` are those that it was sent."""

    def __init__(self, app: str, delays: Delays) -> None:
        self.app = app
        self.delays = delays
        self.sink: Sink | None = None
        self.allowed: Collection[str] | None = None
        self.log: list[RawEvent] = []
        self._under_way: deque[RawEvent] = deque()

    def emit(self, kind: str, **fields: Any) -> None:
        """Send an event; events never overtake each other."""
        loop = asyncio.get_running_loop()
        at = (EPOCH + timedelta(seconds=loop.time())).isoformat(timespec="milliseconds")
        self._under_way.append({"type": kind, "application": self.app, "timestamp": at, **fields})
        loop.call_later(self.delays.event, self._deliver)

    def _deliver(self) -> None:
        event = self._under_way.popleft()
        kind = event["type"]
        if self.sink is None or (self.allowed is not None and kind not in self.allowed):
            return
        self.log.append(event)
        self.sink.event(event)
