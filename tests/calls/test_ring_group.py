"""Ringing groups of phones: who rings when, who gets the caller, and what if nobody does."""

import asyncio
from random import Random
from typing import Any

import pytest

from runtime.simulator import Script
from tests.bells import Due, Rang, assert_rang, device, due_one_by_one, due_together, group, user
from tests.calls.account import node
from tests.calls.groups import NAMES, PRECISELY, phones, ring_group, who_rings
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")


# Who rings when.


@pytest.mark.parametrize(
    ("members", "limit", "rang"),
    [
        ([Due("one"), Due("two")], 20, [("one", 0, 20), ("two", 0, 20)]),
        (
            [Due("one"), Due("two", 3), Due("three", 6)],
            10,
            [("one", 0, 10), ("two", 3, 10), ("three", 6, 10)],
        ),
        ([Due("one", 0, 5), Due("two", 3, 4)], 20, [("one", 0, 5), ("two", 3, 7)]),
        ([Due("one", 0, 2), Due("two", 10, 2)], 20, [("one", 0, 2), ("two", 10, 12)]),
        ([Due("one", 0, 5), Due("late", 12)], 10, [("one", 0, 5)]),
        ([Due("one", 0, 0), Due("two", 2, 3)], 8, [("one", 0, 8), ("two", 2, 5)]),
        ([Due("one", 0, 60)], 0, [("one", 0, 40)]),
        ([Due("one", 0, 3), Due("one", 5, 3)], 20, [("one", 0, 3), ("one", 5, 8)]),
        ([Due("one", 2, 3), Due("one", 2, 3)], 20, [("one", 2, 5)]),
    ],
)
async def test_together_each_rings_after_its_delay_for_its_time(
    pbx: Pbx, members: list[Due], limit: int, rang: list[Rang]
) -> None:
    await phones(pbx, "one", "two", "three", "late")
    await ring_group(pbx, *(m.endpoint for m in members), timeout=limit)
    told, heard = await who_rings(pbx, "one", "two", "three", "late")
    assert_rang(told, rang, within=PRECISELY)
    assert heard == ["NO_ANSWER"]


@pytest.mark.parametrize(
    ("members", "limit", "rang"),
    [
        ([Due("one", 0, 3), Due("two", 0, 4)], 20, [("one", 0, 3), ("two", 3, 7)]),
        ([Due("one", 2, 3), Due("two", 1, 4)], 20, [("one", 2, 5), ("two", 6, 10)]),
        ([Due("one"), Due("two")], 20, [("one", 0, 20)]),
        ([Due("one", 0, 8), Due("two", 0, 8)], 10, [("one", 0, 8), ("two", 8, 10)]),
        ([Due("one", 0, 8), Due("two", 5, 8)], 10, [("one", 0, 8)]),
        ([Due("one", 0, 0), Due("two", 0, 1)], 6, [("one", 0, 6)]),
        (
            [Due("one", 0, 15), Due("two", 0, 15), Due("three", 0, 15)],
            0,
            [("one", 0, 15), ("two", 15, 30), ("three", 30, 40)],
        ),
        (
            [Due("one", 0, 2), Due("two", 0, 2), Due("one", 0, 3)],
            20,
            [("one", 0, 2), ("two", 2, 4), ("one", 4, 7)],
        ),
        (
            [Due("one", 0, 2), Due("two", 0, 2), Due("one", 0, 2)],
            20,
            [("two", 0, 2), ("one", 2, 4)],
        ),
    ],
)
async def test_one_by_one_each_rings_for_its_time(
    pbx: Pbx, members: list[Due], limit: int, rang: list[Rang]
) -> None:
    await phones(pbx, "one", "two", "three")
    await ring_group(pbx, *(m.endpoint for m in members), timeout=limit, strategy="single")
    told, heard = await who_rings(pbx, "one", "two", "three")
    assert_rang(told, rang, within=PRECISELY)
    assert heard == ["NO_ANSWER"]


@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
@pytest.mark.parametrize("seed", range(40))
async def test_any_delays_and_times(pbx: Pbx, strategy: str, seed: int) -> None:
    chance = Random(seed)
    members = [
        Due(name, chance.choice([0, 0, 1, 2, 5, 8]), chance.choice([0, 1, 2, 3, 6, 20]))
        for name in NAMES[: chance.randint(1, 5)]
    ]
    limit = chance.choice([1, 4, 7, 12, 20])
    await phones(pbx, *NAMES)
    await ring_group(pbx, *(m.endpoint for m in members), timeout=limit, strategy=strategy)
    told, heard = await who_rings(pbx, *NAMES)
    due = due_together if strategy == "simultaneous" else due_one_by_one
    assert_rang(told, due(members, limit), within=PRECISELY)
    assert heard == ["NO_ANSWER"]


# Who answers.


@pytest.mark.parametrize("strategy", ["simultaneous", "single", "weighted_random"])
@pytest.mark.parametrize("winner", NAMES)
async def test_who_answers_gets_the_caller_and_no_other_rings_on(
    pbx: Pbx, strategy: str, winner: str
) -> None:
    known = await phones(pbx, *NAMES)
    known[winner].script = Script(answers_after=1, says=f"{winner}'s voice")
    members = [device(name, timeout=3) for name in NAMES]
    await ring_group(pbx, *members, strategy=strategy)
    caller = pbx.dials("2100")
    await caller.hears(f"{winner}'s voice")
    await asyncio.sleep(0.1)
    ringing = {name for name, phone in known.items() for line in phone.lines if not line.is_over}
    assert ringing == {winner}
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("ring_group", None)]
    assert (trace.steps[0].inputs or {})["answered_by"] == f"{winner}_phone"


@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
async def test_after_the_talk_the_flow_stops(pbx: Pbx, strategy: str) -> None:
    await phones(pbx, "one", answers_after=1, talks_for=3)
    await ring_group(pbx, device("one"), strategy=strategy)
    _, heard = await who_rings(pbx, "one")
    assert heard == []


@pytest.mark.parametrize("apart", [0.0, 0.0003, 0.01])
async def test_two_who_answer_in_one_moment(pbx: Pbx, apart: float) -> None:
    known = await phones(pbx, "one", "two")
    known["one"].script = Script(answers_after=1, says="one's voice")
    known["two"].script = Script(answers_after=1 + apart, says="two's voice")
    await ring_group(pbx, device("one"), device("two"))
    caller = pbx.dials("2100")
    await caller.answered()
    await asyncio.sleep(1)
    assert caller.heard in (["one's voice"], ["two's voice"])
    await caller.hangs_up()


async def test_who_is_told_that_another_answered(pbx: Pbx) -> None:
    known = await phones(pbx, "silent", "told", "winner")
    told = {"sip": {"username": "told"}, "caller_id_options": {"ignore_completed_elsewhere": False}}
    await pbx.home.document("device", "told_phone", told)
    known["winner"].script = Script(answers_after=1, talks_for=1)
    await ring_group(pbx, device("silent"), device("told"), device("winner"))
    await who_rings(pbx, "silent", "told", "winner")
    assert (await known["told"].lines[0].ended()).cause == 26
    assert (await known["silent"].lines[0].ended()).cause != 26


@pytest.mark.parametrize("strategy", ["simultaneous", "single", "weighted_random"])
async def test_a_caller_who_gives_up_stops_all_ringing(pbx: Pbx, strategy: str) -> None:
    known = await phones(pbx, *NAMES)
    await ring_group(pbx, *map(device, NAMES), device("one", delay=9), strategy=strategy, repeats=3)
    caller = pbx.dials("2100")
    await asyncio.sleep(2.5)
    await caller.hangs_up()
    await pbx.nothing_left()
    await asyncio.sleep(30)
    trace = await pbx.trace_of(caller)
    assert [(step.module, step.outcome) for step in trace.steps] == [("ring_group", "hung_up")]
    rang = sum(len(phone.lines) for phone in known.values())
    assert rang == (5 if strategy == "simultaneous" else 1)


# Why nobody answers, and what follows.


@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
@pytest.mark.parametrize(
    ("scripts", "branch"),
    [
        ((Script(), Script()), "NO_ANSWER"),
        ((Script(rejects=486), Script(rejects=486)), "USER_BUSY"),
        ((Script(rejects=603), Script(rejects=603)), "CALL_REJECTED"),
        ((Script(rejects=503), Script(rejects=503)), "sip503"),
        ((Script(rejects=486), Script()), "NO_ANSWER"),
        ((Script(rejects=486), Script(rejects=603, rejects_after=2)), "CALL_REJECTED"),
        ((Script(rejects=488), Script(rejects=488)), "nobody"),
        ((None, None), "USER_NOT_REGISTERED"),
        ((Script(rejects=486), None), "USER_BUSY"),
    ],
)
async def test_the_cause_has_its_branch(
    pbx: Pbx, strategy: str, scripts: tuple[Script | None, ...], branch: str
) -> None:
    for name, script in zip(("one", "two"), scripts, strict=True):
        phone = await pbx.phone(name, registered=script is not None)
        phone.script = script or Script()
    if strategy == "single" and branch == "USER_BUSY" and scripts[1] is None:
        branch = "USER_NOT_REGISTERED"  # the last one's
    await ring_group(pbx, device("one", timeout=5), device("two", timeout=5), strategy=strategy)
    _, heard = await who_rings(pbx, "one", "two")
    assert heard == [branch]


@pytest.mark.parametrize("repeats", [1, 3])
async def test_a_named_branch_ends_the_repeats(pbx: Pbx, repeats: int) -> None:
    await phones(pbx, "one")
    await ring_group(pbx, device("one", timeout=2), repeats=repeats)
    told, heard = await who_rings(pbx, "one")
    assert_rang(told, [("one", 0, 2)], within=PRECISELY)
    assert heard == ["NO_ANSWER"]


@pytest.mark.parametrize(("repeats", "times"), [(1, 1), (2, 2), (3, 3), (0, 1), (-4, 1), ("2", 2)])
@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
async def test_without_one_it_rings_again(
    pbx: Pbx, strategy: str, repeats: object, times: int
) -> None:
    await phones(pbx, "one", "two")
    children = {"_": node("play", id="nobody")}
    members = [device("one", timeout=2), device("two", delay=1, timeout=2)]
    await ring_group(pbx, *members, strategy=strategy, repeats=repeats, children=children)
    told, heard = await who_rings(pbx, "one", "two")
    once = due_together if strategy == "simultaneous" else due_one_by_one
    lasts = 3 if strategy == "simultaneous" else 5
    due = [
        (name, begin + again * lasts, end + again * lasts)
        for again in range(times)
        for name, begin, end in once([Due("one", 0, 2), Due("two", 1, 2)], 20)
    ]
    assert_rang(told, due, within=0.1 + 0.1 * times)
    assert heard == ["nobody"]


async def test_repeats_have_an_end_when_nobody_can_be_reached(pbx: Pbx) -> None:
    await pbx.phone("one", registered=False)
    children = {"_": node("play", id="nobody")}
    await ring_group(pbx, device("one"), repeats=1_000_000, children=children)
    caller = pbx.dials("2100")
    await caller.hears("nobody", within=30)
    trace = await pbx.trace_of(caller)
    assert (trace.steps[0].inputs or {})["attempts"] == 100


async def test_somebody_may_answer_at_the_second_attempt(pbx: Pbx) -> None:
    known = await phones(pbx, "one")
    await ring_group(pbx, device("one", timeout=2), repeats=2, children={})
    caller = pbx.dials("2100")
    await (await known["one"].rings()).ended()
    again = await known["one"].rings()
    await again.answers()
    await again.speaks("one's voice")
    await caller.hears("one's voice")
    await caller.hangs_up()


async def test_each_attempt_reads_the_documents_anew(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "two")
    members = [device("one", timeout=3), device("two", timeout=3)]
    await ring_group(pbx, *members, repeats=2, children={})
    caller = pbx.dials("2100")
    await known["one"].rings()
    await known["two"].rings()
    off = {"sip": {"username": "one"}, "enabled": False}
    await pbx.home.document("device", "one_phone", off)
    await known["two"].rings()
    assert known["one"].is_quiet
    await caller.ended()


@pytest.mark.parametrize("strategy", ["simultaneous", "single", "weighted_random"])
async def test_with_nobody_to_ring_there_is_no_failure_and_no_repeat(
    pbx: Pbx, strategy: str
) -> None:
    await phones(pbx, "one")
    await pbx.home.document("device", "one_phone", {"enabled": False, "sip": {"username": "one"}})
    members = [device("one"), device("gone"), user("nobody"), group("gone")]
    await ring_group(pbx, *members, repeats=3, strategy=strategy)
    caller = pbx.dials("2100")
    await caller.ended()
    assert caller.heard == ["nobody"]
    inputs = (await pbx.trace_of(caller)).steps[0].inputs or {}
    assert inputs["attempts"] == 1
    assert inputs["left_out"] == {
        "one_phone": "device is disabled",
        "gone_phone": "unknown device",
        "nobody": "unknown user",
    }
    assert inputs["members_left_out"] == {"gone": "unknown group"}


async def test_without_any_branch_the_caller_is_hung_up(pbx: Pbx) -> None:
    await phones(pbx, "one", rejects=486)
    await ring_group(pbx, device("one"), children={})
    caller = pbx.dials("2100")
    assert (await caller.ended()).sip_status == 480


# One who rejects.


@pytest.mark.parametrize(
    ("status", "branch"), [(486, "USER_BUSY"), (600, "USER_BUSY"), (603, "CALL_REJECTED")]
)
async def test_one_rejection_can_count_for_all(pbx: Pbx, status: int, branch: str) -> None:
    known = await phones(pbx, "one", "two")
    known["two"].script = Script(rejects=status, rejects_after=1)
    await ring_group(pbx, device("one"), device("two"), fail_on_single_reject=True)
    told, heard = await who_rings(pbx, "one", "two")
    assert_rang(told, [("one", 0, 1), ("two", 0, 1)], within=PRECISELY)
    assert heard == [branch]


async def test_one_rejection_ends_the_round_too(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "two")
    known["one"].script = Script(rejects=486, rejects_after=1)
    members = [device("one"), device("two")]
    await ring_group(pbx, *members, strategy="single", fail_on_single_reject="true")
    told, heard = await who_rings(pbx, "one", "two")
    assert_rang(told, [("one", 0, 1)], within=PRECISELY)
    assert heard == ["USER_BUSY"]


@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
async def test_otherwise_a_rejection_leaves_the_call_to_the_others(pbx: Pbx, strategy: str) -> None:
    known = await phones(pbx, "one", "two")
    known["one"].script = Script(rejects=486, rejects_after=1)
    known["two"].script = Script(answers_after=3, says="two's voice")
    await ring_group(pbx, device("one"), device("two"), strategy=strategy)
    caller = pbx.dials("2100")
    await caller.hears("two's voice")
    await caller.hangs_up()


# What cannot be read.


@pytest.mark.parametrize(
    "data",
    [
        {"endpoints": "one_phone"},
        {"endpoints": [{"id": "one_phone", "delay": "soon"}]},
        {"endpoints": ["one_phone"]},
        {"endpoints": [{"id": "one_phone"}], "strategy": "all"},
        {"endpoints": [{"id": "one_phone"}], "timeout": "long"},
        {},
    ],
)
async def test_what_makes_no_sense_goes_on_and_is_told(pbx: Pbx, data: dict[str, Any]) -> None:
    known = await phones(pbx, "one")
    await pbx.home.media_tone("nobody", seconds=1)
    flow = {"module": "ring_group", "data": data, "children": {"_": node("play", id="nobody")}}
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    caller = pbx.dials("2100")
    await caller.hears("nobody")
    await caller.ended()
    assert not known["one"].lines
    assert "data." in ((await pbx.trace_of(caller)).steps[0].error or "")


async def test_no_members_at_all(pbx: Pbx) -> None:
    await pbx.home.media_tone("nobody", seconds=1)
    flow = node("ring_group", {"_": node("play", id="nobody")}, endpoints=[])
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    _, heard = await who_rings(pbx)
    assert heard == ["nobody"]
