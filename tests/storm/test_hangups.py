"""A thousand callers who hang up whenever they like leave nothing but their traces."""

import asyncio
import random
from collections import Counter

import pytest

from tests.live.account import node
from tests.live.pbx import Pbx
from tests.storm.callers import Called, Callers
from tests.storm.gauges import CALLS, TASKS, Gauges
from tests.storm.scenario import HANGS_UP
from tests.storm.town import publish, somebody_at, traces_of

pytestmark = pytest.mark.xdist_group("storm")

SEED = 20_250_101
CALLERS = 1000
PER_SECOND = 50.0
LONGEST_MS = 4000
ANSWER_MS = 1000

RINGS, PLAYS, MENU, COLLECTS, TALKS = NUMBERS = [f"+1555000100{n}" for n in range(5)]

_EXPECTED = "Playback failed for|Session already DISCONNECTED|Failed to answer channel"
"""What Asterisk says of callers who hang up while it plays or answers."""


async def town(pbx: Pbx) -> None:
    await pbx.home.media_tone("music", seconds=60)
    await pbx.home.media_tone("welcome", seconds=2)
    await pbx.home.menu("main", greeting="welcome", timeout=60_000)
    await publish(pbx, RINGS, node("user", id="alice", timeout=60))
    await publish(pbx, PLAYS, node("play", id="music"))
    await publish(pbx, MENU, node("menu", id="main"))
    await publish(pbx, COLLECTS, node("collect_dtmf", max_digits=9, timeout=60_000))
    await publish(pbx, TALKS, node("device", id="carol_phone", timeout=60))
    await pbx.alice.registered()
    await pbx.carol.registered()


def whims() -> list[Called]:
    """Return for each caller whom he calls and when he hangs up: always the same ones."""
    chance = random.Random(SEED)
    calls = [
        Called(number, (_patience(chance, number), chance.randint(0, LONGEST_MS)))
        for number in NUMBERS
        for _ in range(CALLERS // len(NUMBERS))
    ]
    chance.shuffle(calls)
    return calls


def _patience(chance: random.Random, number: str) -> int:
    # One in four gives up when somebody is just about to answer.
    if chance.random() < 0.25:
        answer = ANSWER_MS if number == TALKS else 0
        return max(0, round(chance.gauss(answer + 10, 15)))
    return chance.randint(0, LONGEST_MS)


async def test_callers_who_hang_up_at_any_moment_leave_nothing(
    pbx: Pbx, callers: Callers, figures: list[str]
) -> None:
    pbx.expects_log(_EXPECTED)
    await town(pbx)
    gauges = Gauges(pbx.plant.settings)
    async with somebody_at(pbx.carol, answers_after=ANSWER_MS / 1000):
        # One caller each, so that caches are filled and connections made.
        first = [Called(number, (ANSWER_MS * 2, 100)) for number in NUMBERS]
        await callers.call("first", HANGS_UP, first, rate=5, longest=5)
        await pbx.nothing_left()
        tasks = await gauges.lowest(TASKS)
        async with asyncio.TaskGroup() as group:
            group.create_task(
                callers.call(
                    "storm", HANGS_UP, whims(), rate=PER_SECOND, longest=2 * LONGEST_MS / 1000
                )
            )
            busy = await gauges.until(CALLS, lambda calls: calls >= PER_SECOND, within=60)
            assert busy[TASKS] >= tasks + PER_SECOND
    await pbx.nothing_left(within=30)
    await gauges.until(CALLS, lambda calls: calls == 0, within=30)
    after = await gauges.until(TASKS, lambda now: now <= tasks, within=30)
    figures.append(
        f"{CALLERS} callers who hang up, {PER_SECOND:g} a second: {tasks:g} tasks before,"
        f" {busy[TASKS]:g} at {busy[CALLS]:g} calls, {after[TASKS]:g} after"
    )
    traces = await traces_of(pbx, "storm", CALLERS, within=30)
    assert {trace.call.outcome for trace in traces} == {"caller_hung_up"}
    assert {trace.call.reason for trace in traces} == {"NORMAL_CLEARING", "ORIGINATOR_CANCEL"}
    # Who gives up at once may be gone before the first node.
    walks = Counter(tuple(step.outcome for step in trace.steps) for trace in traces)
    assert walks.keys() <= {("hung_up",), ()}
    assert walks[()] < CALLERS / 20
    # All of it was there: ringing, playing, collecting, talking.
    moments = Counter((trace.call.number, trace.call.answered_at is not None) for trace in traces)
    assert moments[RINGS, False] == CALLERS // len(NUMBERS)
    assert moments[TALKS, False] > 10
    assert min(moments[number, True] for number in (PLAYS, MENU, COLLECTS, TALKS)) > 10
