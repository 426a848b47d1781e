"""Keys that change who talks: blind transfer, another phone of one's own, and somebody else's."""

import asyncio

import pytest

from runtime.simulator import Script
from tests.calls.account import node
from tests.calls.pbx import Pbx
from tests.calls.talking import BOTH_WAYS, carol, metaflow_steps, pressing, talk

pytestmark = pytest.mark.asyncio(loop_scope="function")

TRANSFER = {"metaflows": {"patterns": {r"^2(\d+)$": node("transfer")}}}


async def test_the_called_sends_the_caller_on(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, alice=TRANSFER)
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    pbx.carol.script = Script(answers_after=1, says="carol")
    alice.type("*22003")
    await bob.hears("carol")
    await alice.ended()
    await pbx.carol.lines[-1].hears("bob")


async def test_the_caller_sends_the_called_on(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, bob=TRANSFER)
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    pbx.carol.script = Script(answers_after=1, says="carol")
    bob.type("*22003")
    await alice.hears("carol")
    await bob.ended()


async def test_a_number_that_leads_nowhere_leaves_them_talking(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, bob=TRANSFER, alice=TRANSFER)
    bob.type("*29999")
    await asyncio.sleep(2)
    alice.type("*2")
    await asyncio.sleep(2)
    assert (bob.heard[-1], alice.heard[-1]) == ("alice", "bob")
    steps = await metaflow_steps(pbx, bob)
    assert [step.outcome for step in steps] == ["failed", "no_match"]
    assert "9999" in (steps[0].error or "")


async def test_a_call_is_carried_over_to_another_phone(pbx: Pbx) -> None:
    for presser in ("alice", "bob"):
        bob, alice = await talk(pbx, **{presser: pressing(n6=node("move"))})
        other_phone = await pbx.phone(f"{presser}_desk", user=presser, number="2010")
        other_phone.script = Script(answers_after=3, says="desk")
        who, other = (alice, bob) if presser == "alice" else (bob, alice)
        who.type("*6")
        await other.hears("desk")
        await who.ended()
        await other_phone.lines[-1].hears("bob" if presser == "alice" else "alice")
        await asyncio.sleep(3)
        await other_phone.lines[-1].hangs_up()
        await other.ended()


async def test_without_another_phone_nothing_moves(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, bob=pressing(n6=node("move")))
    bob.type("*6")
    await asyncio.sleep(3)
    assert (bob.heard[-1], alice.heard[-1]) == ("alice", "bob")
    (step,) = await metaflow_steps(pbx, bob)
    assert "no other phone" in (step.error or "")


@BOTH_WAYS
async def test_another_phone_takes_the_others_place(pbx: Pbx, presser: str) -> None:
    intercept = node("intercept", target_type="user", target_id="carol", unbridged_only=False)
    bob, alice = await talk(pbx, **{presser: pressing(n7=intercept)})
    await carol(pbx)
    who, other = (alice, bob) if presser == "alice" else (bob, alice)
    who.type("*7")
    await who.hears("carol")
    await other.ended()
    await asyncio.sleep(3)
    assert not who.is_over
    await who.hangs_up()
    await pbx.carol.lines[-1].ended()


async def test_by_default_a_conversation_is_not_intercepted(pbx: Pbx) -> None:
    intercept = node("intercept", target_type="user", target_id="carol")
    bob, _ = await talk(pbx, bob=pressing(n7=intercept))
    bob.type("*7")
    await asyncio.sleep(3)
    (step,) = await metaflow_steps(pbx, bob)
    assert "unbridged_only" in (step.error or "")
