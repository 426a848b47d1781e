"""Sending recordings away, and to whom they are not sent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from runtime.errors import UploadError
from runtime.recording import Method, Parcel, Uploads
from tests.recording.ftp_server import ftp_server

SOUND = bytes(range(256)) * 4000


def parcel(url: str, method: Method = "put", content: bytes = SOUND) -> Parcel:
    told = {"from": "2002@home.example", "caller_id_name": "Bob & Söhne", "call_id": "c1"}
    return Parcel(url, method, "call_recording_c1.mp3", "audio/mpeg", content, told)


@pytest.mark.parametrize(
    ("url", "begins"),
    [
        ("http://a.example/in/", "http://a.example/in/call_recording_c1.mp3?from="),
        ("http://a.example/in", "http://a.example/in/call_recording_c1.mp3?from="),
        ("http://a.example", "http://a.example/call_recording_c1.mp3?from="),
        ("http://a.example/in?file=", "http://a.example/in?file=call_recording_c1.mp3&from="),
    ],
)
def test_the_name_and_what_it_is_are_put_to_the_url(url: str, begins: str) -> None:
    address = parcel(url).address
    assert address.startswith(begins)
    assert address.endswith("from=2002%40home.example&caller_id_name=Bob+%26+S%C3%B6hne&call_id=c1")


@dataclass
class Server:
    """What a server was sent, and how it answers."""

    url: str = ""
    status: int = 201
    sent: list[tuple[str, str, str | None, bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        name = request.query.get("caller_id_name")
        self.sent.append((request.method, request.path, name, await request.read()))
        return web.Response(status=self.status)

    async def elsewhere(self, request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(f"/in/{request.match_info['name']}?{request.query_string}")

    async def circle(self, request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(str(request.rel_url))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    here = Server()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/in/{name}", here.take)
    app.router.add_route("*", "/moved/{name}", here.elsewhere)
    app.router.add_route("*", "/circle/{name}", here.circle)
    async with TestServer(app, host="127.0.0.1") as running:
        here.url = str(running.make_url("/"))
        yield here


@pytest.fixture
async def uploads() -> AsyncIterator[Uploads]:
    async with Uploads(allow_private=True) as here:
        yield here


@pytest.mark.parametrize("method", ["put", "post"])
@pytest.mark.parametrize("path", ["in", "moved/"])
async def test_a_server_gets_the_file_and_what_it_is(
    server: Server, uploads: Uploads, method: Method, path: str
) -> None:
    await uploads.send(parcel(f"{server.url}{path}", method))
    place = "/in/call_recording_c1.mp3"
    assert server.sent == [(method.upper(), place, "Bob & Söhne", SOUND)]


@pytest.mark.parametrize("status", [400, 404, 500, 503])
async def test_a_server_that_refuses_is_quoted(
    server: Server, uploads: Uploads, status: int
) -> None:
    server.status = status
    with pytest.raises(UploadError, match=f"answered {status}"):
        await uploads.send(parcel(f"{server.url}in"))


async def test_redirects_that_lead_nowhere_end(server: Server, uploads: Uploads) -> None:
    with pytest.raises(UploadError, match="too many redirects"):
        await uploads.send(parcel(f"{server.url}circle"))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "https://nowhere.invalid/x", "http://", "ftp://127.0.0.1:1/"]
)
async def test_a_server_that_is_not_there_is_an_upload_error(uploads: Uploads, url: str) -> None:
    with pytest.raises(UploadError):
        await uploads.send(parcel(url))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254"])
@pytest.mark.parametrize("scheme", ["http", "ftp"])
async def test_nothing_is_sent_into_the_own_network(server: Server, scheme: str, host: str) -> None:
    port = server.url.rpartition(":")[2]
    async with Uploads(allow_private=False) as careful:
        with pytest.raises(UploadError, match="not a public address"):
            await careful.send(parcel(f"{scheme}://{host}:{port}in"))
    assert not server.sent


async def test_a_file_is_stored_by_ftp(uploads: Uploads) -> None:
    async with ftp_server() as ftp:
        await uploads.send(parcel(f"ftp://bob:p%40ss@127.0.0.1:{ftp.port}/calls/mine"))
        assert ftp.files == {"call_recording_c1.mp3": SOUND}
        assert ftp.told[:2] == ["USER bob", "PASS p@ss"]
        assert [line for line in ftp.told if line.startswith("CWD")] == ["CWD calls", "CWD mine"]


async def test_an_ftp_server_that_refuses_is_quoted(uploads: Uploads) -> None:
    async with ftp_server() as ftp:
        ftp.refuses = True
        with pytest.raises(UploadError, match="530 no"):
            await uploads.send(parcel(f"ftp://127.0.0.1:{ftp.port}/"))
        assert not ftp.files


async def test_no_commands_can_be_put_into_a_path(uploads: Uploads) -> None:
    async with ftp_server() as ftp:
        with pytest.raises(UploadError):
            await uploads.send(parcel(f"ftp://127.0.0.1:{ftp.port}/a%0d%0aDELE%20b"))
        assert not any("DELE" in line for line in ftp.told)
