"""The narrow seam to an Asterisk: requests out, events in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from runtime.errors import AriError

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
JsonObject: TypeAlias = Mapping[str, JsonValue]

# What json.loads makes of an event; nothing in it has been checked yet.
RawEvent: TypeAlias = dict[str, Any]


class AppTaken(AriError):
    """Another program connected with our application's name and now gets our events.

    Asterisk leaves our connection open but says nothing more on it, so going on would mean being
    deaf, and connecting again would take the calls away from the other program.
    """


@dataclass(frozen=True, slots=True)
class Response:
    """What Asterisk answered.

    `data` is the parsed JSON, None when there was no body or it is not JSON; `content` the bytes.
    """

    status: int
    data: Any = None
    content: bytes = b""


class Sink(Protocol):
    """Who wants to hear what comes from Asterisk."""

    def event(self, raw: RawEvent) -> None:
        """Take one event; must not block and raises nothing but AppTaken."""

    async def connected(self, *, first: bool) -> None:
        """Prepare a new connection, whose events already flow.

        When it raises AriError the connection is closed and tried again.
        """

    def disconnected(self, reason: str) -> None:
        """Learn that a connection for which `connected` returned is lost."""


class Transport(Protocol):
    """A way to one Asterisk, real or virtual."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        blocking: bool = False,
    ) -> Response:
        """Send one request and return the answer, whatever its status.

        `path` is relative to /ari, its segments percent-encoded; `query` is plain text. `blocking`
        tells that Asterisk may take long to answer and must not be kept from other requests.
        Raises AriUnavailable when there is no answer in time.
        """

    async def run(self, sink: Sink) -> None:
        """Keep a connection for events for ever; raises AppTaken."""
