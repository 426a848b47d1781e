"""What callers hear: play, tts, sleep and response."""

from tests.contract.stage import Pbx, node, scenario, tones


@scenario
async def media_one_after_the_other(pbx: Pbx) -> None:
    await tones(pbx, "one", "two", "three")
    flow = node("play", {"_": node("play", {"_": node("play", id="three")}, id="two")}, id="one")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("three")
    await caller.ended()


@scenario
async def a_key_stops_a_recording(pbx: Pbx) -> None:
    await tones(pbx, "news", seconds=6)
    await tones(pbx, "weather")
    flow = node("play", {"_": node("play", id="weather")}, id="news")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("news")
    await caller.presses("1")
    await caller.hears("weather")
    await caller.ended()


@scenario
async def only_a_terminator_stops_a_recording(pbx: Pbx) -> None:
    await tones(pbx, "news", seconds=2)
    await tones(pbx, "weather")
    flow = node("play", {"_": node("play", id="weather")}, id="news", terminators=["5"])
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("news")
    await caller.presses("1")
    await caller.hears("weather")
    await caller.presses("5")
    await caller.ended()


@scenario
async def an_endless_recording(pbx: Pbx) -> None:
    await tones(pbx, "jingle")
    flow = node("play", id="jingle", endless_playback=True)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    for _ in range(2):
        await caller.hears("jingle")
    await caller.hangs_up()


@scenario
async def early_media_and_a_refusal(pbx: Pbx) -> None:
    await tones(pbx, "announcement")
    flow = node("play", {"_": node("response", code=486)}, id="announcement", answer=False)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("announcement")
    await caller.ended()


@scenario
async def a_caller_gives_up_during_early_media(pbx: Pbx) -> None:
    await tones(pbx, "announcement", seconds=5)
    flow = node("play", id="announcement", answer=False)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("announcement")
    await caller.hangs_up()


@scenario
async def a_refusal_with_an_explanation(pbx: Pbx) -> None:
    await tones(pbx, "reason")
    flow = node("response", code=404, media="reason")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("reason")
    await caller.ended()


async def _refusal(pbx: Pbx, status: int) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("response", code=status))
    caller = await pbx.bob.dials("2000")
    await caller.ended()


@scenario
async def a_refusal_with_404(pbx: Pbx) -> None:
    await _refusal(pbx, 404)


@scenario
async def a_refusal_with_480(pbx: Pbx) -> None:
    await _refusal(pbx, 480)


@scenario
async def a_refusal_with_503(pbx: Pbx) -> None:
    await _refusal(pbx, 503)


@scenario
async def a_refusal_with_603(pbx: Pbx) -> None:
    await _refusal(pbx, 603)


@scenario
async def a_refusal_with_484(pbx: Pbx) -> None:
    await _refusal(pbx, 484)


@scenario
async def missing_media(pbx: Pbx) -> None:
    await tones(pbx, "after")
    flow = node("play", {"_": node("play", id="after")}, id="nowhere")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()


@scenario
async def sleep_is_silence_in_between(pbx: Pbx) -> None:
    await tones(pbx, "before", "after")
    sleep = node("sleep", {"_": node("play", id="after")}, duration=1500, unit="ms")
    await pbx.home.callflow(numbers=["2000"], flow=node("play", {"_": sleep}, id="before"))
    caller = await pbx.bob.dials("2000")
    await caller.hears("before")
    await caller.stops_hearing("before", within=2)
    await caller.silence(1)
    await caller.hears("after")
    await caller.ended()


@scenario
async def a_text_is_spoken_until_a_key_is_pressed(pbx: Pbx) -> None:
    await tones(pbx, "after")
    text = "This is a long text, and somebody who is in a hurry does not want to hear it all."
    flow = node("tts", {"_": node("play", id="after")}, text=text)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears_speech()
    await caller.presses("1")
    await caller.hears("after")
    await caller.ended()
