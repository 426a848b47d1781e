"""Requests to a real server: what arrives there, redirects, limits, and whom nobody may ask."""

import asyncio
import time
from typing import Any

import pytest
from aiohttp.test_utils import BaseTestServer

from runtime.errors import WebError
from runtime.outward import PublicResolver, Request, WebClient
from tests.outward.conftest import Book


def url_of(server: BaseTestServer, path: str) -> str:
    return str(server.make_url(path))


async def test_a_get_with_a_query_after_that_of_the_url(
    server: BaseTestServer, book: Book, client: WebClient
) -> None:
    url = url_of(server, "/there") + "?a=1&b[c]=2#part"
    response = await client.ask(Request(url, query=[("D[e]", "3 & 4"), ("f", "ü+")]))
    assert (response.status, response.body, response.content_type) == (200, b"there", "text/xml")
    (arrived,) = book.arrived
    assert (arrived.method, arrived.kind, arrived.body) == ("GET", None, b"")
    assert arrived.path.endswith("D%5Be%5D=3+%26+4&f=%C3%BC%2B")
    assert arrived.path.startswith("/there?a=1&b")


@pytest.mark.parametrize(
    ("content", "kind", "body"),
    [
        ({"form": [("a[b]", "c d")]}, "application/x-www-form-urlencoded", b"a%5Bb%5D=c+d"),
        ({"form": []}, "application/x-www-form-urlencoded", b""),
        ({"json": {"a": [1, "ü"]}}, "application/json", b'{"a": [1, "\\u00fc"]}'),
    ],
)
async def test_a_post_with_a_form_or_json(
    server: BaseTestServer,
    book: Book,
    client: WebClient,
    content: dict[str, Any],
    kind: str,
    body: bytes,
) -> None:
    await client.ask(Request(url_of(server, "/there?x=1"), "POST", **content))
    (arrived,) = book.arrived
    assert (arrived.method, arrived.path) == ("POST", "/there?x=1")
    assert (arrived.kind, arrived.body) == (kind, body)


async def test_a_get_is_redirected_and_a_post_is_not(
    server: BaseTestServer, book: Book, client: WebClient
) -> None:
    response = await client.ask(Request(url_of(server, "/moved"), query=[("a", "1")]))
    assert (response.status, response.url) == (200, url_of(server, "/there?to=here"))
    assert [each.path for each in book.arrived] == ["/moved?a=1", "/there?to=here"]
    response = await client.ask(Request(url_of(server, "/moved"), "POST", form=[("a", "1")]))
    assert response.status == 307


@pytest.mark.parametrize(
    ("path", "problem"),
    [("/circle", "too many redirects"), ("/big", "larger than 50000 bytes")],
)
async def test_what_goes_too_far_is_no_answer(
    server: BaseTestServer, client: WebClient, path: str, problem: str
) -> None:
    with pytest.raises(WebError, match=problem):
        await client.ask(Request(url_of(server, path), max_bytes=50_000))


async def test_a_body_may_be_as_large_as_the_limit(
    server: BaseTestServer, client: WebClient
) -> None:
    response = await client.ask(Request(url_of(server, "/big"), max_bytes=100_000))
    assert len(response.body) == 100_000


@pytest.mark.parametrize("path", ["/never", "/drips"])
async def test_the_time_is_that_of_the_whole_answer(
    server: BaseTestServer, client: WebClient, path: str
) -> None:
    began = time.monotonic()
    with pytest.raises(WebError, match=r"no answer within 0\.3 s"):
        await client.ask(Request(url_of(server, path), seconds=0.3))
    assert 0.25 < time.monotonic() - began < 2


async def test_whoever_stops_waiting_leaves_no_connection(
    server: BaseTestServer, book: Book, client: WebClient
) -> None:
    asking = asyncio.create_task(client.ask(Request(url_of(server, "/never"))))
    async with asyncio.timeout(5):
        await book.waited_for.wait()
        asking.cancel()
        await asyncio.wait({asking})
        await book.given_up.wait()
    assert asking.cancelled()


async def test_any_status_is_an_answer(
    server: BaseTestServer, book: Book, client: WebClient
) -> None:
    book.statuses += [404, 500]
    for status in (404, 500, 200):
        assert (await client.ask(Request(url_of(server, "/status")))).status == status


async def test_no_content_type_is_none(server: BaseTestServer, client: WebClient) -> None:
    response = await client.ask(Request(url_of(server, "/bare")))
    assert response.body == b"bare"
    assert response.content_type in (None, "application/octet-stream")


async def test_cookies_are_forgotten(server: BaseTestServer, book: Book, client: WebClient) -> None:
    for _ in range(2):
        await client.ask(Request(url_of(server, "/there")))
    assert [each.cookie for each in book.arrived] == [None, None]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433"]
)
async def test_this_machine_is_not_asked(server: BaseTestServer, book: Book, host: str) -> None:
    async with WebClient(allow_private=False) as careful:
        with pytest.raises(WebError, match="not a public address"):
            await careful.ask(Request(f"http://{host}:{server.port}/there"))
    assert book.arrived == []


async def test_a_name_is_looked_at_again_when_it_is_resolved() -> None:
    resolver = PublicResolver()
    with pytest.raises(WebError, match="localhost is not a public address"):
        await resolver.resolve("localhost", 80)
    await resolver.close()


@pytest.mark.parametrize(
    "url", ["", "http://", "http://[", "ftp://example.com/", "https://nowhere.invalid/x", "/there"]
)
async def test_what_is_no_url_or_leads_nowhere_is_an_error(client: WebClient, url: str) -> None:
    with pytest.raises(WebError):
        await client.ask(Request(url, seconds=5))


async def test_a_server_that_is_not_there_is_an_error(client: WebClient) -> None:
    with pytest.raises(WebError, match=r"127\.0\.0\.1:1/x: .*refused|Cannot connect"):
        await client.ask(Request("http://user:secret@127.0.0.1:1/x?key=secret"))
    with pytest.raises(WebError) as raised:
        await client.ask(Request("http://user:secret@127.0.0.1:1/x?key=secret"))
    assert "secret" not in str(raised.value)
