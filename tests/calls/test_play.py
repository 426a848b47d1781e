"""What callers hear: play, tts, sleep and response."""

import asyncio

import pytest

from tests.calls.account import node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

REFUSALS = {403: 403, 404: 404, 406: 480, 408: 408, 410: 410, 480: 480, 484: 484, 486: 486}
REFUSALS |= {488: 488, 500: 500, 501: 501, 502: 502, 503: 503, 600: 486, 603: 603}


@pytest.mark.parametrize("count", [1, 2, 3, 7])
async def test_a_recording_is_repeated(pbx: Pbx, count: int) -> None:
    await pbx.home.media_tone("gong", seconds=0.7)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="gong", loop_count=count))
    began = asyncio.get_running_loop().time()
    caller = pbx.dials("2000")
    await caller.ended()
    assert asyncio.get_running_loop().time() - began == pytest.approx(0.7 * count, abs=0.2)


@pytest.mark.parametrize("key", list("0123456789*#"))
async def test_every_key_stops_a_recording(pbx: Pbx, key: str) -> None:
    await pbx.home.media_tone("news", seconds=10)
    await pbx.home.media_tone("weather", seconds=1)
    flow = node("play", {"_": node("play", id="weather")}, id="news")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = pbx.dials("2000")
    await caller.hears("news")
    await caller.presses(key)
    await caller.stops_hearing("news", within=0.2)
    await caller.hears("weather")


@pytest.mark.parametrize(("key", "stops"), [("5", True), ("1", False), ("#", False)])
async def test_only_a_terminator_stops_a_recording(pbx: Pbx, key: str, *, stops: bool) -> None:
    await pbx.home.media_tone("news", seconds=10)
    await pbx.home.media_tone("weather", seconds=1)
    flow = node("play", {"_": node("play", id="weather")}, id="news", terminators=["5"])
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    began = asyncio.get_running_loop().time()
    caller = pbx.dials("2000")
    await caller.hears("news")
    await caller.presses(key)
    await caller.hears("weather")
    assert (asyncio.get_running_loop().time() - began < 5) == stops


@pytest.mark.parametrize(("code", "status"), sorted(REFUSALS.items()))
@pytest.mark.parametrize("media", [None, "reason"])
async def test_a_response_is_the_nearest_status_there_is(
    pbx: Pbx, code: int, status: int, media: str | None
) -> None:
    await pbx.home.media_tone("reason", seconds=1)
    await pbx.home.callflow(numbers=["2000"], flow=node("response", code=code, media=media))
    caller = pbx.dials("2000")
    assert (await caller.ended()).sip_status == status
    assert not caller.is_answered
    assert caller.heard == ([media] if media else [])


@pytest.mark.parametrize(
    ("duration", "unit", "seconds"),
    [(0, "s", 0), (-5, "s", 0), (1500, "ms", 1.5), (3, "s", 3), (2, "m", 120), (5, "h", 18_000)],
)
async def test_a_sleep_takes_its_time(pbx: Pbx, duration: int, unit: str, seconds: float) -> None:
    await pbx.home.media_tone("after", seconds=1)
    flow = node("sleep", {"_": node("play", id="after")}, duration=duration, unit=unit)
    await pbx.home.callflow(numbers=["2000"], flow=node("answer", {"_": flow}))
    began = asyncio.get_running_loop().time()
    caller = pbx.dials("2000")
    await caller.hears("after", within=20_000)
    assert asyncio.get_running_loop().time() - began == pytest.approx(seconds, abs=0.05)


async def test_missing_media_is_traced_and_the_flow_goes_on(pbx: Pbx) -> None:
    await pbx.home.media_tone("after", seconds=1)
    flow = node("play", {"_": node("play", id="after")}, id="nowhere")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = pbx.dials("2000")
    await caller.hears("after")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("play", "_"), ("play", "_")]
    assert "nowhere" in (trace.steps[0].error or "")


async def test_a_url_is_played(pbx: Pbx) -> None:
    pbx.house.pages.sounds["https://radio.example/news.wav"] = 2
    flow = node("play", id="https://radio.example/news.wav")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = pbx.dials("2000")
    await caller.hears("https://radio.example/news.wav")
    await caller.ended()


@pytest.mark.parametrize("loops", [1, 3, -1])
async def test_a_tone_stream_is_played(pbx: Pbx, loops: int) -> None:
    stream = f"tone_stream://%(1000,200,850);loops={loops}"
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id=stream))
    caller = pbx.dials("2000")
    await caller.answered()
    await asyncio.sleep(30)
    assert caller.is_over == (loops > 0)
    assert len(caller.heard) == 1


async def test_a_text_is_spoken_and_filled_in(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("tts", text="You dialled {number}."))
    caller = pbx.dials("2000")
    await caller.hears("You dialled 2 0 0 0.")
    await caller.ended()


async def test_early_media_is_heard_before_the_answer(pbx: Pbx) -> None:
    await pbx.home.media_tone("announcement", seconds=1)
    flow = node("play", {"_": node("response", code=486)}, id="announcement", answer=False)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = pbx.dials("2000")
    await caller.hears("announcement")
    assert not caller.is_answered
    assert (await caller.ended()).sip_status == 486
