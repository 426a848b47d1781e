"""A real web server on this machine, which answers what a test wrote and remembers who asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import BaseTestServer, RawTestServer


@dataclass
class WebServer:
    """Answers by path: a list or an object is JSON, a text XML; else 404."""

    replies: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The queries and forms, by arrival."""
    server: BaseTestServer | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def url(self, path: str) -> str:
        """Return the URL of a path."""
        if self.server is None:
            raise AssertionError("the server is not running")
        return str(self.server.make_url(path))

    async def told(self, path: str, within: float = 10.0) -> dict[str, str]:
        """Return what a path was first told, when it is."""
        async with asyncio.timeout(within), self.news:
            while True:
                for asked in self.asked:
                    if asked["path"] == path:
                        return asked
                await self.news.wait()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        async with self.news:
            self.asked.append({**request.query, **form, "path": request.path})
            self.news.notify_all()
        reply = self.replies.get(request.path)
        if reply is None:
            return web.Response(status=404)
        if isinstance(reply, str):
            return web.Response(text=reply, content_type="text/xml")
        return web.json_response(reply)


@asynccontextmanager
async def web_server(**replies: Any) -> AsyncIterator[WebServer]:
    """Run a server; a reply's name is its path without the slash."""
    one = WebServer({f"/{name}": reply for name, reply in replies.items()})
    async with RawTestServer(one.answer, host="127.0.0.1") as running:
        one.server = running
        yield one
