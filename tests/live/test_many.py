"""Many calls at once."""

import asyncio

from tests.live.account import node
from tests.live.pbx import Pbx, walked

CALLERS = 10


async def test_callers_in_one_menu_do_not_disturb_each_other(pbx: Pbx) -> None:
    await pbx.home.media_tone("welcome", seconds=8)
    choices = {}
    for key in range(CALLERS):
        await pbx.home.media_tone(f"choice{key}", seconds=1)
        choices[str(key)] = node("play", id=f"choice{key}")
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    await pbx.home.callflow(numbers=["2000"], flow=node("menu", choices, id="main"))

    async def call(key: int) -> None:
        caller = await pbx.bob.dials("2000")
        await caller.hears("welcome")
        await caller.presses(str(key))
        await caller.hears(f"choice{key}")
        await caller.ended()
        assert walked(await pbx.trace_of(caller)) == [("menu", str(key)), ("play", "_")]

    async with asyncio.TaskGroup() as group:
        for key in range(CALLERS):
            group.create_task(call(key))


async def test_callers_who_all_hang_up_at_once_leave_nothing(pbx: Pbx) -> None:
    await pbx.home.media_tone("music", seconds=8)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="music"))
    callers = [await pbx.bob.dials("2000") for _ in range(CALLERS)]
    await asyncio.gather(*(caller.hears("music") for caller in callers))
    await asyncio.gather(*(caller.hangs_up() for caller in callers))
    await pbx.nothing_left(within=3)
    for caller in callers:
        assert (await pbx.trace_of(caller)).call.ended_at is not None
