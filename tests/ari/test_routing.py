"""Which event reaches whom."""

import asyncio

import pytest

from runtime.ari import (
    AppTaken,
    ChannelDtmfReceived,
    Gap,
    PlaybackFinished,
    StasisEnd,
    StasisStart,
    SubscriptionClosed,
)
from tests.ari.scripted import Request, Scripted, channel, running


async def test_a_call_nobody_expects_arrives_with_its_events() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        asterisk.says("StasisStart", channel=channel("c"), args=["inbound", "2000"])
        asterisk.says("ChannelDtmfReceived", channel=channel("c"), digit="1")
        arrival = client.arrivals.get_nowait()
        assert arrival.start.args == ("inbound", "2000")
        assert isinstance(event := arrival.events.get_nowait(), ChannelDtmfReceived)
        assert event.digit == "1"
        assert arrival.events.get_nowait() is None


async def test_a_leg_we_make_is_no_arrival() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("leg") as events:
            asterisk.says("StasisStart", channel=channel("leg"), args=[])
            assert isinstance(await events.get(), StasisStart)
        assert client.arrivals.empty()


async def test_a_call_that_comes_back_from_the_dialplan_is_the_same_call() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        asterisk.says("StasisStart", channel=channel("c"), args=["inbound"])
        arrival = client.arrivals.get_nowait()
        asterisk.says("StasisEnd", channel=channel("c"))
        asterisk.says("StasisStart", channel=channel("c"), args=["back"])
        assert isinstance(arrival.events.get_nowait(), StasisEnd)
        assert isinstance(arrival.events.get_nowait(), StasisStart)
        assert client.arrivals.empty()


async def test_an_event_of_two_subscribed_objects_comes_once() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("c", "br") as call, client.subscribe("br") as conversation:
            asterisk.says("ChannelEnteredBridge", channel=channel("c"), bridge={"id": "br"})
            first = call.get_nowait()
            assert first is not None
            assert call.get_nowait() is None
            assert conversation.get_nowait() is first


async def test_dial_concerns_caller_and_called() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("caller") as caller, client.subscribe("leg") as leg:
            asterisk.says("Dial", peer=channel("leg"), caller=channel("caller"), dialstatus="BUSY")
            assert caller.get_nowait() is not None
            assert leg.get_nowait() is not None


async def test_a_transfer_is_followed_to_the_new_channel() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("old") as events:
            asterisk.says("StasisStart", channel=channel("new"), replace_channel=channel("old"))
            asterisk.says("ChannelDtmfReceived", channel=channel("new"), digit="5")
            assert isinstance(events.get_nowait(), StasisStart)
            assert isinstance(events.get_nowait(), ChannelDtmfReceived)
        assert client.arrivals.empty()


async def test_a_transfer_request_reaches_both_parties() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("a") as asking, client.subscribe("b") as other:
            asterisk.says(
                "ChannelTransfer",
                refer_to={"requested_destination": {"destination": "777"}},
                referred_by={"source_channel": channel("a"), "connected_channel": channel("b")},
            )
            assert asking.get_nowait() is not None
            assert other.get_nowait() is not None


async def test_recordings_endpoints_and_device_states_go_by_name() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("vm/1", "PJSIP/alice", "Stasis:park1") as events:
            asterisk.says("RecordingFinished", recording={"name": "vm/1", "state": "done"})
            asterisk.says(
                "EndpointStateChange",
                endpoint={"technology": "PJSIP", "resource": "alice", "state": "online"},
            )
            asterisk.says(
                "DeviceStateChanged", device_state={"name": "Stasis:park1", "state": "INUSE"}
            )
            kinds = [type(events.get_nowait()).__name__ for _ in range(3)]
        assert kinds == ["RecordingFinished", "EndpointStateChange", "DeviceStateChanged"]


async def test_more_objects_join_and_leave_a_subscription() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("c") as events:
            events.add("pb")
            asterisk.says("PlaybackFinished", playback={"id": "pb", "state": "done"})
            assert isinstance(events.get_nowait(), PlaybackFinished)
            events.remove("pb")
            asterisk.says("PlaybackFinished", playback={"id": "pb", "state": "done"})
            assert events.get_nowait() is None
            assert events.ids == {"c"}


async def test_a_closed_subscription_gives_what_it_has_and_ends() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        events = client.subscribe("c")
        asterisk.says("ChannelHold", channel=channel("c"))
        events.close()
        events.close()
        asterisk.says("ChannelUnhold", channel=channel("c"))
        assert [type(event).__name__ async for event in events] == ["ChannelHold"]
        assert events.get_nowait() is None
        with pytest.raises(SubscriptionClosed):
            await events.get()
        with pytest.raises(SubscriptionClosed):
            events.add("d")


async def test_whoever_waits_learns_of_the_close() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        events = client.subscribe("c")
        waiting = asyncio.create_task(events.get())
        await asyncio.sleep(0)
        events.close()
        with pytest.raises(SubscriptionClosed):
            await waiting


async def test_malformed_events_reach_nobody_and_break_nothing() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        with client.subscribe("c") as events:
            asterisk.says("ChannelDtmfReceived", channel=channel("c"))
            asterisk.says("ChannelDtmfReceived", channel="c", digit="1")
            asterisk.says("ChannelDtmfReceived", channel={"id": ["c"]}, digit="1")
            asterisk.says("StasisStart", channel={"name": "nobody"})
            asterisk.says("StasisStart", channel={"id": "d"}, replace_channel=7)
            asterisk.sink.event({"no": "type"})
            assert events.get_nowait() is None
        assert client.arrivals.empty()


async def test_after_a_gap_everybody_is_told() -> None:
    asterisk = Scripted()
    async with running(asterisk) as client:
        assert client.gaps.get_nowait() == Gap(first=True)
        with client.subscribe("c") as events:
            assert events.get_nowait() is None
            await asterisk.reconnects()
            assert events.get_nowait() == Gap(first=False)
        assert client.gaps.get_nowait() == Gap(first=False)


async def test_asterisk_is_asked_for_our_events_only_before_we_say_connected() -> None:
    asterisk = Scripted()
    async with running(asterisk):
        request, startup = asterisk.requests
        assert startup.path == "asterisk/info"
        assert isinstance(request, Request)
        assert (request.method, request.path) == ("PUT", "applications/app/eventFilter")
        assert request.blocking
        allowed = str(request.body["allowed"])
        assert "'RESTResponse'" in allowed
        assert "'StasisStart'" in allowed
        assert "'ChannelVarset'" not in allowed


async def test_another_program_with_our_name_is_an_error() -> None:
    asterisk = Scripted()
    async with running(asterisk):
        with pytest.raises(AppTaken, match="'app'"):
            asterisk.says("ApplicationReplaced")
