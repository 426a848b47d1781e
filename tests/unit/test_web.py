"""Our HTTP server: media that Asterisk may keep for ever, liveness and readiness."""

import socket
from pathlib import Path

import aiohttp
import pytest

from runtime.errors import SettingError
from runtime.media import Store
from runtime.web import Health, serve
from tests.ports import free_port


def _metrics() -> bytes:
    return b"calls 1\n"


async def _wav() -> bytes:
    return b"RIFF"


async def test_media_are_served_by_their_name_and_may_be_kept(tmp_path: Path) -> None:
    port = free_port()
    store = Store(tmp_path, f"http://127.0.0.1:{port}")
    url = await store.url(b"source", _wav)
    async with (
        serve(("127.0.0.1", port), store, Health({}), _metrics),
        aiohttp.ClientSession() as session,
    ):
        async with session.get(url) as response:
            assert await response.read() == b"RIFF"
            assert response.headers["Content-Type"] == "audio/wav"
            assert "immutable" in response.headers["Cache-Control"]
        async with session.get(f"http://127.0.0.1:{port}/media/..%2fcallflow.env") as response:
            assert response.status == 404


async def test_alive_is_not_yet_ready(tmp_path: Path) -> None:
    port = free_port()
    works = False
    health = Health({"asterisk": lambda: works})
    async with (
        serve(("127.0.0.1", port), Store(tmp_path, ""), health, _metrics),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        async with session.get("/health/live") as response:
            assert response.status == 200
        async with session.get("/health/ready") as response:
            assert (response.status, await response.json()) == (503, {"asterisk": False})
        works = True
        async with session.get("/health/ready") as response:
            assert response.status == 200


async def test_a_port_in_use_names_the_setting(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match="CALLFLOW_HTTP_PORT"):
            async with serve(("127.0.0.1", port), Store(tmp_path, ""), Health({}), _metrics):
                pass
