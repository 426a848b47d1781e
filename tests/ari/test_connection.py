"""The connection to Asterisk when the network, the release or the peer is bad."""

import asyncio
import base64
import logging
from collections.abc import Callable

import pytest
from aiohttp import web

from runtime.ari import AppTaken, AriClient, Gap
from runtime.errors import AriUnavailable
from tests.ari.relay import Relay
from tests.ari.stand_in import StandIn, client_of, standing_in

DIGIT = {"type": "ChannelDtmfReceived", "channel": {"id": "c"}, "digit": "1"}
PATIENCE = 10.0


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until a condition holds that nothing announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - no event exists
            await asyncio.sleep(0.005)


async def over_socket(client: AriClient, stand_in: StandIn) -> None:
    """Wait until the client knows that requests may go over the socket."""
    async with asyncio.timeout(PATIENCE):
        while ("socket", "GET", "asterisk/info") not in stand_in.requests:
            await client.info()


async def test_connects_with_a_filter_and_without_credentials_in_the_url(stand_in: StandIn) -> None:
    async with standing_in(stand_in), client_of(stand_in.url) as (client, _):
        async with asyncio.timeout(PATIENCE):
            await client.wait_connected()
        assert client.is_connected
        assert stand_in.requests[0] == ("http", "PUT", "applications/app/eventFilter")
        assert stand_in.raw_query == "app=app&subscribeAll=false"
        credentials = base64.b64decode(stand_in.authorization.removeprefix("Basic "))
        assert credentials == b"callflow:secret"


async def test_requests_go_over_the_socket_and_what_blocks_by_http(stand_in: StandIn) -> None:
    async with standing_in(stand_in), client_of(stand_in.url) as (client, _):
        await over_socket(client, stand_in)
        await client.channel("a/b").ring()
        await client.channel("a/b").answer()
        assert stand_in.requests[-2:] == [
            ("socket", "POST", "channels/a%2Fb/ring"),
            ("http", "POST", "channels/a%2Fb/answer"),
        ]


async def test_an_asterisk_too_old_for_the_socket_is_asked_by_http(
    stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stand_in.knows_rest_over_socket = False
    async with standing_in(stand_in), client_of(stand_in.url, timeout=0.2) as (client, _):
        async with asyncio.timeout(PATIENCE):
            await client.wait_connected()
        await client.channel("c").ring()
        await until(lambda: "requests by HTTP" in caplog.text)
        await client.channel("c").ring()
        assert {way for way, _, _ in stand_in.requests} == {"http"}


async def test_a_message_too_big_for_the_socket_goes_by_http(stand_in: StandIn) -> None:
    async with standing_in(stand_in), client_of(stand_in.url) as (client, _):
        await over_socket(client, stand_in)
        await client.channel("c").play("p", ["sound:" + "x" * 70_000])
        assert stand_in.requests[-1][0] == "http"
        await client.channel("c").play("p", ["sound:" + "x" * 50_000])
        assert stand_in.requests[-1][0] == "socket"


async def test_a_slow_answer_delays_neither_events_nor_others(stand_in: StandIn) -> None:
    gate = stand_in.holds("channels/slow/ring")
    async with standing_in(stand_in), client_of(stand_in.url) as (client, _):
        await over_socket(client, stand_in)
        socket = stand_in.connections.get_nowait()
        with client.subscribe("c") as events:
            slow = asyncio.create_task(client.channel("slow").ring())
            await stand_in.reached["channels/slow/ring"].wait()
            await socket.send_json(DIGIT)
            async with asyncio.timeout(PATIENCE):
                await events.get()
            # The socket counts as stuck after a quarter of a second.
            await asyncio.sleep(0.3)
            await client.channel("fast").ring()
            assert stand_in.requests[-1] == ("http", "POST", "channels/fast/ring")
            assert not slow.done()
            gate.set()
            await slow
        await client.channel("fast").ring()
        assert stand_in.requests[-1] == ("socket", "POST", "channels/fast/ring")


async def test_no_answer_in_time_is_unavailable(stand_in: StandIn) -> None:
    gate = stand_in.holds("channels/c/ring")
    stand_in.gates["channels/c/answer"] = gate
    stand_in.reached["channels/c/answer"] = asyncio.Event()
    async with standing_in(stand_in), client_of(stand_in.url, timeout=0.3) as (client, _):
        await over_socket(client, stand_in)
        with pytest.raises(AriUnavailable, match=r"POST channels/c/ring: no answer in 0\.3 s"):
            await client.channel("c").ring()
        with pytest.raises(AriUnavailable, match=r"channels/c/answer: no answer"):
            await client.channel("c").answer()


async def test_a_lost_connection_fails_who_waits_and_is_made_again(stand_in: StandIn) -> None:
    stand_in.holds("channels/c/ring")
    async with (
        standing_in(stand_in),
        Relay(stand_in.url).open() as relay,
        client_of(relay.url) as (client, _),
    ):
        await over_socket(client, stand_in)
        await stand_in.connections.get()
        with client.subscribe("c") as events:
            waiting = asyncio.create_task(client.channel("c").ring())
            await stand_in.reached["channels/c/ring"].wait()
            relay.cut()
            with pytest.raises(AriUnavailable, match="lost"):
                await waiting
            async with asyncio.timeout(PATIENCE):
                assert await events.get() == Gap(first=False)
                assert await client.gaps.get() == Gap(first=True)
                assert await client.gaps.get() == Gap(first=False)
            again = stand_in.connections.get_nowait()
            await again.send_json(DIGIT)
            async with asyncio.timeout(PATIENCE):
                assert await events.get() != Gap(first=False)


async def test_a_server_that_closes_cleanly_is_not_hammered(stand_in: StandIn) -> None:
    async def close(socket: web.WebSocketResponse) -> None:
        await socket.close()

    stand_in.on_connect = close
    async with standing_in(stand_in), client_of(stand_in.url) as (_, task):
        await until(lambda: len(stand_in.connected_at) == 5)
        assert not task.done()
    # Delays of at least 0.05, 0.1, 0.2 and 0.4 s: they grow, although each connection succeeded.
    assert stand_in.connected_at[-1] - stand_in.connected_at[0] > 0.7


async def test_a_peer_that_falls_silent_is_left(stand_in: StandIn) -> None:
    stand_in.answers_pings = False
    async with (
        standing_in(stand_in),
        client_of(stand_in.url, keep_alive=0.2) as (client, _),
    ):
        async with asyncio.timeout(PATIENCE):
            assert await client.gaps.get() == Gap(first=True)
            assert await client.gaps.get() == Gap(first=False)


async def test_a_peer_that_accepts_and_says_nothing_is_left() -> None:
    calls: asyncio.Queue[None] = asyncio.Queue()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.put_nowait(None)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        async with client_of(f"http://{host}:{port}/ari", timeout=0.1) as (client, _):
            async with asyncio.timeout(PATIENCE):
                for _ in range(3):
                    await calls.get()
            assert not client.is_connected
            with pytest.raises(AriUnavailable, match="no answer"):
                await client.ping()


async def test_nobody_there_is_unavailable_and_tried_again() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    server.close()
    await server.wait_closed()
    async with client_of(f"http://{host}:{port}/ari") as (client, task):
        with pytest.raises(AriUnavailable, match="asterisk/ping"):
            await client.ping()
        assert not task.done()


async def test_messages_that_are_no_events_break_nothing(stand_in: StandIn) -> None:
    async with standing_in(stand_in), client_of(stand_in.url) as (client, _):
        await over_socket(client, stand_in)
        socket = stand_in.connections.get_nowait()
        with client.subscribe("c") as events:
            for text in (
                "",
                "{",
                "[" * 100_000,
                "[]",
                "7",
                "null",
                '{"type": 7}',
                '{"type": "RESTResponse"}',
            ):
                await socket.send_str(text)
            await socket.send_bytes(b"\x00")
            await socket.send_json(DIGIT)
            async with asyncio.timeout(PATIENCE):
                await events.get()
        assert len(stand_in.connected_at) == 1


async def test_another_program_with_our_name_stops_us(stand_in: StandIn) -> None:
    async with standing_in(stand_in), client_of(stand_in.url) as (client, task):
        await over_socket(client, stand_in)
        socket = stand_in.connections.get_nowait()
        await socket.send_json({"type": "ApplicationReplaced", "application": "app"})
        with pytest.raises(AppTaken):
            await task
        assert not client.is_connected
        assert len(stand_in.connected_at) == 1
