"""Lists of sounds that are heard as one."""

from tests.live.account import node
from tests.live.pbx import Pbx, noted, walked


async def test_media_prompts_and_tones_are_heard_in_order(pbx: Pbx) -> None:
    home = pbx.home
    await home.media_tone("first", seconds=0.6)
    await home.prompt_tone("menu-exit", seconds=0.6)
    await home.media_tone("last", seconds=0.6)
    pbx.tones.define("beep", 2500)
    macros = [
        {"macro": "play", "id": "first"},
        {"macro": "play", "id": "missing"},
        {"macro": "play", "id": ""},
        {"macro": "prompt", "id": "menu-exit"},
        {"macro": "tone", "frequencies": [2500], "duration_on": 300, "repeat": 2, "volume": 70},
        {"macro": "play", "id": "last"},
    ]
    await home.callflow(numbers=["2000"], flow=node("audio_macro", macros=macros))
    caller = await pbx.bob.dials("2000")
    for tone in ("first", "menu-exit", "beep", "last"):
        await caller.hears(tone)
    assert not caller.is_answered
    await caller.ended()
    assert "missing" in noted(await pbx.trace_of(caller))["media_error"]


async def test_a_key_of_the_item_that_plays_skips_the_rest(pbx: Pbx) -> None:
    home = pbx.home
    for name, seconds in (("first", 1.0), ("second", 8.0), ("third", 8.0), ("after", 1.0)):
        await home.media_tone(name, seconds=seconds)
    macros = [
        {"macro": "play", "id": "first"},
        {"macro": "play", "id": "second", "terminators": ["5"]},
        {"macro": "play", "id": "third"},
    ]
    flow = node("audio_macro", {"_": node("play", id="after")}, macros=macros, terminators=[])
    await home.callflow(numbers=["2000"], flow=node("answer", {"_": flow}))
    caller = await pbx.bob.dials("2000")
    await caller.hears("first")
    await caller.presses("5")
    await caller.hears("second")
    await caller.presses("15")
    await caller.hears("after")
    await caller.stops_hearing("second", within=0.8)
    await caller.ended()
    assert noted(await pbx.trace_of(caller), 1)["stopped_by"] == "5"


async def test_numbers_and_texts_are_said(pbx: Pbx) -> None:
    await pbx.home.media_tone("between", seconds=0.5)
    between = {"macro": "play", "id": "between"}
    said = (
        {"macro": "say", "text": "0", "type": "number"},
        {"macro": "say", "text": "a1", "gender": "feminine", "language": "en"},
        {"macro": "say", "text": "12", "type": "items", "method": "counted"},
        {"macro": "say", "text": "now", "type": "current_date_time"},
        {"macro": "tts", "text": "Good day.", "voice": "male", "language": "en-gb"},
    )
    macros = [item for one in said for item in (one, between)]
    await pbx.home.callflow(numbers=["2000"], flow=node("audio_macro", macros=macros))
    caller = await pbx.bob.dials("2000")
    for _ in said:
        await caller.hears_speech(seconds=0.2)
        await caller.hears("between", within=12)
    await caller.ended()


async def test_an_unknown_item_fails_the_node_and_nothing_is_played(pbx: Pbx) -> None:
    await pbx.home.media_tone("after", seconds=0.5)
    macros = [{"macro": "play", "id": "after"}, {"macro": "sing"}]
    await pbx.home.callflow(
        numbers=["2000"], flow=node("audio_macro", {"_": node("noop")}, macros=macros)
    )
    caller = await pbx.bob.dials("2000")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("audio_macro", "_"), ("noop", "_")]
    assert trace.steps[0].outcome == "failed"
