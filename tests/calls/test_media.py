"""Playing and recording on the virtual Asterisk."""

import asyncio

import pytest

from runtime.errors import AriRefused, Gone
from tests.calls.bench import bench, soon

pytestmark = pytest.mark.asyncio(loop_scope="function")


@pytest.mark.parametrize("playing", [0, 1, 3])
async def test_a_hangup_while_media_play_and_wait(playing: int) -> None:
    async with bench() as here:
        line, channel = await here.caller()
        for number in range(playing):
            await channel.play(f"p{number}", ["sound:long", "sound:longer"])
        await soon()
        line.put_down()
        await soon()
        events = here.events()
        first = ["PlaybackStarted"] if playing else []
        waiting = ["PlaybackStarted", "PlaybackFinished"] * (playing - 1)
        rest = ["PlaybackFinished", *waiting] if playing else []
        assert events == [
            "StasisStart",
            "ChannelStateChange",
            *first,
            "ChannelHangupRequest",
            *rest,
            "StasisEnd",
        ]
        failed = [e["playback"]["state"] for e in here.asterisk.wire.log if "playback" in e]
        assert failed.count("failed") == playing
        assert not here.asterisk.switch.channels


async def test_commands_wait_for_what_plays() -> None:
    async with bench() as here:
        _, channel = await here.caller()
        here.sounds.known["news"] = 3
        loop = asyncio.get_running_loop()
        await channel.play("p", ["sound:news"])
        began = loop.time()
        await channel.set_variable("X", "1")
        assert loop.time() - began == pytest.approx(3, abs=0.01)
        assert await channel.get_variable("X") == "1"


async def test_commands_that_wait_when_the_caller_hangs_up_are_carried_out() -> None:
    async with bench() as here:
        line, channel = await here.caller()
        bridge = here.ari.bridge("b")
        await bridge.create()
        await channel.play("p", ["tone:busy"])
        await soon()
        answering = asyncio.create_task(channel.answer())
        setting = asyncio.create_task(channel.set_variable("X", "1"))
        adding = asyncio.create_task(bridge.add(channel.id))
        await soon()
        line.put_down()
        await asyncio.wait({answering, setting, adding})
        with pytest.raises(AriRefused, match="500 Failed to answer channel"):
            answering.result()
        setting.result()
        adding.result()
        await soon()
        assert here.events()[-5:] == [
            "ChannelHangupRequest",
            "PlaybackFinished",
            "ChannelEnteredBridge",
            "ChannelLeftBridge",
            "StasisEnd",
        ]


async def test_a_stop_ends_the_whole_list_and_lets_commands_go_on() -> None:
    async with bench() as here:
        line, channel = await here.caller()
        here.sounds.known |= {"one": 3, "two": 3}
        playback = await channel.play("p", ["sound:one", "sound:two"])
        await soon()
        began = asyncio.get_running_loop().time()
        setting = asyncio.create_task(channel.set_variable("X", "1"))
        await soon(0.01)
        assert await playback.stop()
        await setting
        assert asyncio.get_running_loop().time() - began < 0.1
        assert not await playback.stop()
        assert line.heard == ["one"]


async def test_plays_queue_and_a_missing_file_is_skipped() -> None:
    async with bench() as here:
        line, channel = await here.caller()
        here.sounds.missing.add("nothing")
        await channel.play("p1", ["sound:nothing", "sound:one"])
        await channel.play("p2", ["sound:two", "sound:nothing"])
        await soon(5)
        assert line.heard == ["one", "two"]
        ends = {
            e["playback"]["id"]: e["playback"]["state"]
            for e in here.asterisk.wire.log
            if e["type"] == "PlaybackFinished"
        }
        assert ends == {"p1": "done", "p2": "failed"}


@pytest.mark.parametrize("uri", ["bogus:x", "recording:none"])
async def test_media_whose_end_is_never_told(uri: str) -> None:
    async with bench() as here:
        _, channel = await here.caller()
        await channel.play("p", [uri])
        await soon(100)
        assert here.events()[-1] == "PlaybackStarted"


async def test_pause_and_wind() -> None:
    async with bench() as here:
        line, channel = await here.caller()
        here.sounds.known["news"] = 10
        playback = await channel.play("p", ["sound:news"])
        await soon(1)
        await playback.control("pause")
        await soon(60)
        assert line.heard == ["news"]
        await playback.control("unpause")
        await playback.control("forward")
        await soon(7)
        assert (await here.ari.channel(channel.id).details()).state == "Up"
        assert not await playback.stop()


async def test_a_queued_playback_cannot_be_wound() -> None:
    async with bench() as here:
        _, channel = await here.caller()
        await channel.play("p1", ["tone:busy"])
        queued = await channel.play("p2", ["sound:x"])
        with pytest.raises(AriRefused) as refused:
            await queued.control("pause")
        assert refused.value.status == 409


async def test_a_playback_to_a_bridge_is_heard_by_all_and_ends_with_the_last() -> None:
    async with bench() as here:
        bob, first = await here.caller()
        bridge = here.ari.bridge("b")
        await bridge.create()
        await bridge.add(first.id)
        await bridge.play("p", ["tone:ring"])
        await soon()
        assert bob.heard == ["ring"]
        bob.put_down()
        await soon()
        assert here.events()[-2:] == ["PlaybackFinished", "StasisEnd"]
        assert not here.asterisk.switch.playbacks


async def test_a_recording_ended_by_a_key() -> None:
    async with bench() as here:
        bob, channel = await here.caller()
        bob.speak("my greeting")
        await channel.record("rec", terminate_on="#")
        await soon(3)
        bob.type("#")
        await soon(1)
        assert here.events()[-3:] == [
            "RecordingStarted",
            "ChannelDtmfReceived",
            "RecordingFinished",
        ]
        assert here.asterisk.wire.log[-1]["recording"]["duration"] == 3
        assert len(await here.ari.stored_recording("rec").file()) > 40_000
        bob.speak(None)
        await channel.play("p", ["recording:rec"])
        await soon(5)
        assert bob.heard[-1] == "my greeting"


async def test_a_recording_ended_by_silence_by_time_and_by_hangup() -> None:
    async with bench() as here:
        bob, channel = await here.caller()
        await channel.record("silent", max_silence=2)
        await soon(2.1)
        assert here.events()[-1] == "RecordingFinished"
        await channel.record("long", max_duration=4)
        await soon(4.1)
        assert here.asterisk.wire.log[-1]["recording"]["duration"] == 4
        await channel.record("cut")
        await soon(1)
        bob.put_down()
        await soon()
        assert here.events()[-3:] == ["ChannelHangupRequest", "RecordingFinished", "StasisEnd"]
        assert (await here.ari.stored_recording("cut").details()).name == "cut"


async def test_recordings_that_are_refused_or_thrown_away() -> None:
    async with bench() as here:
        _, channel = await here.caller()
        recording = await channel.record("rec")
        with pytest.raises(AriRefused) as refused:
            await channel.record("rec")
        assert refused.value.status == 409
        with pytest.raises(AriRefused) as refused:
            await channel.record("other", audio_format="mp3")
        assert refused.value.status == 422
        bridge = here.ari.bridge("b")
        await bridge.create()
        with pytest.raises(AriRefused) as refused:
            await bridge.add(channel.id)
        assert refused.value.status == 409
        assert await recording.discard()
        assert not await recording.stop()
        with pytest.raises(Gone):
            await here.ari.stored_recording("rec").details()
