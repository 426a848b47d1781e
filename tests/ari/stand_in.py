"""An HTTP and WebSocket server that behaves like an Asterisk, or misbehaves, at socket level."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from runtime.ari import AriClient, Asterisk

AppearsOn = Callable[[web.WebSocketResponse], Coroutine[Any, Any, None]]


class StandIn:
    """What the server does is set by attributes; what was done to it is recorded in them."""

    def __init__(self) -> None:
        self.url = ""
        self.knows_rest_over_socket = True
        self.answers_pings = True
        self.on_connect: AppearsOn | None = None
        self.gates: dict[str, asyncio.Event] = {}
        self.reached: dict[str, asyncio.Event] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.connected_at: list[float] = []
        self.authorization = ""
        self.raw_query = ""
        self.connections: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()

    def holds(self, path: str) -> asyncio.Event:
        """Do not answer requests for a path until the returned event is set."""
        self.reached[path] = asyncio.Event()
        self.gates[path] = asyncio.Event()
        return self.gates[path]

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        self.connected_at.append(asyncio.get_running_loop().time())
        self.authorization = request.headers.get("Authorization", "")
        self.raw_query = request.query_string
        socket = web.WebSocketResponse(autoping=self.answers_pings)
        await socket.prepare(request)
        self.connections.put_nowait(socket)
        if self.on_connect is not None:
            await self.on_connect(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT and self.knows_rest_over_socket:
                # One at a time, as Asterisk does.
                await self._answer(socket, json.loads(message.data))
        return socket

    async def rest(self, request: web.Request) -> web.Response:
        status, data = await self._serve("http", request.method, request.raw_path)
        return web.json_response(data, status=status)

    async def _answer(self, socket: web.WebSocketResponse, raw: dict[str, Any]) -> None:
        status, data = await self._serve("socket", raw["method"], f"/ari/{raw['uri']}")
        await socket.send_json(
            {
                "type": "RESTResponse",
                "request_id": raw["request_id"],
                "transaction_id": raw["transaction_id"],
                "status_code": status,
                "reason_phrase": "",
                "uri": raw["uri"],
                "message_body": json.dumps(data),
            }
        )

    async def _serve(self, way: str, method: str, path: str) -> tuple[int, object]:
        path = path.removeprefix("/ari/")
        self.requests.append((way, method, path))
        if gate := self.gates.get(path):
            self.reached[path].set()
            await gate.wait()
        return 200, {"ping": "pong"}


@asynccontextmanager
async def standing_in(stand_in: StandIn) -> AsyncIterator[StandIn]:
    """Serve on a free port of the loopback."""
    app = web.Application()
    app.router.add_get("/ari/events", stand_in.events)
    app.router.add_route("*", "/ari/{path:.*}", stand_in.rest)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    stand_in.url = f"http://{host}:{port}/ari"
    try:
        yield stand_in
    finally:
        for gate in stand_in.gates.values():
            gate.set()
        await runner.cleanup()


@asynccontextmanager
async def client_of(
    url: str,
    *,
    timeout: float = 5.0,  # noqa: ASYNC109 - given to the transport
    keep_alive: float = 20.0,
    app: str = "app",
    user: str = "callflow",
    password: str = "secret",  # noqa: S107 - the stand-in accepts any
) -> AsyncIterator[tuple[AriClient, "asyncio.Task[None]"]]:
    """Run a client of whatever answers at a URL."""
    async with Asterisk(
        url, user, password, app, timeout=timeout, keep_alive=keep_alive
    ) as transport:
        client = AriClient(transport, app)
        task = asyncio.create_task(client.run())
        try:
            yield client, task
        finally:
            task.cancel()
            await asyncio.wait([task])
