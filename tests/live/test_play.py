"""What callers hear: play, tts, sleep and response."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.live.account import node
from tests.live.pbx import Pbx, walked
from tests.live.tones import sine, wav
from tests.ports import free_port


async def test_only_a_terminator_stops_a_recording(pbx: Pbx) -> None:
    await pbx.home.media_tone("news", seconds=10)
    await pbx.home.media_tone("weather", seconds=3)
    flow = node("play", {"_": node("play", id="weather")}, id="news", terminators=["5"])
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("news")
    await caller.presses("1")
    with pytest.raises(AssertionError, match="still heard"):
        await caller.stops_hearing("news", within=1)
    await caller.presses("5")
    await caller.stops_hearing("news", within=0.5)
    await caller.hears("weather")
    await caller.hangs_up()


async def test_a_recording_is_repeated(pbx: Pbx) -> None:
    await pbx.home.media_tone("gong", seconds=0.7)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="gong", loop_count=3))
    caller = await pbx.bob.dials("2000")
    await caller.hears("gong")
    await caller.ended()
    duration = (await pbx.trace_of(caller)).steps[0].duration
    assert duration is not None
    assert 2.1 < duration < 4


async def test_an_endless_recording_plays_until_the_caller_hangs_up(pbx: Pbx) -> None:
    await pbx.home.media_tone("jingle", seconds=0.5)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="jingle", endless_playback=True))
    caller = await pbx.bob.dials("2000")
    for _ in range(3):
        await caller.hears("jingle")
    await caller.presses("1")
    await asyncio.sleep(1)  # long enough for the key to have stopped it
    await caller.hears("jingle")
    await caller.hangs_up()


async def test_early_media_is_heard_before_the_answer(pbx: Pbx) -> None:
    await pbx.home.media_tone("announcement", seconds=1)
    flow = node("play", {"_": node("response", code=486)}, id="announcement", answer=False)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("announcement")
    assert not caller.is_answered
    assert (await caller.ended()).sip_status == 486
    assert not caller.is_answered


async def test_missing_media_is_traced_and_the_flow_goes_on(pbx: Pbx) -> None:
    await pbx.home.media_tone("after", seconds=1)
    flow = node("play", {"_": node("play", id="after")}, id="nowhere")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("play", "_"), ("play", "_")]
    assert "nowhere" in f"{trace.steps[0].error} {trace.steps[0].inputs}"


@pytest.fixture
async def radio() -> AsyncIterator[str]:
    """Yield the URL of a WAV file with a tone of 2600 Hz."""

    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=wav(sine(2600, 2)), content_type="audio/wav")

    app = web.Application()
    app.router.add_get("/station.wav", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/station.wav"
    await runner.cleanup()


async def test_a_url_is_played(pbx: Pbx, radio: str) -> None:
    pbx.tones.define("radio", 2600)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id=radio))
    caller = await pbx.bob.dials("2000")
    await caller.hears("radio")
    await caller.ended()


async def test_a_tone_stream_is_played(pbx: Pbx) -> None:
    pbx.tones.define("beep", 850)
    flow = node("play", id="tone_stream://%(1000,200,850);loops=2")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("beep")
    await caller.ended()


async def test_a_text_is_spoken_until_a_key_is_pressed(pbx: Pbx) -> None:
    await pbx.home.media_tone("after", seconds=1)
    text = "This is a long text, and somebody who is in a hurry does not want to hear it all."
    flow = node("tts", {"_": node("play", id="after")}, text=text)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears_speech()
    await caller.presses("1")
    await caller.hears("after", within=2)
    await caller.ended()


async def test_a_text_to_nobody_ends_the_call(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("tts", text="Good morning."))
    caller = await pbx.bob.dials("2000")
    await caller.hears_speech()
    await caller.ended()
    assert caller.is_answered
    assert walked(await pbx.trace_of(caller)) == [("tts", "_")]


async def test_sleep_is_silence_in_between(pbx: Pbx) -> None:
    await pbx.home.media_tone("before", seconds=0.5)
    await pbx.home.media_tone("after", seconds=1)
    sleep = node("sleep", {"_": node("play", id="after")}, duration=1500, unit="ms")
    await pbx.home.callflow(numbers=["2000"], flow=node("play", {"_": sleep}, id="before"))
    caller = await pbx.bob.dials("2000")
    await caller.hears("before")
    await caller.stops_hearing("before", within=1)
    await caller.silence(1)
    await caller.hears("after")
    await caller.ended()
    duration = (await pbx.trace_of(caller)).steps[1].duration
    assert duration is not None
    assert 1.4 < duration < 2


@pytest.mark.parametrize("status", [404, 480, 486, 503, 603])
async def test_a_response_is_the_status_that_the_phone_shows(pbx: Pbx, status: int) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("response", code=status))
    caller = await pbx.bob.dials("2000")
    assert (await caller.ended()).sip_status == status
    assert not caller.is_answered


async def test_a_response_explains_itself_before_the_answer(pbx: Pbx) -> None:
    await pbx.home.media_tone("reason", seconds=1)
    await pbx.home.callflow(numbers=["2000"], flow=node("response", code=404, media="reason"))
    caller = await pbx.bob.dials("2000")
    await caller.hears("reason")
    assert not caller.is_answered
    assert (await caller.ended()).sip_status == 404
