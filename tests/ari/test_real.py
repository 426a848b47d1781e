"""The client and a real Asterisk; its channels are RTP pipes, so no dialplan and no phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from runtime.ari import (
    AppTaken,
    AriClient,
    Channel,
    ChannelDestroyed,
    ChannelEnteredBridge,
    ChannelLeftBridge,
    Event,
    Gap,
    PlaybackFinished,
    PlaybackStarted,
    RecordingFinished,
    RecordingStarted,
    StasisEnd,
    StasisStart,
    Subscription,
    new_id,
)
from runtime.errors import AriRefused, Gone
from tests.ari.conftest import RunningAsterisk
from tests.ari.relay import Relay
from tests.ari.stand_in import client_of

PATIENCE = 10.0
E = TypeVar("E", bound=Event)
ENDLESS = "tone:440/200,0/200"


@pytest.fixture
async def client(asterisk: RunningAsterisk) -> AsyncIterator[AriClient]:
    async with connected(asterisk) as (connected_client, _):
        yield connected_client


@asynccontextmanager
async def connected(
    asterisk: RunningAsterisk, app: str | None = None, url: str | None = None
) -> AsyncIterator[tuple[AriClient, "asyncio.Task[None]"]]:
    async with client_of(
        url or asterisk.ari_url,
        app=app or new_id("test"),
        user=asterisk.ari_user,
        password=asterisk.ari_password,
    ) as (client, task):
        async with asyncio.timeout(PATIENCE):
            await client.wait_connected()
        yield client, task


@asynccontextmanager
async def a_call(client: AriClient) -> AsyncIterator[tuple[Channel, Subscription]]:
    """Make a channel in our application whose other end listens to nothing."""
    channel = client.channel(new_id("ch"))
    with client.subscribe(channel.id) as events:
        await channel.external_media("127.0.0.1:9", "ulaw")
        await comes(events, StasisStart)
        try:
            yield channel, events
        finally:
            await channel.hangup()


async def comes(events: Subscription, kind: type[E]) -> E:
    """Wait for the next event of a kind, passing over others."""
    async with asyncio.timeout(PATIENCE):
        while True:
            event = await events.get()
            if isinstance(event, kind):
                return event


async def test_it_is_there(client: AriClient) -> None:
    await client.ping()
    info = await client.info()
    assert info.system.version
    assert info.status.startup_time is not None
    assert (await client.application()).name == client.app


async def test_a_channel_lives_and_dies(client: AriClient) -> None:
    async with a_call(client) as (channel, events):
        assert client.arrivals.empty()
        assert (await channel.details()).id == channel.id
        assert channel.id in [found.id for found in await client.channels()]
        assert channel.id in (await client.application()).channel_ids
        await channel.answer()
        await channel.answer()
        assert await channel.hangup(17)
        await comes(events, StasisEnd)
        assert (await comes(events, ChannelDestroyed)).cause == 17
        assert not await channel.hangup()
        with pytest.raises(Gone):
            await channel.answer()
        with pytest.raises(Gone):
            await channel.play(new_id("pb"), [ENDLESS])
        with pytest.raises(Gone):
            await channel.set_variables({"A": "1"})
        assert await channel.get_variable("A") is None


async def test_a_channel_nobody_expects_arrives(client: AriClient) -> None:
    channel = client.channel(new_id("ch"))
    await channel.external_media("127.0.0.1:9", "ulaw")
    async with asyncio.timeout(PATIENCE):
        arrival = await client.arrivals.get()
    assert arrival.start.channel.id == channel.id
    await channel.hangup()
    await comes(arrival.events, StasisEnd)


async def test_a_leg_to_nowhere_is_refused(client: AriClient) -> None:
    leg = client.channel(new_id("ch"))
    with pytest.raises(AriRefused, match="Allocation failed") as caught:
        await leg.create("Nowhere/nobody")
    assert caught.value.status == 500


async def test_an_endless_tone_is_stopped(client: AriClient) -> None:
    async with a_call(client) as (channel, events):
        playback = client.playback(new_id("pb"))
        events.add(playback.id)
        await channel.play(playback.id, ["sound:silence/1", ENDLESS], offset=0.5)
        await comes(events, PlaybackStarted)
        assert (await comes(events, PlaybackStarted)).playback.media_uri == ENDLESS
        await playback.control("pause")
        assert await playback.stop()
        assert (await comes(events, PlaybackFinished)).playback.state == "done"
        assert not await playback.stop()
        with pytest.raises(Gone):
            await playback.control("pause")


async def test_variables_keep_every_character(client: AriClient) -> None:
    async with a_call(client) as (channel, _):
        value = "ä & b=1,%41+2 \U0001f600 \"quoted\" \\ 'x'"
        await channel.set_variable("ONE", value)
        assert await channel.get_variable("ONE") == value
        await channel.set_variables({"TWO": "2", "THREE": value})
        assert await channel.get_variable("THREE") == value
        assert await channel.get_variable("NEVER_SET") is None
        assert await channel.get_variable("NO_SUCH_FUNCTION(a b,c)") is None
        assert await channel.get_variable("CHANNEL(state)") == "Up"


async def test_reported_variables_are_in_every_event(client: AriClient) -> None:
    async with a_call(client) as (channel, events):
        await channel.set_variable("CALL", "c1", report=True)
        await channel.set_variables({"NODE": "n1"}, report=True)
        await channel.hangup()
        assert (await comes(events, StasisEnd)).channel.channelvars == {"CALL": "c1", "NODE": "n1"}


async def test_a_bridge_and_who_comes_and_goes(client: AriClient) -> None:
    bridge = client.bridge(new_id("br"))
    async with a_call(client) as (channel, events):
        made = await bridge.create(name="sales, first floor")
        assert made.name == "sales, first floor"
        with pytest.raises(AriRefused):
            await bridge.create()
        await bridge.add(channel.id, absorb_dtmf=True)
        assert (await comes(events, ChannelEnteredBridge)).bridge.id == bridge.id
        assert (await bridge.details()).channels == (channel.id,)
        await bridge.set_variable("PARKED", "1")
        assert await bridge.get_variable("PARKED") == "1"
        assert await bridge.remove(channel.id)
        await comes(events, ChannelLeftBridge)
        assert not await bridge.remove(channel.id)
        assert not await bridge.remove("nobody")
        with pytest.raises(Gone):
            await bridge.add("nobody")
        assert await bridge.destroy()
        assert not await bridge.destroy()
        assert not await bridge.remove(channel.id)
        with pytest.raises(Gone):
            await bridge.add(channel.id)


async def test_a_recording_is_made_copied_and_deleted(client: AriClient) -> None:
    name = f"vm/{new_id('rec')}"
    async with a_call(client) as (channel, events):
        events.add(name)
        recording = await channel.record(name)
        await comes(events, RecordingStarted)
        assert (await recording.details()).name == name
        await recording.pause()
        await recording.unpause()
        assert await recording.stop()
        assert (await comes(events, RecordingFinished)).recording.state == "done"
        assert not await recording.stop()
        stored = client.stored_recording(name)
        assert (await stored.file()).startswith(b"RIFF")
        with pytest.raises(AriRefused, match="exists"):
            await channel.record(name)
        with pytest.raises(AriRefused, match="format"):
            await channel.record(new_id("rec"), audio_format="nosuch")
        await stored.copy(f"{name}-kept")
        assert await stored.delete()
        assert not await stored.delete()
        with pytest.raises(Gone):
            await stored.file()
        assert (await client.stored_recording(f"{name}-kept").details()).format == "wav"


async def test_a_command_that_waits_for_the_media_delays_nobody_else(client: AriClient) -> None:
    async with a_call(client) as (channel, events):
        playback = client.playback(new_id("pb"))
        events.add(playback.id)
        await channel.play(playback.id, [ENDLESS])
        await comes(events, PlaybackStarted)
        waiting = asyncio.create_task(channel.set_variable("LATE", "1"))
        async with asyncio.timeout(1):
            for _ in range(10):
                await client.ping()
        assert not waiting.done()
        await playback.stop()
        await waiting
        assert await channel.get_variable("LATE") == "1"


async def test_device_states_are_set_and_read(client: AriClient) -> None:
    lamp = client.device_state("Stasis:park/1")
    await lamp.set("INUSE")
    assert await lamp.get() == "INUSE"
    await lamp.set("NOT_INUSE")
    await lamp.delete()
    with pytest.raises(AriRefused) as caught:
        await client.device_state("PJSIP:alice").set("INUSE")
    assert caught.value.status == 409


async def test_an_unknown_endpoint_is_gone_and_an_unknown_module_refused(client: AriClient) -> None:
    with pytest.raises(Gone):
        await client.endpoint("PJSIP", "nobody").details()
    with pytest.raises(AriRefused) as caught:
        await client.reload_module("nosuch.so")
    assert caught.value.status == 404
    await client.reload_module("res_musiconhold.so")


async def test_calls_outlive_a_cut_connection(asterisk: RunningAsterisk) -> None:
    async with (
        Relay(asterisk.ari_url).open() as relay,
        connected(asterisk, url=relay.url) as (client, _),
        a_call(client) as (channel, events),
    ):
        relay.cut()
        assert await comes(events, Gap) == Gap(first=False)
        assert channel.id in (await client.application()).channel_ids
        await channel.hangup()
        await comes(events, StasisEnd)


async def test_a_second_program_with_our_name_stops_the_first(asterisk: RunningAsterisk) -> None:
    app = new_id("test")
    async with connected(asterisk, app) as (_, first), connected(asterisk, app) as (client, second):
        with pytest.raises(AppTaken, match=app):
            async with asyncio.timeout(PATIENCE):
                await first
        assert not second.done()
        async with a_call(client):
            pass
