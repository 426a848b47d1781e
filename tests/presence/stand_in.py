"""An Asterisk of which only telephones, their channels and the lamps are there, and a database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

from runtime.ari import JsonObject, Response, Sink
from runtime.errors import AriUnavailable, StorageUnavailable
from runtime.presence import Presence
from runtime.storage.lamps import LampRow

A, B = "a" * 32, "b" * 32


class StandIn:
    """What Asterisk is asked for, it answers from these; `lit` is every state that was set."""

    def __init__(self) -> None:
        self.channels: dict[str, dict[str, Any]] = {}
        self.endpoints: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.lit: list[tuple[str, str]] = []
        self.deleted: list[str] = []
        self.reloads: list[str] = []
        self.watched: list[str] = []
        self.refused: set[str] = set()
        self.while_listing: list[dict[str, Any]] = []
        self.started = 0
        self._sink: Sink | None = None
        self._lost = asyncio.Event()

    # Transport.

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,  # noqa: ARG002
        blocking: bool = False,  # noqa: ARG002
    ) -> Response:
        """See Transport.request."""
        await asyncio.sleep(0.001)
        if self._sink is None:
            raise AriUnavailable("not connected")
        segments = [unquote(segment) for segment in path.split("/")]
        asked = {"GET": self._get, "PUT": self._put, "POST": self._post, "DELETE": self._delete}
        return asked[method](segments, query or {})

    async def run(self, sink: Sink) -> None:
        """See Transport.run."""
        first = True
        while True:
            self._sink = sink
            self._lost.clear()
            await sink.connected(first=first)
            first = False
            await self._lost.wait()
            self._sink = None
            sink.disconnected("lost")
            await asyncio.sleep(1)

    def _get(self, segments: Sequence[str], _query: Mapping[str, str]) -> Response:
        answers: dict[str, Callable[[], object]] = {
            "asterisk": lambda: {
                "status": {"startup_time": f"2030-01-01T00:00:{self.started:02}Z"}
            },
            "channels": self._list_channels,
            "endpoints": lambda: [_endpoint(n, state) for n, state in self.endpoints.items()],
            "deviceStates": lambda: [{"name": n[:63], "state": s} for n, s in self.states.items()],
        }
        return Response(200, answers[segments[0]]())

    def _list_channels(self) -> object:
        listed = list(self.channels.values())
        for event in self.while_listing:
            self.tells(event)
        return listed

    def _post(self, _segments: Sequence[str], query: Mapping[str, str]) -> Response:
        self.watched.append(query["eventSource"])
        return Response(200, {})

    def _put(self, segments: Sequence[str], query: Mapping[str, str]) -> Response:
        name = segments[-1]
        if name in self.refused:
            return Response(409, {"message": "refused"})
        if segments[0] == "asterisk":
            self.reloads.append(name)
        elif segments[0] == "deviceStates":
            self.states[name] = query["deviceState"]
            self.lit.append((name, query["deviceState"]))
        return Response(204)

    def _delete(self, segments: Sequence[str], _query: Mapping[str, str]) -> Response:
        self.deleted.append(segments[-1])
        del self.states[segments[-1]]
        return Response(204)

    # What happens.

    def lose(self) -> None:
        """Lose the connection for a second."""
        self._lost.set()

    def restart(self) -> None:
        """Start anew: no channels; what was set is still there."""
        self.started += 1
        self.channels.clear()
        self.lose()

    def call(self, channel_id: str, endpoint: str, state: str, **more: str) -> None:
        """Let a channel of a telephone begin or change; `type` is another kind of event."""
        known = channel_id in self.channels
        channel = {"id": channel_id, "name": f"PJSIP/{endpoint}-0000001f", "state": state}
        self.channels[channel_id] = channel
        kind = more.get("type") or ("ChannelStateChange" if known else "ChannelCreated")
        self.tells({"type": kind, "channel": channel})

    def over(self, channel_id: str) -> None:
        """Let a channel end."""
        self.tells({"type": "ChannelDestroyed", "channel": self.channels.pop(channel_id)})

    def register(self, endpoint: str, state: str = "online") -> None:
        """Let a telephone come or go."""
        self.endpoints[endpoint] = state
        self.tells({"type": "EndpointStateChange", "endpoint": _endpoint(endpoint, state)})

    def tells(self, event: dict[str, Any]) -> None:
        """Send an event, if there is a connection."""
        if self._sink is not None:
            self._sink.event(event)


class Shelf:
    """The rows that PostgreSQL would answer with."""

    def __init__(self) -> None:
        self.rows: dict[str, list[LampRow]] = {}
        self.away = False
        self.asked: list[str | None] = []

    def put(self, account_id: str, *lamps: tuple[str, str | None, str | None]) -> None:
        """Give an account lamps: name, endpoint and state of each row."""
        rows = [LampRow(account_id, *lamp) for lamp in lamps]
        self.rows[account_id] = rows or [LampRow(account_id, None, None, None)]

    async def fetch(self, account_id: str | None) -> Sequence[LampRow]:
        """See Fetch."""
        self.asked.append(account_id)
        if self.away:
            raise StorageUnavailable("PostgreSQL is away")
        if account_id is None:
            return [row for rows in self.rows.values() for row in rows]
        return self.rows.get(account_id, [])


@asynccontextmanager
async def running(asterisk: StandIn, shelf: Shelf) -> AsyncIterator[Presence]:
    """Keep the lamps true while the block runs."""
    presence = Presence(asterisk, "callflow-lamps", shelf.fetch)
    task = asyncio.create_task(presence.run())
    await settled()
    try:
        yield presence
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def settled(seconds: float = 5) -> None:
    """Let everything that is on the way arrive; it is virtual time."""
    await asyncio.sleep(seconds)


def _endpoint(name: str, state: str) -> dict[str, Any]:
    return {"technology": "PJSIP", "resource": name, "state": state, "channel_ids": []}
