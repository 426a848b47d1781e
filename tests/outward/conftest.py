"""A web server that remembers what it was asked, and a client that may ask it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, RawTestServer

from runtime.outward import WebClient


@dataclass(frozen=True)
class Arrived:
    """A request as it arrived; `path` is with its query."""

    method: str
    path: str
    kind: str | None
    cookie: str | None
    body: bytes


@dataclass
class Book:
    """What was asked, and what /status answers, one after the other."""

    arrived: list[Arrived] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    waited_for: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody waits for /never."""
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when nobody waits for /never any more."""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer by the path."""
        headers = request.headers
        self.arrived.append(
            Arrived(
                request.method,
                request.path_qs,
                headers.get("Content-Type"),
                headers.get("Cookie"),
                await request.read(),
            )
        )
        match request.path:
            case "/never":
                return await self._never()
            case "/drips":
                return await self._drips(request)
            case "/circle":
                raise web.HTTPFound("/circle")
            case "/moved":
                raise web.HTTPTemporaryRedirect("/there?to=here")
            case "/big":
                return web.Response(body=b"x" * 100_000)
            case "/status":
                return web.Response(status=self.statuses.pop(0) if self.statuses else 200)
            case "/bare":
                response = web.Response(body=b"bare")
                response.headers.popall("Content-Type", None)
                return response
            case _:
                cookie = {"Set-Cookie": "account=first"}
                return web.Response(text="there", content_type="text/xml", headers=cookie)

    async def _never(self) -> web.StreamResponse:
        self.waited_for.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up.set()
        raise AssertionError("nobody waits for ever")

    async def _drips(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.05)


@pytest.fixture
def book() -> Book:
    """Return what the server is asked."""
    return Book()


@pytest.fixture
async def server(book: Book) -> AsyncIterator[BaseTestServer]:
    """Yield a server on this machine."""
    async with RawTestServer(book.answer, host="127.0.0.1") as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[WebClient]:
    """Yield a client that may ask this machine."""
    async with WebClient(allow_private=True) as one:
        yield one
