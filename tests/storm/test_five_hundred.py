"""Five hundred callers in one menu at the same time."""

import asyncio

import pytest

from tests.bench.system import usage_of
from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.storm.callers import Called, Callers
from tests.storm.gauges import CALLS, Gauges
from tests.storm.scenario import PRESSES_1
from tests.storm.town import publish, traces_of

pytestmark = pytest.mark.xdist_group("storm")

CALLERS = 500
LISTENERS = 20
PER_SECOND = 50
STAY_MS = 30_000
"""How long each of the others waits before he presses his key; by then all must be there."""

NUMBER = "+15550003000"


async def town(pbx: Pbx) -> None:
    await pbx.home.media_tone("welcome", seconds=5)
    await pbx.home.media_tone("sales", seconds=1)
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1, timeout=60_000)
    menu = node("menu", {"1": node("play", id="sales")}, id="main")
    await publish(pbx, NUMBER, menu, inside="2000")
    await pbx.bob.registered()


async def listens(pbx: Pbx) -> Line:
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    return caller


async def chooses(caller: Line) -> None:
    await caller.presses("1")
    await caller.hears("sales")
    await caller.ended()
    assert caller.heard == ["welcome", "sales"]


async def test_five_hundred_callers_at_a_time(
    pbx: Pbx, callers: Callers, figures: list[str]
) -> None:
    asterisk, runtime = pbx.plant.asterisk.pid, pbx.plant.runtime.pid
    assert asterisk is not None
    assert runtime is not None
    await town(pbx)
    gauges = Gauges(pbx.plant.settings)
    # One caller, so that caches are filled and connections made.
    await callers.call("first", PRESSES_1, [Called(NUMBER, (500,))], rate=1, longest=10)
    await pbx.nothing_left()
    before = [usage_of(pid).memory for pid in (asterisk, runtime)]
    others = [Called(NUMBER, (STAY_MS,))] * (CALLERS - LISTENERS)
    async with asyncio.TaskGroup() as group:
        group.create_task(
            callers.call("storm", PRESSES_1, others, rate=PER_SECOND, longest=STAY_MS / 1000 + 10)
        )
        await gauges.until(CALLS, lambda calls: calls == CALLERS - LISTENERS, within=60)
        listeners = await asyncio.gather(*(listens(pbx) for _ in range(LISTENERS)))
        [now] = await pbx.sql("select now() as time")
        channels = await pbx.plant.watcher.channels()
        during = [usage_of(pid).memory for pid in (asterisk, runtime)]
        assert len(channels) == CALLERS
        assert {channel.state for channel in channels} == {"Up"}
        await asyncio.gather(*(chooses(caller) for caller in listeners))
    kilobytes = [(used - free) / CALLERS for used, free in zip(during, before, strict=True)]
    figures.append(
        f"{CALLERS} callers in a menu: {kilobytes[0]:.0f} kB of Asterisk's memory and"
        f" {kilobytes[1]:.0f} kB of the runtime's for each; {LISTENERS} of them listened"
    )
    traces = await traces_of(pbx, "storm", CALLERS - LISTENERS, within=30)
    traces += [await pbx.trace_of(caller) for caller in listeners]
    for trace in traces:
        menu, _ = trace.steps
        assert [(step.module, step.child) for step in trace.steps] == [("menu", "1"), ("play", "_")]
        assert menu.duration is not None
        # All were in the menu at the moment in which the channels were counted.
        assert menu.started_at <= now["time"]
        assert menu.started_at.timestamp() + menu.duration >= now["time"].timestamp()
        assert trace.call.outcome == "completed"
