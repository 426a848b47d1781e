"""Menus: greeting, keys, and what happens to callers who make no choice."""

from tests.live.account import node
from tests.live.pbx import Pbx, walked


async def welcome(pbx: Pbx) -> None:
    await pbx.home.media_tone("welcome", seconds=8)
    await pbx.home.media_tone("sales", seconds=3)
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    flow = node("menu", {"1": node("play", id="sales")}, id="main")
    await pbx.home.callflow(numbers=["2000"], flow=flow)


async def test_a_digit_cuts_a_long_greeting_short(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.stops_hearing("welcome", within=0.5)
    await caller.ended()
    assert walked(await pbx.trace_of(caller)) == [("menu", "1"), ("play", "_")]


async def test_digits_by_sip_info_work_like_those_in_the_audio(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.carol.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.stops_hearing("welcome", within=0.5)
    await caller.hangs_up()
