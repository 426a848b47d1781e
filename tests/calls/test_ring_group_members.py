"""Whom a ring group means, and the order that chance gives them."""

from collections import Counter
from typing import Any

import pytest

from runtime.simulator import Script
from tests.bells import Bells, assert_rang, device, group, user
from tests.calls.account import node
from tests.calls.groups import NAMES, PRECISELY, phones, ring_group, who_rings
from tests.calls.pbx import Pbx

pytestmark = pytest.mark.asyncio(loop_scope="function")


# Who is meant.


async def test_a_user_is_all_his_phones_a_group_all_its_members(pbx: Pbx) -> None:
    await pbx.home.user("dave")
    for name in ("desk", "mobile"):
        await pbx.phone(name, user="dave")
    await phones(pbx, "lobby", "alone")
    inner = {"alone_phone": {"type": "device", "delay": 7}}
    await pbx.home.document("group", "inner", {"name": "inner", "endpoints": inner})
    sales = {"lobby_phone": {"type": "device", "timeout": 3}, "inner": {"type": "group"}}
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": sales})
    members = [user("dave", timeout=4), group("sales", delay=2, timeout=6)]
    await ring_group(pbx, *members)
    told, _ = await who_rings(pbx, "desk", "mobile", "lobby", "alone")
    due = [("desk", 0.0, 4.0), ("mobile", 0.0, 4.0), ("lobby", 2.0, 5.0), ("alone", 7.0, 13.0)]
    assert_rang(told, due, within=PRECISELY)


async def test_one_by_one_a_group_has_an_order_of_its_own(pbx: Pbx) -> None:
    await phones(pbx, "first", "second", "third", "last")
    said = {
        "third_phone": {"type": "device", "weight": 9},
        "last_phone": {"type": "device"},
        "second_phone": {"type": "device", "weight": 2},
    }
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": said})
    members = [device("first", timeout=1), group("sales", timeout=1)]
    await ring_group(pbx, *members, strategy="single")
    told, _ = await who_rings(pbx, "first", "second", "third", "last")
    assert [name for name, _, _ in told] == ["first", "second", "third", "last"]


async def test_a_group_of_another_account_adds_nobody(pbx: Pbx) -> None:
    other = await pbx.account("other")
    theirs = await pbx.phone("theirs", account=other)
    said = {"theirs_phone": {"type": "device"}}
    await other.document("group", "sales", {"name": "sales", "endpoints": said})
    await ring_group(pbx, group("sales"), device("theirs"))
    _, heard = await who_rings(pbx, "theirs")
    assert heard == ["nobody"]
    assert not theirs.lines


async def test_the_callers_own_phone_does_not_ring(pbx: Pbx) -> None:
    await phones(pbx, "one")
    members = [device("bob", can_call_self=True), device("one", timeout=2)]
    await ring_group(pbx, *members)
    told, _ = await who_rings(pbx, "bob", "one")
    assert [name for name, _, _ in told] == ["one"]


@pytest.mark.parametrize("allowed", [True, False])
async def test_the_callers_other_phone_may_ring(pbx: Pbx, *, allowed: bool) -> None:
    await pbx.phone("mobile", user="bob")
    await ring_group(pbx, user("bob", can_call_self=allowed, timeout=2))
    told, heard = await who_rings(pbx, "bob", "mobile")
    assert [name for name, _, _ in told] == (["mobile"] if allowed else [])
    assert heard == (["NO_ANSWER"] if allowed else ["nobody"])


@pytest.mark.parametrize(("until", "rings"), [(66_269_664_000, False), (1, True), ("1", True)])
async def test_who_is_disabled_for_now_does_not_ring(
    pbx: Pbx, until: object, *, rings: bool
) -> None:
    await phones(pbx, "one", "two")
    members = [device("one", timeout=2, disable_until=until), device("two", timeout=2)]
    await ring_group(pbx, *members)
    told, _ = await who_rings(pbx, "one", "two")
    assert [name for name, _, _ in told] == (["one", "two"] if rings else ["two"])


async def test_an_empty_id_is_skipped(pbx: Pbx) -> None:
    await phones(pbx, "one")
    empty = {"endpoint_type": "device", "id": ""}
    await ring_group(pbx, empty, device("one", timeout=1))
    told, heard = await who_rings(pbx, "one")
    assert len(told) == 1
    assert heard == ["NO_ANSWER"]


async def test_a_member_without_a_type_is_a_device(pbx: Pbx) -> None:
    await phones(pbx, "one")
    await ring_group(pbx, {"id": "one_phone", "timeout": "1"})
    told, _ = await who_rings(pbx, "one")
    assert_rang(told, [("one", 0, 1)], within=PRECISELY)


# Random order.


async def test_by_weight_one_rings_after_another_in_the_order_that_was_drawn(pbx: Pbx) -> None:
    await phones(pbx, *NAMES)
    members = [device(name, timeout=2) for name in NAMES]
    await ring_group(pbx, *members, strategy="weighted_random")
    async with Bells(**{name: pbx.phones[name] for name in NAMES}) as bells:
        caller = pbx.dials("2100")
        await caller.ended()
    drawn = ((await pbx.trace_of(caller)).steps[0].inputs or {})["order"]
    assert [f"{name}_phone" for name in bells.order()] == drawn
    assert sorted(drawn) == sorted(f"{name}_phone" for name in NAMES)
    starts = [start for _, start, _ in bells.rang()]
    assert starts == pytest.approx([0, 2, 4, 6, 8], abs=0.5)


async def test_the_heavier_the_earlier_more_often_than_not(pbx: Pbx) -> None:
    await phones(pbx, "light", "heavy", rejects=486, rejects_after=0.1)
    members = [device("light", weight=20), device("heavy", weight=80)]
    await ring_group(pbx, *members, strategy="weighted_random")
    first: Counter[str] = Counter()
    for _ in range(200):
        caller = pbx.dials("2100")
        await caller.ended()
        order = ((await pbx.trace_of(caller)).steps[0].inputs or {})["order"]
        first[order[0]] += 1
    assert first["heavy_phone"] / 200 == pytest.approx(0.8, abs=0.08)


async def test_each_attempt_draws_anew(pbx: Pbx) -> None:
    await phones(pbx, *NAMES, rejects=488, rejects_after=0.1)
    members = [device(name) for name in NAMES]
    await ring_group(pbx, *members, strategy="weighted_random", repeats=8, children={})
    async with Bells(**{name: pbx.phones[name] for name in NAMES}) as bells:
        caller = pbx.dials("2100")
        await caller.ended()
    order = bells.order()
    rounds = {tuple(order[start : start + 5]) for start in range(0, 40, 5)}
    assert len(order) == 40
    assert len(rounds) > 1


# Members who forward.


async def test_forwards_for_direct_calls_only_do_not_count(pbx: Pbx) -> None:
    await phones(pbx, "one", "aside")
    forward = {"enabled": True, "number": "2200", "substitute": True, "direct_calls_only": True}
    doc = {"sip": {"username": "one"}, "call_forward": forward}
    await pbx.home.document("device", "one_phone", doc)
    await pbx.home.callflow(numbers=["2200"], flow=node("device", id="aside_phone"))
    await ring_group(pbx, device("one", timeout=2))
    told, _ = await who_rings(pbx, "one", "aside")
    assert [name for name, _, _ in told] == ["one"]


async def test_other_forwards_of_a_member_count(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "aside")
    known["aside"].script = Script(answers_after=1, says="aside's voice")
    forward = {"enabled": True, "number": "2200", "substitute": True, "require_keypress": False}
    doc = {"sip": {"username": "one"}, "call_forward": forward}
    await pbx.home.document("device", "one_phone", doc)
    await pbx.home.callflow(numbers=["2200"], flow=node("device", id="aside_phone"))
    await ring_group(pbx, device("one"))
    caller = pbx.dials("2100")
    await caller.hears("aside's voice")
    assert not known["one"].lines
    await caller.hangs_up()


@pytest.mark.parametrize(
    ("ignored", "who"), [(None, "late"), (True, "late"), ("true", "late"), (False, "aside")]
)
@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
async def test_a_phone_that_sends_the_caller_elsewhere(
    pbx: Pbx, strategy: str, ignored: object, who: str
) -> None:
    known = await phones(pbx, "one", "late", "aside")
    known["one"].script = Script(redirects="2200")
    known["late"].script = Script(answers_after=5, says="late's voice")
    known["aside"].script = Script(answers_after=1, says="aside's voice")
    await pbx.home.callflow(numbers=["2200"], flow=node("device", id="aside_phone"))
    said: dict[str, Any] = {} if ignored is None else {"ignore_forward": ignored}
    await ring_group(pbx, device("one"), device("late"), strategy=strategy, **said)
    caller = pbx.dials("2100")
    await caller.hears(f"{who}'s voice")
    assert bool(known["aside"].lines) is (who == "aside")
    await caller.hangs_up()
