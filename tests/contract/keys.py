"""Keys that are collected, typed ahead and sent; callers who just wait; what calls remember."""

import asyncio

from tests.contract.stage import Node, Pbx, node, scenario, tones

AFTER = node("play", id="after")


async def on_2000(pbx: Pbx, flow: Node) -> None:
    """Put a flow on 2000; the sound «after» exists."""
    await tones(pbx, "after")
    await pbx.home.callflow(numbers=["2000"], flow=flow)


@scenario
async def digits_are_collected_until_the_pound_key(pbx: Pbx) -> None:
    await on_2000(pbx, node("collect_dtmf", {"_": AFTER}, max_digits=6, timeout=8000))
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    await caller.presses("1234#")
    await caller.hears("after")
    await caller.ended()


@scenario
async def digits_that_nobody_types(pbx: Pbx) -> None:
    await on_2000(pbx, node("collect_dtmf", {"_": AFTER}, max_digits=6, timeout=700))
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()


@scenario
async def digits_that_were_typed_ahead(pbx: Pbx) -> None:
    await tones(pbx, "news", seconds=3)
    collect = node("collect_dtmf", {"_": AFTER}, max_digits=3, timeout=8000)
    await on_2000(pbx, node("play", {"_": collect}, id="news", terminators=["5"]))
    caller = await pbx.bob.dials("2000")
    await caller.hears("news")
    await caller.presses("456")
    await caller.hears("after")
    await caller.ended()


@scenario
async def digits_that_are_flushed(pbx: Pbx) -> None:
    await tones(pbx, "news", seconds=3)
    collect = node("collect_dtmf", {"_": AFTER}, max_digits=2, timeout=500)
    flush = node("flush_dtmf", {"_": collect})
    await on_2000(pbx, node("play", {"_": flush}, id="news", terminators=["5"]))
    caller = await pbx.bob.dials("2000")
    await caller.hears("news")
    await caller.presses("45")
    await caller.hears("after")
    await caller.ended()


@scenario
async def digits_that_are_sent_to_the_caller(pbx: Pbx) -> None:
    send = node("send_dtmf", {"_": AFTER}, digits="12#", duration_ms=100)
    await on_2000(pbx, node("answer", {"_": send}))
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()


@scenario
async def a_caller_leaves_dead_air(pbx: Pbx) -> None:
    await on_2000(pbx, node("dead_air"))
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    await caller.silence(0.5)
    await caller.hangs_up()


@scenario
async def a_caller_who_waits_without_an_answer_gives_up(pbx: Pbx) -> None:
    await on_2000(pbx, node("wait_for_hangup"))
    caller = await pbx.bob.dials("2000")
    await caller.silence(0.5)
    await caller.hangs_up()


@scenario
async def several_media_as_one(pbx: Pbx) -> None:
    await tones(pbx, "one", "two")
    macros = [{"macro": "play", "id": "one"}, {"macro": "play", "id": "two"}]
    await on_2000(pbx, node("answer", {"_": node("audio_macro", {"_": AFTER}, macros=macros)}))
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()


@scenario
async def several_media_of_which_a_key_skips_the_rest(pbx: Pbx) -> None:
    await tones(pbx, "one", "two", seconds=3)
    macros = [{"macro": "play", "id": "one"}, {"macro": "play", "id": "two"}]
    await on_2000(pbx, node("answer", {"_": node("audio_macro", {"_": AFTER}, macros=macros)}))
    caller = await pbx.bob.dials("2000")
    await caller.hears("one")
    await caller.presses("1")
    await caller.hears("after")
    await caller.ended()


@scenario
async def a_variable_decides(pbx: Pbx) -> None:
    branch = node("branch_variable", {"5": AFTER}, variable="call_priority")
    flow = node("set_variable", {"_": branch}, variable="call_priority", value="5")
    await on_2000(pbx, flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()


@scenario
async def the_captured_number_decides(pbx: Pbx) -> None:
    await tones(pbx, "room", "nobody")
    branch = node("branch_bnumber", {"12": node("play", id="room"), "_": node("play", id="nobody")})
    await pbx.home.callflow(patterns=[r"^7(\d\d)$"], flow=branch)
    caller = await pbx.bob.dials("712")
    await caller.hears("room")
    await caller.ended()
    caller = await pbx.bob.dials("713")
    await caller.hears("nobody")
    await caller.ended()


@scenario
async def a_number_is_dialled_after_the_dial_tone(pbx: Pbx) -> None:
    await tones(pbx, "found")
    await pbx.home.callflow(numbers=["2098"], flow=node("play", id="found"))
    await on_2000(pbx, node("disa", preconnect_audio="none"))
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    await caller.silence(0.5)
    await caller.presses("2098#")
    await caller.hears("found")
    await caller.ended()


@scenario
async def a_greeting_is_recorded_and_heard(pbx: Pbx) -> None:
    await tones(pbx, "welcome", seconds=2)
    recording = ("vm-record_greeting", "vm-review_recording", "vm-saved", "menu-return")
    for prompt in recording:
        await pbx.home.prompt_tone(prompt, seconds=0.4)
    await pbx.home.menu("main", greeting="welcome", record_pin="5678", max_extension_length=4)
    await pbx.home.callflow(numbers=["2000"], flow=node("menu", id="main"))
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("5678")
    await caller.hears("vm-record_greeting")
    await caller.stops_hearing("vm-record_greeting", within=3)
    await caller.speaks("bob's voice")
    await asyncio.sleep(3.5)  # the beep, and a greeting that is long enough
    await caller.presses("#")
    await caller.hushes()
    await caller.hears("vm-review_recording")
    await caller.presses("1")
    await caller.hears("menu-return")
    await caller.hears("bob's voice")
    await caller.hangs_up()
