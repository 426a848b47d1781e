"""Transfers by the phone (SIP REFER): blind, attended, into a menu, and those that fail."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from runtime.storage import calls, cdrs
from runtime.storage.cdrs import CdrRow
from tests.live.account import node
from tests.live.line import SOON, Line
from tests.live.pbx import Pbx, noted
from tests.live.useragent import Dialog, UserAgent


@pytest.fixture
async def dora(pbx: Pbx) -> AsyncIterator[UserAgent]:
    """Yield user dora's telephone, number 2005, which holds and transfers."""
    await pbx.home.user("dora")
    credentials = await pbx.home.device("dora", user="dora", number="2005")
    agent = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    try:
        await office(pbx)
        yield agent
    finally:
        await agent.unplug()


async def office(pbx: Pbx) -> None:
    """Give everybody his number."""
    for name, number in (("alice", "2001"), ("bob", "2002"), ("carol", "2003"), ("dora", "2005")):
        await pbx.home.callflow(numbers=[number], flow=node("user", id=name))
    for phone in (pbx.alice, pbx.bob, pbx.carol):
        await phone.registered()


async def talks(one: Line, other: Line, name: str) -> None:
    """Let two hear each other."""
    await one.speaks(f"{name}, one")
    await other.hears(f"{name}, one")
    await other.speaks(f"{name}, other")
    await one.hears(f"{name}, other")


async def called(pbx: Pbx, dora: UserAgent) -> tuple[Line, Dialog]:
    """Let bob call dora, who answers."""
    bob = await pbx.bob.dials("2005")
    desk = await dora.rings()
    await desk.answers()
    await bob.answered()
    return bob, desk


async def records(pbx: Pbx, *call_ids: str) -> dict[str, CdrRow]:
    """Return the records of one interaction by SIP Call-ID, when these are all there."""
    deadline = asyncio.get_running_loop().time() + SOON
    while True:
        rows = await pbx.sql("select * from cdrs where account_id = $1", pbx.home.id)
        found = {row["sip_call_id"]: row["interaction_id"] for row in rows}
        if set(call_ids) <= set(found):
            kept = await cdrs.of_interaction(pbx.plant.db, found[call_ids[0]], pbx.home.id)
            assert {row.sip_call_id for row in kept if row.sip_call_id} == set(call_ids)
            return {row.sip_call_id or "": row for row in kept}
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"of {call_ids} there is only {found}")
        await asyncio.sleep(0.05)  # a row has no event here


async def test_the_called_sends_the_caller_on(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await carol.answers()
    await talks(bob, carol, "transferred")
    await desk.is_told(200)
    await desk.ended()
    await bob.hangs_up()
    trace = await pbx.trace_of(bob)
    assert [step.module for step in trace.steps] == ["user", "user"]
    assert noted(trace)["transferred_by"] == "dora_phone"
    assert noted(trace, 1)["answered_by"] == "carol_phone"
    found = await records(pbx, bob.sip_call_id, desk.call_id, carol.sip_call_id)
    legs = [found[name] for name in (bob.sip_call_id, desk.call_id, carol.sip_call_id)]
    caller, _, callee = legs
    assert {leg.call_id for leg in legs} == {trace.call.id}
    assert [leg.direction for leg in legs] == ["inbound", "outbound", "outbound"]
    assert [leg.ended_by for leg in legs] == ["caller", "transfer", "caller"]
    assert [leg.device_id for leg in legs] == ["bob_phone", "dora_phone", "carol_phone"]
    assert caller.other_leg_id == callee.id
    assert (callee.callee_number, callee.owner_id) == ("2003", "carol")
    assert callee.ringing_at is not None
    assert callee.answered_at is not None
    assert callee.started_at <= callee.ringing_at <= callee.answered_at <= callee.ended_at
    assert {leg.cause for leg in legs} == {16}


async def test_the_caller_sends_the_called_on(pbx: Pbx, dora: UserAgent) -> None:
    desk, alice = await calls_somebody(pbx, dora)
    assert await desk.transfers_to("2003") == 202
    await desk.is_told(200)
    await desk.ended()
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2001"
    await carol.answers()
    await talks(alice, carol, "transferred")
    await carol.hangs_up()
    await alice.ended()
    legs = await records(pbx, desk.call_id, alice.sip_call_id, carol.sip_call_id)
    assert len({leg.call_id for leg in legs.values()}) == 2
    after = await calls.trace(pbx.plant.db, legs[carol.sip_call_id].call_id)
    assert after is not None
    assert after.call.match is not None
    assert after.call.match["transferred_from"] == legs[desk.call_id].call_id
    assert after.call.caller_number == "2001"


async def calls_somebody(pbx: Pbx, dora: UserAgent) -> tuple[Dialog, Line]:
    """Let dora call alice, who answers."""
    dialling = asyncio.create_task(dora.dials("2001"))
    alice = await pbx.alice.rings()
    await alice.answers()
    desk = await dialling
    assert desk.status == 200
    return desk, alice


async def consults(pbx: Pbx, dora: UserAgent) -> tuple[Dialog, Line]:
    """Let dora call carol, who answers."""
    dialling = asyncio.create_task(dora.dials("2003"))
    carol = await pbx.carol.rings()
    await carol.answers()
    return await dialling, carol


async def test_the_called_asks_a_colleague_first(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await talks(bob, carol, "transferred")
    await desk.ended()
    await second.ended()
    await carol.hangs_up()
    await bob.ended()
    names = bob.sip_call_id, desk.call_id, second.call_id, carol.sip_call_id
    legs = await records(pbx, *names)
    assert legs[bob.sip_call_id].other_leg_id == legs[carol.sip_call_id].id
    assert legs[carol.sip_call_id].other_leg_id == legs[bob.sip_call_id].id
    assert [legs[name].ended_by for name in names] == ["callee", "transfer", "transfer", "callee"]
    assert (await pbx.trace_of(bob)).call.outcome == "transferred"


async def test_the_caller_asks_a_colleague_first(pbx: Pbx, dora: UserAgent) -> None:
    desk, alice = await calls_somebody(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await talks(alice, carol, "transferred")
    await desk.ended()
    await second.ended()
    await alice.hangs_up()
    await carol.ended()


async def test_two_callers_are_joined(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    carol = await pbx.carol.dials("2005")
    second = await dora.rings()
    await second.answers()
    await carol.answered()
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await talks(bob, carol, "transferred")
    await desk.ended()
    await second.ended()
    await bob.hangs_up()
    await carol.ended()


async def test_the_caller_takes_the_transferors_place_in_a_menu(pbx: Pbx, dora: UserAgent) -> None:
    await menu(pbx)
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second = await dora.dials("2000")
    await second.hears("welcome")
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await bob.hears("welcome")
    await bob.presses("1")
    await bob.hears("sales")
    await desk.ended()
    await second.ended()
    await bob.hangs_up()


async def menu(pbx: Pbx) -> None:
    """Put a menu on 2000, whose 1 leads to a sound."""
    await pbx.home.media_tone("welcome", seconds=5)
    await pbx.home.media_tone("sales", seconds=3)
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    flow = node("menu", {"1": node("play", id="sales")}, id="main")
    await pbx.home.callflow(numbers=["2000"], flow=flow)


async def test_a_transfer_to_a_menu(pbx: Pbx, dora: UserAgent) -> None:
    await menu(pbx)
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2000") == 202
    await desk.is_told(200)
    await bob.hears("welcome")
    await bob.presses("1")
    await bob.hears("sales")
    await bob.hangs_up()


async def test_the_phones_show_who_is_there_now(pbx: Pbx, dora: UserAgent) -> None:
    await pbx.home.user("erik")
    credentials = await pbx.home.device("erik", user="erik", number="2006")
    await pbx.home.callflow(numbers=["2006"], flow=node("user", id="erik"))
    erik = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    try:
        bob, desk = await called(pbx, dora)
        await desk.holds()
        dialling = asyncio.create_task(dora.dials("2006"))
        display = await erik.rings()
        await display.answers()
        second = await dialling
        await display.shows_number("2005")
        assert await desk.transfers_to_call(second) == 202
        await display.shows_number("2002")
        await display.speaks("erik's voice")
        await bob.hears("erik's voice")
    finally:
        await erik.unplug()


async def from_outside(pbx: Pbx) -> tuple[Line, Line]:
    """Let somebody outside call alice, who answers; unknown numbers lead to bob."""
    await office(pbx)
    did = f"+1555{secrets.randbelow(10**7):07d}"
    await pbx.sql("insert into phone_numbers values ($1, $2)", did, pbx.home.id)
    await pbx.home.callflow(numbers=[did], flow=node("user", id="alice"))
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="bob"))
    outside = await pbx.carrier.dials(did)
    alice = await pbx.alice.rings()
    await alice.answers()
    await talks(outside, alice, "before")
    await outside.hushes()
    await alice.hushes()
    return outside, alice


async def test_a_carrier_may_transfer_to_an_extension(pbx: Pbx) -> None:
    outside, alice = await from_outside(pbx)
    await outside.channel.redirect(f"PJSIP/sip:2003@127.0.0.1:{pbx.plant.settings.sip_port}")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talks(alice, carol, "after")


async def test_a_carrier_may_not_call_out_at_the_accounts_expense(pbx: Pbx) -> None:
    outside, alice = await from_outside(pbx)
    here = f"127.0.0.1:{pbx.plant.settings.sip_port}"
    await outside.channel.redirect(f"PJSIP/sip:+15557654321@{here}")
    await talks(outside, alice, "after")
    assert pbx.bob.is_quiet


# What goes wrong.


async def test_a_number_that_does_not_exist(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    assert await desk.transfers_to("2999") == 202
    await desk.is_told(503)
    await desk.resumes()
    await desk.speaks("back again")
    await bob.hears("back again")
    await bob.speaks("still here")
    await desk.hears("still here")
    assert not desk.over.is_set()
    await bob.hangs_up()
    await desk.ended()


async def test_a_busy_target_goes_where_its_flow_says(pbx: Pbx, dora: UserAgent) -> None:
    await pbx.home.media_tone("engaged", seconds=2)
    flow = node("user", {"USER_BUSY": node("play", id="engaged")}, id="carol")
    await pbx.home.callflow(numbers=["2004"], flow=flow)
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2004") == 202
    carol = await pbx.carol.rings()
    await carol.rejects(486)
    await bob.hears("engaged")
    await bob.ended()
    trace = await pbx.trace_of(bob)
    assert [step.module for step in trace.steps] == ["user", "user", "play"]
    assert [step.outcome for step in trace.steps[:2]] == ["branch", "continue"]
    assert trace.steps[0].inputs is not None
    assert trace.steps[0].inputs["transferred_to"] == "2004"


async def test_a_target_that_does_not_answer_goes_where_its_flow_says(
    pbx: Pbx, dora: UserAgent
) -> None:
    await pbx.home.media_tone("nobody", seconds=2)
    flow = node("user", {"NO_ANSWER": node("play", id="nobody")}, id="carol", timeout=2)
    await pbx.home.callflow(numbers=["2004"], flow=flow)
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2004") == 202
    await desk.ended()
    await pbx.carol.rings()
    await bob.hears("ringback")
    await bob.hears("nobody")
    await bob.ended()


async def test_a_colleague_who_is_busy_leaves_things_as_they_are(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    dialling = asyncio.create_task(dora.dials("2003"))
    carol = await pbx.carol.rings()
    await carol.rejects(486)
    assert (await dialling).status >= 400
    await desk.resumes()
    await desk.speaks("back again")
    await bob.hears("back again")


async def test_the_caller_hangs_up_while_the_target_rings(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await bob.hangs_up()
    await carol.ended()
    await desk.ended()


async def test_the_one_who_waits_hangs_up_before_the_transfer(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    await bob.hangs_up()
    await desk.ended()
    await second.speaks("he is gone")
    await carol.hears("he is gone")
    await carol.hangs_up()
    await second.ended()


async def test_the_colleague_hangs_up_before_the_transfer(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    await carol.hangs_up()
    await second.ended()
    assert await desk.transfers_to_call(second) >= 202
    await desk.resumes()
    await desk.speaks("back again")
    await bob.hears("back again")


async def test_a_transfer_to_a_colleague_who_still_rings(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second = await dora.begins("2003")
    await pbx.carol.rings()
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2002"
    await carol.answers()
    await talks(bob, carol, "transferred")


async def test_a_call_of_another_account_cannot_be_reached(pbx: Pbx, dora: UserAgent) -> None:
    other = await pbx.account("other")
    await other.user("eve")
    credentials = await other.device("eve", user="eve", number="2001")
    eve = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    await other.callflow(numbers=["2000"], flow=node("user", id="eve"))
    await other.callflow(numbers=["3000"], flow=node("answer", {"_": node("sleep", duration=30)}))
    try:
        bob, desk = await called(pbx, dora)
        foreign = await eve.dials("3000")
        assert await desk.transfers_to_call(foreign) == 202
        await desk.is_told(503)
        assert await desk.transfers_to("3000") == 202
        await desk.speaks("still here")
        await bob.hears("still here")
        assert not foreign.over.is_set()
    finally:
        await eve.unplug()


async def test_a_forwarded_call_belongs_to_the_same_interaction(pbx: Pbx, dora: UserAgent) -> None:
    forward = {"enabled": True, "number": "2005", "require_keypress": False}
    await pbx.home.user("alice", call_forward=forward)
    bob = await pbx.bob.dials("2001")
    desk = await dora.rings()
    await desk.answers()
    await desk.speaks("dora's voice")
    await bob.hears("dora's voice")
    assert await desk.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await carol.answers()
    await talks(bob, carol, "transferred")
    await carol.hangs_up()
    await bob.ended()
    # The two halves of the forwarded call have no Call-ID of SIP.
    await records(pbx, bob.sip_call_id, desk.call_id, carol.sip_call_id)
