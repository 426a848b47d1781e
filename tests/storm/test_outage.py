"""PostgreSQL is away for a minute, and nobody who calls a known account notices."""

import asyncio
import random

import pytest

from tests.live.account import Node, node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.storm.callers import Called, Callers
from tests.storm.gauges import CALLS, TRACE_SPOOL, Gauges
from tests.storm.scenario import HEARS_ALL
from tests.storm.town import publish, somebody_at, traces_of

pytestmark = pytest.mark.xdist_group("storm")

SEED = 20_250_102
PER_SECOND = 10
AWAY_SECONDS = 60.0
CALLERS = 800
LONG_SECONDS = 20

SHORT, LONG, PHONE = "+15550002001", "+15550002002", "+15550002003"
WALKS = {SHORT: ["answer", "play", "play"], LONG: ["answer", "play"], PHONE: ["user"]}


async def town(pbx: Pbx) -> None:
    for tone, seconds in (("hello", 0.5), ("goodbye", 0.5), ("story", LONG_SECONDS)):
        await pbx.home.media_tone(tone, seconds=seconds)
    await publish(pbx, SHORT, answered(play("hello", play("goodbye"))), inside="2000")
    await publish(pbx, LONG, answered(play("story")))
    await publish(pbx, PHONE, node("user", id="alice"))
    await pbx.alice.registered()
    await pbx.bob.registered()


def answered(then: Node) -> Node:
    return node("answer", {"_": then})


def play(tone: str, then: Node | None = None) -> Node:
    return node("play", {"_": then} if then else None, id=tone)


def calls() -> list[Called]:
    """Return whom each of the callers calls; the long calls end long before the last short one."""
    chance = random.Random(SEED)
    late = PER_SECOND * (LONG_SECONDS + 5)
    numbers = chance.choices((SHORT, PHONE, LONG), (7, 2, 1), k=CALLERS - late)
    numbers += chance.choices((SHORT, PHONE), (8, 2), k=late)
    return [Called(number) for number in numbers]


async def listens(pbx: Pbx, heard: list[Line], over: asyncio.Event) -> None:
    """Call again and again from a telephone of the account, and hear the whole of it."""
    while not over.is_set():
        caller = await pbx.bob.dials("2000")
        await caller.hears("hello")
        await caller.hears("goodbye")
        await caller.ended()
        heard.append(caller)


async def test_a_minute_without_postgresql_loses_neither_calls_nor_traces(
    pbx: Pbx, callers: Callers, figures: list[str]
) -> None:
    assert pbx.plant.postgres is not None
    pbx.expects_log("(?i)postgres|pgsql|sorcery realtime|config.c")
    await town(pbx)
    gauges = Gauges(pbx.plant.settings)
    heard: list[Line] = []
    back = asyncio.Event()
    async with somebody_at(pbx.alice, answers_after=0.5, talks=1), asyncio.TaskGroup() as group:
        group.create_task(
            callers.call("storm", HEARS_ALL, calls(), rate=PER_SECOND, longest=LONG_SECONDS + 5)
        )
        group.create_task(listens(pbx, heard, back))
        await gauges.until(CALLS, lambda now: now >= PER_SECOND, within=30)
        await pbx.plant.postgres.stop()
        try:
            await asyncio.sleep(AWAY_SECONDS)
            away = await gauges.read()
        finally:
            await pbx.plant.postgres.start()
        back.set()
    assert away[TRACE_SPOOL] > 0
    await gauges.until(TRACE_SPOOL, lambda left: left == 0, within=60)
    traces = await traces_of(pbx, "storm", CALLERS, within=60)
    for trace in traces:
        assert trace.call.outcome == "completed", trace
        assert [step.module for step in trace.steps] == WALKS[trace.call.number], trace
    for line in heard:
        assert [step.module for step in (await pbx.trace_of(line)).steps] == WALKS[SHORT]
    [count] = await pbx.sql(
        """select count(*) as calls, sum(steps) as steps
        from calls join (select call_id, count(*) as steps from call_steps group by call_id) s
            on call_id = id
        where account_id = $1 and ended_at is not null""",
        pbx.home.id,
    )
    steps = sum(len(WALKS[call.number]) for call in calls()) + len(heard) * len(WALKS[SHORT])
    assert (count["calls"], count["steps"]) == (CALLERS + len(heard), steps)
    figures.append(
        f"{AWAY_SECONDS:g} s without PostgreSQL: {CALLERS} callers at {PER_SECOND} a second and"
        f" {len(heard)} calls listened to, {steps} steps, {away[TRACE_SPOOL] / 1000:.0f} kB kept"
    )
