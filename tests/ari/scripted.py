"""A second implementation of the transport seam: answers from a script, events on demand."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from runtime.ari import AriClient, JsonObject, Response, Sink
from runtime.ari.transport import RawEvent


@dataclass(frozen=True)
class Request:
    """What the client asked for."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject = field(default_factory=dict)
    blocking: bool = False


class Scripted:
    """An Asterisk that says what the test tells it to."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[tuple[str, str], Response] = {}
        self._sink: Sink | None = None
        self._running = asyncio.Event()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        blocking: bool = False,
    ) -> Response:
        self.requests.append(Request(method, path, query or {}, body or {}, blocking))
        return self.answers.get((method, path), Response(204))

    async def run(self, sink: Sink) -> None:
        self._sink = sink
        await sink.connected(first=True)
        self._running.set()
        await asyncio.Event().wait()

    @property
    def sink(self) -> Sink:
        assert self._sink is not None
        return self._sink

    def says(self, kind: str, **fields: object) -> None:
        raw: RawEvent = {"type": kind, "application": "app", **fields}
        self.sink.event(raw)

    async def reconnects(self) -> None:
        self.sink.disconnected("the test says so")
        await self.sink.connected(first=False)

    def answer(self, method: str, path: str, status: int, message: str = "") -> None:
        self.answers[method, path] = Response(status, {"message": message})


def channel(channel_id: str) -> dict[str, object]:
    """Describe a channel as Asterisk does."""
    return {"id": channel_id, "name": f"PJSIP/{channel_id}", "state": "Up"}


@asynccontextmanager
async def running(asterisk: Scripted) -> AsyncIterator[AriClient]:
    """Run a client of a scripted Asterisk."""
    client = AriClient(asterisk, "app")
    task = asyncio.create_task(client.run())
    try:
        await client.wait_connected()
        yield client
    finally:
        task.cancel()
        await asyncio.wait([task])
