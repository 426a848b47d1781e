"""Digits that are collected, typed ahead, flushed and sent; and callers who just wait."""

from typing import Any

import pytest

from tests.live.account import Node, node
from tests.live.pbx import Pbx, noted, walked


async def test_digits_are_collected_and_the_pound_key_ends_it(pbx: Pbx) -> None:
    await pbx.home.media_tone("after", seconds=1)
    collect = node("collect_dtmf", {"_": node("play", id="after")}, max_digits=6, timeout=8000)
    await pbx.home.callflow(numbers=["2000"], flow=collect)
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    await caller.presses("1234#")
    await caller.hears("after", within=2)
    await caller.ended()
    assert noted(await pbx.trace_of(caller))["digits"] == "1234"


async def test_what_was_typed_ahead_counts(pbx: Pbx) -> None:
    await pbx.home.media_tone("news", seconds=8)
    await pbx.home.media_tone("after", seconds=1)
    collect = node("collect_dtmf", {"_": node("play", id="after")}, max_digits=3, timeout=8000)
    flow = node("play", {"_": collect}, id="news", terminators=["5"])
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("news")
    await caller.presses("45")
    await caller.stops_hearing("news", within=0.8)
    await caller.presses("6")
    await caller.hears("after", within=2)
    await caller.ended()
    inputs = noted(await pbx.trace_of(caller), 1)
    assert (inputs["digits"], inputs["typed_ahead"]) == ("456", "45")


async def test_type_ahead_alone_can_be_enough_and_what_is_flushed_is_forgotten(pbx: Pbx) -> None:
    await pbx.home.media_tone("news", seconds=8)
    await pbx.home.media_tone("weather", seconds=8)
    await pbx.home.media_tone("after", seconds=1)

    def until_5(media: str, then: Node) -> Node:
        return node("play", {"_": then}, id=media, terminators=["5"])

    end = node("play", id="after")
    second = node("collect_dtmf", {"_": end}, max_digits=2, timeout=400)
    again = until_5("weather", node("flush_dtmf", {"_": second}))
    first = node("collect_dtmf", {"_": again}, max_digits=2, collection_name="pin")
    await pbx.home.callflow(numbers=["2000"], flow=until_5("news", first))
    caller = await pbx.bob.dials("2000")
    await caller.hears("news")
    await caller.presses("45")
    await caller.hears("weather")
    await caller.presses("5")
    await caller.hears("after")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert [trace.steps[step].module for step in (1, 4)] == ["collect_dtmf"] * 2
    assert [noted(trace, step)["digits"] for step in (1, 4)] == ["45", ""]


async def test_another_key_can_end_it_and_a_pause_does(pbx: Pbx) -> None:
    patient: dict[str, Any] = {"max_digits": 9, "timeout": 6000}
    second = node("collect_dtmf", interdigit_timeout=400, **patient)
    flow = node(
        "collect_dtmf", {"_": second}, terminators=["*", "9"], collection_name="first", **patient
    )
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    await caller.presses("1#2*")
    await caller.presses("7")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert [noted(trace, step)["digits"] for step in (0, 1)] == ["1#2", "7"]


@pytest.mark.parametrize(("module", "answers"), [("dead_air", True), ("wait_for_hangup", False)])
async def test_waiting_is_silent_until_the_caller_hangs_up(
    pbx: Pbx, module: str, answers: object
) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node(module, {"_": node("tts", text="no")}))
    caller = await pbx.bob.dials("2000")
    if answers:
        await caller.answered()
        await caller.presses("1")
    await caller.silence(1)
    assert caller.is_answered is answers
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    assert [(step.module, step.outcome) for step in trace.steps] == [(module, "hung_up")]


async def test_digits_are_sent_to_the_phone_and_then_the_flow_goes_on(pbx: Pbx) -> None:
    await pbx.home.media_tone("after", seconds=1)
    flow = node("send_dtmf", {"_": node("play", id="after")}, digits="12#", duration_ms="150")
    await pbx.home.callflow(numbers=["2000"], flow=node("answer", {"_": flow}))
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()
    assert caller.keys_received == "12#"
    assert walked(await pbx.trace_of(caller))[1] == ("send_dtmf", "_")


async def test_another_language_brings_other_prompts(pbx: Pbx) -> None:
    prompt = "system_media/menu-exit"
    await pbx.home.prompt_tone("menu-exit", seconds=0.5)
    french = pbx.tones.named("adieu")
    await pbx.home.sound("fr/menu-exit", french, seconds=1)
    language = node("language", {"_": node("play", id=prompt)}, language="fr-CA")
    await pbx.home.callflow(numbers=["2000"], flow=node("play", {"_": language}, id=prompt))
    caller = await pbx.bob.dials("2000")
    await caller.hears("menu-exit")
    await caller.hears("adieu")
    await caller.ended()
