"""Ringing the members of a group document: the caller is answered first."""

import asyncio
from typing import Any

import pytest

from runtime.simulator import Script
from tests.bells import assert_rang, device
from tests.calls.account import node
from tests.calls.groups import PRECISELY, phones, ring_group, who_rings
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

Said = dict[str, Any]


async def sales(pbx: Pbx, members: dict[str, Said], data: Said | None = None, **doc: Any) -> None:
    """Make a group and put it on 2100; members are phones unless they say otherwise."""
    endpoints = {
        name if said.get("type") in ("user", "group") else f"{name}_phone": {"type": "device"}
        | said
        for name, said in members.items()
    }
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": endpoints, **doc})
    await ring_group(pbx, module="group", id="sales", **(data or {}))


async def test_the_caller_is_answered_at_once_and_hears_the_ringing(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "two")
    await sales(pbx, {"one": {}, "two": {}})
    caller = pbx.dials("2100")
    await caller.answered(within=1)
    one, two = await known["one"].rings(), await known["two"].rings()
    await caller.hears("ringback")
    await two.answers()
    await two.speaks("two's voice")
    await caller.hears("two's voice")
    await one.ended()
    await two.hangs_up()
    await caller.ended()
    assert walked(await pbx.trace_of(caller)) == [("group", None)]


@pytest.mark.parametrize("where", ["node", "document", "both"])
async def test_what_the_document_says_counts_more_than_the_node(pbx: Pbx, where: str) -> None:
    await phones(pbx, "one", "two")
    doc: Said = {"timeout": 4, "strategy": "single"}
    said: dict[str, tuple[Said, Said]] = {
        "node": ({}, doc),
        "document": (doc, {}),
        "both": (doc, {"timeout": 9}),
    }
    in_document, in_node = said[where]
    await sales(pbx, {"one": {"timeout": 3}, "two": {}}, in_node, **in_document)
    told, heard = await who_rings(pbx, "one", "two")
    assert_rang(told, [("one", 0, 3), ("two", 3, 4)], within=PRECISELY)
    assert heard == ["ringback", "NO_ANSWER"]


async def test_without_any_word_they_ring_together_for_20_seconds(pbx: Pbx) -> None:
    await phones(pbx, "one", "two", "three")
    await sales(pbx, {"one": {}, "two": {"delay": 5}, "three": {"delay": 2, "timeout": 3}})
    told, _ = await who_rings(pbx, "one", "two", "three")
    assert_rang(told, [("one", 0, 20), ("two", 5, 20), ("three", 2, 5)], within=PRECISELY)


async def test_a_user_is_all_his_phones_each_as_the_member_says(pbx: Pbx) -> None:
    await pbx.home.user("dave")
    for name in ("desk", "mobile"):
        await pbx.phone(name, user="dave")
    await sales(pbx, {"dave": {"type": "user", "delay": 1, "timeout": 3}})
    told, _ = await who_rings(pbx, "desk", "mobile")
    assert_rang(told, [("desk", 1, 4), ("mobile", 1, 4)], within=PRECISELY)


@pytest.mark.parametrize("kind", ["device", "user"])
async def test_of_a_member_without_a_type_it_is_found_out(pbx: Pbx, kind: str) -> None:
    name = "alice_phone" if kind == "device" else "alice"
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": {name: {}}})
    await ring_group(pbx, module="group", id="sales", timeout=2)
    told, _ = await who_rings(pbx, "alice")
    assert_rang(told, [("alice", 0, 2)], within=PRECISELY)


async def test_a_phone_that_is_there_twice_rings_once_as_soon_as_it_may(pbx: Pbx) -> None:
    await pbx.home.user("dave")
    await pbx.phone("desk", user="dave")
    members: dict[str, Said] = {"desk": {"delay": 4}, "dave": {"type": "user", "delay": 1}}
    await sales(pbx, members, {"timeout": 6})
    told, _ = await who_rings(pbx, "desk")
    assert_rang(told, [("desk", 1, 6)], within=PRECISELY)


async def test_groups_within_it_and_the_callers_phone_do_not_ring(pbx: Pbx) -> None:
    await phones(pbx, "one", "two")
    inner = {"two_phone": {"type": "device"}}
    await pbx.home.document("group", "inner", {"name": "inner", "endpoints": inner})
    members: dict[str, Said] = {"one": {"timeout": 1}, "bob": {}, "inner": {"type": "group"}}
    await sales(pbx, members)
    told, _ = await who_rings(pbx, "one", "two", "bob")
    assert [name for name, _, _ in told] == ["one"]


async def test_one_by_one_their_weights_are_the_order(pbx: Pbx) -> None:
    await phones(pbx, "one", "two", "three")
    members = {"three": {"weight": 3}, "one": {"weight": 1}, "two": {"weight": 2}}
    await sales(
        pbx, {name: said | {"timeout": 1} for name, said in members.items()}, strategy="single"
    )
    told, _ = await who_rings(pbx, "one", "two", "three")
    assert [name for name, _, _ in told] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("script", "branch"),
    [
        (Script(), "NO_ANSWER"),
        (Script(rejects=486), "USER_BUSY"),
        (Script(rejects=603), "CALL_REJECTED"),
        (Script(rejects=503), "sip503"),
        (Script(rejects=488), "nobody"),
    ],
)
async def test_the_cause_has_its_branch(pbx: Pbx, script: Script, branch: str) -> None:
    known = await phones(pbx, "one")
    known["one"].script = script
    await sales(pbx, {"one": {"timeout": 3}})
    _, heard = await who_rings(pbx, "one")
    assert heard == ["ringback", branch]


async def test_what_is_for_ring_groups_only_does_not_count(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "two")
    known["one"].script = Script(rejects=486)
    data = {"repeats": 3, "fail_on_single_reject": True, "ringtones": {"internal": "own"}}
    await sales(pbx, {"one": {}, "two": {}}, {"timeout": 2, **data})
    told, heard = await who_rings(pbx, "two")
    assert_rang(told, [("two", 0, 2)], within=PRECISELY)
    assert heard == ["ringback", "NO_ANSWER"]
    assert await known["two"].lines[0].header("Alert-Info") is None


async def test_a_ringback_of_the_groups_own(pbx: Pbx) -> None:
    await pbx.home.media_tone("music", seconds=2)
    await phones(pbx, "one", answers_after=5, says="one's voice")
    await sales(pbx, {"one": {}}, {"ringback": "gone"}, ringback="music")
    caller = pbx.dials("2100")
    await caller.hears("one's voice")
    assert caller.heard == ["music", "one's voice"]
    await caller.hangs_up()


@pytest.mark.parametrize("data", [{}, {"id": "gone"}, {"id": None}, {"id": "sales_of_others"}])
async def test_a_group_that_is_not_there(pbx: Pbx, data: Said) -> None:
    other = await pbx.account("other")
    theirs = {"name": "sales", "endpoints": {"alice_phone": {"type": "device"}}}
    await other.document("group", "sales_of_others", theirs)
    await ring_group(pbx, module="group", **data)
    caller = pbx.dials("2100")
    await caller.ended()
    assert caller.heard == ["nobody"]
    assert pbx.alice.is_quiet


@pytest.mark.parametrize("endpoints", [{}, {"gone": {}}, [], "alice", None])
async def test_a_group_of_nobody_is_answered_and_goes_on(pbx: Pbx, endpoints: object) -> None:
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": endpoints})
    await ring_group(pbx, module="group", id="sales")
    caller = pbx.dials("2100")
    await caller.ended()
    assert caller.heard == ["nobody"]
    assert caller.is_answered


@pytest.mark.parametrize("doc", [{"timeout": "long"}, {"strategy": "by weight"}])
async def test_a_document_that_makes_no_sense_goes_on_and_is_told(pbx: Pbx, doc: Said) -> None:
    await phones(pbx, "one")
    await sales(pbx, {"one": {}}, **doc)
    caller = pbx.dials("2100")
    await caller.hears("nobody")
    await caller.ended()
    assert (await pbx.trace_of(caller)).steps[0].error == (
        f"group sales: {next(iter(doc))}: "
        + (
            "Input should be a valid integer, unable to parse string as an integer"
            if "timeout" in doc
            else "Input should be 'simultaneous', 'single' or 'weighted_random'"
        )
    )


async def test_a_caller_who_gives_up_stops_the_ringing(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "two")
    await sales(pbx, {"one": {}, "two": {"delay": 9}})
    caller = pbx.dials("2100")
    one = await known["one"].rings()
    await caller.hangs_up()
    await one.ended()
    await asyncio.sleep(15)
    assert not known["two"].lines


# With endpoints it is a ring group.


async def test_with_endpoints_it_is_a_ring_group(pbx: Pbx) -> None:
    await phones(pbx, "one", "two")
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": {"gone": {}}})
    members = [device("one", timeout=2), device("two", delay=1, timeout=2)]
    children = {"_": node("response", code=486)}
    await ring_group(pbx, *members, module="group", id="sales", repeats=2, children=children)
    caller = pbx.dials("2100")
    assert (await caller.ended(within=60)).sip_status == 486
    assert not caller.is_answered
    assert [len(pbx.phones[name].lines) for name in ("one", "two")] == [2, 2]


async def test_mere_ids_of_members_are_looked_up(pbx: Pbx) -> None:
    children = {"_": node("response", code=486)}
    flow = node("group", children, endpoints=["alice", "carol_phone", "gone"], timeout=2)
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    told, _ = await who_rings(pbx, "alice", "carol")
    assert_rang(told, [("alice", 0, 2), ("carol", 0, 2)], within=PRECISELY)


async def test_as_a_group_it_is_called_directly_so_all_forwards_count(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "aside", answers_after=1, says="a voice", talks_for=1)
    forward = {"enabled": True, "number": "2200", "direct_calls_only": True}
    forward |= {"require_keypress": False}
    doc = {"sip": {"username": "one"}, "call_forward": forward}
    await pbx.home.document("device", "one_phone", doc)
    await pbx.home.callflow(numbers=["2200"], flow=node("device", id="aside_phone"))
    await sales(pbx, {"one": {}})
    await who_rings(pbx, "one", "aside")
    assert not known["one"].lines
    assert len(known["aside"].lines) == 1
    await ring_group(pbx, device("one"), number="2101", module="group")
    await who_rings(pbx, "one", "aside", number="2101")
    assert len(known["one"].lines) == 1
    assert len(known["aside"].lines) == 1


async def test_what_a_phone_sends_before_it_is_answered_is_not_heard(pbx: Pbx) -> None:
    await phones(pbx, "one", early="please wait", answers_after=5, says="one's voice")
    await sales(pbx, {"one": {}})
    caller = pbx.dials("2100")
    await caller.hears("one's voice")
    assert caller.heard == ["ringback", "one's voice"]
    await caller.hangs_up()
