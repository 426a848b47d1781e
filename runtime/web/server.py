"""HTTP: the audio that Asterisk fetches from us, health and metrics."""

import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from runtime.errors import SettingError
from runtime.media import Store
from runtime.web.body import MAX_BYTES
from runtime.web.dispatch import Dispatch

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Health:
    """Each part that must work for calls to be taken, and whether it does now."""

    parts: dict[str, Callable[[], bool]]

    def report(self) -> dict[str, bool]:
        """Ask every part."""
        return {name: works() for name, works in self.parts.items()}


@asynccontextmanager
async def serve(
    address: tuple[str, int],
    store: Store,
    health: Health,
    metrics: Callable[[], bytes],
    api: Dispatch | None = None,
) -> AsyncIterator[None]:
    """Serve at a host and port while the block runs; SettingError when they cannot be had.

    `metrics` returns them in Prometheus' text format.
    """
    host, port = address
    app = web.Application(client_max_size=MAX_BYTES)
    if api is not None:
        api.mount(app)
    app.add_routes(
        [
            web.get("/media/{name}", _media(store)),
            web.get("/health/live", _live),
            web.get("/health/ready", _ready(health)),
            web.get("/metrics", _metrics(metrics)),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            name = "CALLFLOW_HTTP_PORT" if error.errno == errno.EADDRINUSE else "CALLFLOW_HTTP_HOST"
            raise SettingError(
                name, f"cannot listen on {host}:{port} ({error.strerror})", "Choose another."
            ) from None
        yield
    finally:
        await runner.cleanup()


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _media(store: Store) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        path = store.path(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        # Asterisk asks again for each playback of what it may not keep.
        return web.FileResponse(
            path, headers={"Cache-Control": _FOR_EVER, "Content-Type": "audio/wav"}
        )

    return handle


async def _live(_request: web.Request) -> web.Response:
    return web.json_response({"live": True})


def _ready(health: Health) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        report = health.report()
        return web.json_response(report, status=200 if all(report.values()) else 503)

    return handle


def _metrics(metrics: Callable[[], bytes]) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": _PROMETHEUS})

    return handle
