"""Fetching what documents name by URL: bounded, and no door into the own network."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from runtime.errors import MediaError
from runtime.media import fetch
from runtime.media.fetch import Fetcher
from runtime.outward import WebClient


async def _sound(_request: web.Request) -> web.Response:
    return web.Response(body=b"sound")


async def _moved(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/sound.wav")


async def _circle(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/circle")


async def _huge(_request: web.Request) -> web.Response:
    return web.Response(body=b"x" * (fetch.MAX_BYTES + 1))


@pytest.fixture
async def server() -> AsyncIterator[BaseTestServer]:
    app = web.Application()
    app.router.add_get("/sound.wav", _sound)
    app.router.add_get("/moved", _moved)
    app.router.add_get("/circle", _circle)
    app.router.add_get("/huge", _huge)
    async with TestServer(app, host="127.0.0.1") as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with WebClient(allow_private=True) as web_client:
        yield Fetcher(web_client)


async def test_a_body_is_fetched_and_a_redirect_followed(
    server: BaseTestServer, fetcher: Fetcher
) -> None:
    assert await fetcher.fetch(str(server.make_url("/sound.wav"))) == b"sound"
    assert await fetcher.fetch(str(server.make_url("/moved"))) == b"sound"


@pytest.mark.parametrize(
    ("path", "problem"),
    [("/missing", "answered 404"), ("/circle", "too many redirects"), ("/huge", "larger than")],
)
async def test_what_cannot_be_had_says_why(
    server: BaseTestServer, fetcher: Fetcher, path: str, problem: str
) -> None:
    with pytest.raises(MediaError, match=problem):
        await fetcher.fetch(str(server.make_url(path)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254"])
async def test_private_addresses_are_refused(server: BaseTestServer, host: str) -> None:
    async with WebClient(allow_private=False) as careful:
        with pytest.raises(MediaError, match="not a public address"):
            await Fetcher(careful).fetch(f"http://{host}:{server.port}/sound.wav")


@pytest.mark.parametrize("url", ["http://", "http://[", "https://nowhere.invalid/x"])
async def test_urls_that_are_none_are_media_errors(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(MediaError):
        await fetcher.fetch(url)
