"""Whose keys mean what when somebody else comes to talk: each phone has its own metaflows."""

import asyncio
from typing import Any

import pytest

from runtime.simulator import Line, Phone, Script
from tests.calls.account import node
from tests.calls.pbx import Pbx
from tests.calls.talking import BOTH_WAYS, metaflow_steps, pressing, talk

pytestmark = pytest.mark.asyncio(loop_scope="function")

NAMES = ("alice", "bob", "carol")
KEYS = "*5"


def own(name: str, **numbers: Any) -> dict[str, Any]:
    """Return a document in which `*5` plays to whoever presses whose metaflows count."""
    return pressing(n5=node("play", id=f"{name}'s", leg="self"), **numbers)


async def three(pbx: Pbx, **numbers: Any) -> tuple[Line, Line]:
    """Let bob call alice, each with metaflows of his own; carol, who has some, too, answers."""
    for name in NAMES:
        await pbx.home.media_tone(f"{name}'s", seconds=1)
    await pbx.home.user("carol", **own("carol"))
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    pbx.carol.script = Script(answers_after=1, says="carol")
    bob, alice = await talk(pbx, alice=own("alice", **numbers), bob=own("bob", **numbers))
    await asyncio.sleep(1)
    return bob, alice


async def has_own(line: Line, name: str) -> None:
    """Let somebody press keys, which are by his own metaflows."""
    line.type(KEYS)
    await line.hears(f"{name}'s")
    await asyncio.sleep(3)


async def has_none(line: Line) -> None:
    """Let somebody press keys, which start nothing with him."""
    line.type(KEYS)
    await asyncio.sleep(3)
    assert not [heard for heard in line.heard if heard.endswith("'s")]


def sides(presser: str, bob: Line, alice: Line) -> tuple[Line, Line, str]:
    """Return who presses, the other one, and the other one's name."""
    return (alice, bob, "bob") if presser == "alice" else (bob, alice, "alice")


async def takes_over(phone: Phone, line: Line, other: Line) -> Line:
    """Let a phone take the place of another (INVITE with Replaces)."""
    taken = phone.take_over(line)
    taken.speak("it is me")
    await other.hears("it is me")
    await line.ended()
    return taken


# INVITE with Replaces.


@BOTH_WAYS
async def test_a_phone_that_picks_up_has_its_own_and_who_stays_keeps_his(
    pbx: Pbx, presser: str
) -> None:
    bob, alice = await three(pbx)
    old, stays, name = sides(presser, bob, alice)
    carol = await takes_over(pbx.carol, old, stays)
    await has_own(carol, "carol")
    await has_own(stays, name)
    assert "alice's" not in carol.heard
    await stays.hangs_up()
    trace = await pbx.trace_of(bob)
    steps = [step for step in trace.steps if step.module == "play"]
    assert [(step.inputs or {})["pressed_by"] for step in steps] == [
        "carol_phone",
        f"{name}_phone",
    ]


async def test_whoever_picks_up_for_the_caller_is_who_calls_from_then_on(pbx: Pbx) -> None:
    bob, alice = await three(pbx, n8=node("callflow", id="ahead"))
    await pbx.home.user("dave")
    dave = await pbx.phone("dave", user="dave", number="2004")
    await pbx.home.callflow(numbers=["2004"], name="ahead", flow=node("user", id="dave"))
    await takes_over(pbx.carol, bob, alice)
    alice.type("*8")
    assert (await dave.rings()).caller_id.number == "2003"


async def test_a_phone_that_picks_up_has_its_account_its_own_and_its_users_merged(
    pbx: Pbx,
) -> None:
    for name in ("account", "device", "user"):
        await pbx.home.media_tone(f"{name}'s", seconds=1)
    account = {n: node("play", id="account's", leg="self") for n in ("n5", "n6", "n7")}
    pbx.house.documents.accounts[pbx.home.id].doc = {"language": "en-us", **pressing(**account)}
    bob, alice = await three(pbx)
    mobile = await pbx.phone("mobile", user="carol", number="2101")
    device = {n: node("play", id="device's", leg="self") for n in ("n5", "n6")}
    await pbx.home.device("mobile", user="carol", number="2101", **pressing(**device))
    await pbx.home.user("carol", **own("user"))
    taken = await takes_over(mobile, alice, bob)
    for keys, whose in (("*5", "user"), ("*6", "device"), ("*7", "account")):
        taken.type(keys)
        await taken.hears(f"{whose}'s")
        await asyncio.sleep(3)


@pytest.mark.parametrize(("listen_on", "hears"), [("peer", {"bob"}), ("both", {"bob", "carol"})])
async def test_a_phone_that_picks_up_listens_to_whom_it_wants(
    pbx: Pbx, listen_on: str, hears: set[str]
) -> None:
    bob, alice = await three(pbx)
    await pbx.home.media_tone("heard", seconds=1)
    doc = pressing(n8=node("play", id="heard", leg="self"))
    doc["metaflows"]["listen_on"] = listen_on
    await pbx.home.user("carol", **doc)
    lines = {"bob": bob, "carol": await takes_over(pbx.carol, alice, bob)}
    for name, line in lines.items():
        line.type("*8")
        await asyncio.sleep(3)
        assert ("heard" in line.heard) == (name in hears), name


async def test_who_stays_goes_on_with_the_keys_that_he_has_begun(pbx: Pbx) -> None:
    bob, alice = await three(pbx)
    bob.type("*")
    await asyncio.sleep(0.3)
    pbx.carol.take_over(alice)
    await asyncio.sleep(0.3)
    bob.type("5")
    await bob.hears("bob's")


async def test_keys_that_were_begun_on_one_phone_do_not_go_on_at_another(pbx: Pbx) -> None:
    bob, alice = await three(pbx)
    alice.type("*")
    await asyncio.sleep(0.3)
    carol = pbx.carol.take_over(alice)
    await asyncio.sleep(0.3)
    carol.type("5")
    await asyncio.sleep(5)
    assert await metaflow_steps(pbx, bob) == []


# Metaflows that bring another phone.


@BOTH_WAYS
async def test_the_phone_that_a_call_is_carried_over_to_has_its_own(pbx: Pbx, presser: str) -> None:
    bob, alice = await three(pbx, n6=node("move"))
    who, stays, name = sides(presser, bob, alice)
    await pbx.home.media_tone("desk's", seconds=1)
    desk = await pbx.phone("desk", user=presser, number="2010", answers_after=1, says="desk")
    await pbx.home.device("desk", user=presser, number="2010", **own("desk"))
    await pbx.home.user(presser, **pressing(n6=node("move")))
    who.type("*6")
    await stays.hears("desk")
    await has_own(desk.lines[-1], "desk")
    await has_own(stays, name)


@BOTH_WAYS
async def test_the_phone_that_intercepts_has_its_own(pbx: Pbx, presser: str) -> None:
    intercept = node("intercept", target_type="user", target_id="carol", unbridged_only=False)
    bob, alice = await three(pbx, n7=intercept)
    who, _, _ = sides(presser, bob, alice)
    who.type("*7")
    await who.hears("carol")
    await has_own(pbx.carol.lines[-1], "carol")
    await has_own(who, presser)


# Transfers.


@BOTH_WAYS
async def test_after_a_blind_transfer_each_has_his_own(pbx: Pbx, presser: str) -> None:
    bob, alice = await three(pbx)
    by, stays, name = sides(presser, bob, alice)
    by.transfer("2003")
    await stays.hears("carol")
    await has_own(stays, name)
    await has_own(pbx.carol.lines[-1], "carol")


@BOTH_WAYS
async def test_after_a_blind_transfer_by_keys_each_has_his_own(pbx: Pbx, presser: str) -> None:
    bob, alice = await three(pbx, n2=node("transfer", target="2003"))
    who, stays, name = sides(presser, bob, alice)
    who.type("*2")
    await stays.hears("carol")
    await has_own(stays, name)
    await has_own(pbx.carol.lines[-1], "carol")


@BOTH_WAYS
@pytest.mark.parametrize("calls", ["the transferor", "the third"])
async def test_after_an_attended_transfer_each_has_his_own(
    pbx: Pbx, presser: str, calls: str
) -> None:
    bob, alice = await three(pbx)
    by, stays, name = sides(presser, bob, alice)
    by.hold()
    phone = pbx.phones[presser]
    if calls == "the transferor":
        second = phone.dial("2003")
        await second.answered()
        carol = pbx.carol.lines[-1]
    else:
        await pbx.home.callflow(numbers=["2009"], flow=node("user", id=presser))
        phone.script = Script(answers_after=1)
        carol = pbx.carol.dial("2009")
        carol.speak("carol")
        await carol.answered()
        second = phone.lines[-1]
    by.transfer_to_call(second)
    await second.ended()
    await stays.hears("carol")
    await has_own(stays, name)
    await has_own(carol, "carol")


@BOTH_WAYS
async def test_the_leg_of_an_attended_transfer_by_keys_has_none_of_the_transferors(
    pbx: Pbx, presser: str
) -> None:
    consult = node("transfer", target="2003", transfer_type="attended")
    bob, alice = await three(pbx, n2=consult)
    who, stays, name = sides(presser, bob, alice)
    who.type("*2")
    await who.hears("carol")
    await who.hangs_up()
    await stays.hears("carol")
    await has_own(stays, name)
    await has_own(pbx.carol.lines[-1], "carol")
    assert f"{presser}'s" not in (*stays.heard, *pbx.carol.lines[-1].heard)


@BOTH_WAYS
async def test_nobody_presses_for_the_transferor_who_has_gone(pbx: Pbx, presser: str) -> None:
    consult = node("transfer", target="2003", transfer_type="attended")
    bob, alice = await three(pbx, n2=consult)
    who, stays, name = sides(presser, bob, alice)
    for user in {name, "carol"}:
        await pbx.home.user(user)
    who.type("*2")
    await who.hears("carol")
    await who.hangs_up()
    await stays.hears("carol")
    await has_none(stays)
    await has_none(pbx.carol.lines[-1])
    assert not stays.is_over


async def test_whoever_calls_a_phone_that_forwards_does_not_press_for_it(pbx: Pbx) -> None:
    await pbx.home.media_tone("alice's", seconds=1)
    forward = {"enabled": True, "number": "2003", "require_keypress": False}
    await pbx.home.user("alice", **own("alice"))
    await pbx.home.device("alice", user="alice", number="2001", call_forward=forward)
    for name, number in (("alice", "2001"), ("carol", "2003")):
        await pbx.home.callflow(numbers=[number], flow=node("user", id=name), name=name)
    pbx.carol.script = Script(answers_after=1, says="carol")
    bob = pbx.dials("2001")
    await bob.hears("carol")
    await asyncio.sleep(1)
    await has_none(bob)
    await bob.hangs_up()
    await pbx.nothing_left()
    assert not [step for step in pbx.house.steps if step.path.startswith("*")]
