"""Transfers by the phone: who goes where, what the transferor is told, and what is recorded."""

import asyncio
from collections.abc import Sequence
from itertools import count

import pytest

from runtime.simulator import Line, Script
from runtime.storage.cdrs import CdrRow
from tests.calls.account import node
from tests.calls.pbx import Pbx

pytestmark = pytest.mark.asyncio(loop_scope="function")


async def office(pbx: Pbx) -> None:
    """Give everybody his number; those who are called answer after a second."""
    for name, number in (("alice", "2001"), ("bob", "2002"), ("carol", "2003")):
        await pbx.home.callflow(numbers=[number], flow=node("user", id=name), name=name)
        pbx.phones[name].script = Script(answers_after=1)
    await pbx.home.media_tone("welcome", seconds=5)
    await pbx.home.media_tone("sales", seconds=3)
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    flow = node("menu", {"1": node("play", id="sales")}, id="main")
    await pbx.home.callflow(numbers=["2000"], flow=flow, name="menu")


_WORDS = count()


async def talks(one: Line, other: Line) -> None:
    """Let two hear each other."""
    words = next(_WORDS)
    one.speak(f"words {words}")
    await other.hears(f"words {words}")
    other.speak(f"answer {words}")
    await one.hears(f"answer {words}")


async def call(pbx: Pbx) -> tuple[Line, Line]:
    """Let bob call alice; returns both lines."""
    bob = pbx.dials("2001")
    await bob.answered()
    alice = pbx.alice.lines[-1]
    await talks(bob, alice)
    alice.hold()
    await bob.hears("music on hold")
    return bob, alice


async def consult(pbx: Pbx, number: str = "2003") -> Line:
    """Let alice, who holds, call somebody."""
    second = pbx.alice.dial(number)
    await second.answered()
    return second


async def records(pbx: Pbx, line: Line) -> Sequence[CdrRow]:
    """Return the call detail records of the interaction to which a line belongs."""
    await pbx.nothing_left()
    assert line.channel is not None
    rows = pbx.house.cdrs.values()
    own = next(row for row in rows if row.channel_id == line.channel.id)
    together = [row for row in rows if row.interaction_id == own.interaction_id]
    return sorted(together, key=lambda row: row.started_at)


def channels(*lines: Line) -> set[str]:
    """Return the ids of the lines' channels."""
    return {line.channel.id for line in lines if line.channel is not None}


async def test_the_called_sends_the_caller_on(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.transfer("2003")
    await alice.is_told(200)
    await alice.ended()
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2002"
    await talks(bob, carol)
    await bob.hangs_up()
    trace = await pbx.trace_of(bob)
    assert [step.outcome for step in trace.steps] == ["branch", "hung_up"]
    assert trace.steps[0].inputs is not None
    assert trace.steps[0].inputs["transferred_by"] == "alice_phone"
    rows = await records(pbx, bob)
    assert {row.channel_id for row in rows} == channels(bob, alice, carol)
    assert [row.ended_by for row in rows] == ["caller", "transfer", "caller"]
    assert {row.call_id for row in rows} == {trace.call.id}


async def test_what_the_caller_came_from_is_forgotten_then(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.home.callflow(
        numbers=["2001"], flow=node("user", {"_": node("play", id="sales")}, id="alice")
    )
    bob, alice = await call(pbx)
    alice.transfer("2003")
    carol = await pbx.carol.rings()
    await talks(bob, carol)
    await carol.hangs_up()
    await bob.ended()
    assert "sales" not in bob.heard


async def test_the_caller_sends_the_called_on(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.resume()
    bob.transfer("2003")
    await bob.is_told(200)
    await bob.ended()
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2001"
    await talks(alice, carol)
    await carol.hangs_up()
    await alice.ended()
    first = await pbx.trace_of(bob)
    assert first.call.outcome == "transferred"
    second = await pbx.trace_of(alice)
    assert second.call.match is not None
    assert second.call.match["transferred_from"] == first.call.id
    assert second.call.device_id == "alice_phone"
    rows = await records(pbx, bob)
    assert {row.channel_id for row in rows} == channels(bob, alice, carol)
    assert {row.call_id for row in rows} == {first.call.id, second.call.id}


async def test_a_phone_that_does_not_wait_for_the_news_of_its_transfer(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.resume()
    bob.transfer("2003")
    bob.put_down()
    carol = await pbx.carol.rings()
    await talks(alice, carol)


@pytest.mark.parametrize("second_first", [False, True])
async def test_a_colleague_is_asked_first(pbx: Pbx, second_first: bool) -> None:  # noqa: FBT001
    await office(pbx)
    bob, alice = await call(pbx)
    second = await consult(pbx)
    carol = pbx.carol.lines[-1]
    await talks(second, carol)
    if second_first:
        # Some phones ask the other way round.
        second.transfer_to_call(alice)
        await second.is_told(200)
    else:
        alice.transfer_to_call(second)
        await alice.is_told(200)
    await alice.ended()
    await second.ended()
    await talks(bob, carol)
    await carol.hangs_up()
    await bob.ended()
    rows = await records(pbx, bob)
    assert {row.channel_id for row in rows} == channels(bob, alice, second, carol)
    assert len({row.interaction_id for row in rows}) == 1
    by_channel = {row.channel_id: row for row in rows}
    assert bob.channel is not None
    assert carol.channel is not None
    theirs = by_channel[bob.channel.id], by_channel[carol.channel.id]
    assert theirs[0].other_leg_id == theirs[1].id
    assert theirs[1].other_leg_id == theirs[0].id


async def test_the_caller_asks_a_colleague_first(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.resume()
    bob.hold()
    second = pbx.bob.dial("2003")
    await second.answered()
    carol = pbx.carol.lines[-1]
    bob.transfer_to_call(second)
    await bob.is_told(200)
    await second.ended()
    await talks(alice, carol)
    await alice.hangs_up()
    await carol.ended()
    first, after = await pbx.trace_of(bob), await pbx.trace_of(second)
    assert first.call.outcome == "transferred"
    assert after.call.outcome == "caller_hung_up"


async def test_two_callers_are_joined(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    carol = pbx.carol.dial("2001")
    await carol.answered()
    second = pbx.alice.lines[-1]
    alice.transfer_to_call(second)
    await alice.is_told(200)
    await second.ended()
    await talks(bob, carol)
    await bob.hangs_up()
    await carol.ended()


async def test_the_caller_takes_the_transferors_place_in_a_menu(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    second = pbx.alice.dial("2000")
    await second.hears("welcome")
    alice.transfer_to_call(second)
    await alice.is_told(200)
    await second.ended()
    await bob.hears("welcome")
    await bob.presses("1")
    await bob.hears("sales")
    await bob.ended()
    trace = await pbx.trace_of(second)
    assert [step.outcome for step in trace.steps][:2] == ["replaced", "continue"]
    assert (await pbx.trace_of(bob)).call.outcome == "transferred"


async def test_a_colleague_who_still_rings(pbx: Pbx) -> None:
    await office(pbx)
    pbx.carol.script = Script(answers_after=10)
    bob, alice = await call(pbx)
    second = pbx.alice.dial("2003")
    await pbx.carol.rings()
    alice.transfer_to_call(second)
    await alice.is_told(200)
    await second.ended()
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2002"
    await bob.hears("ringback")
    await talks(bob, carol)


async def test_a_number_that_nobody_has(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.transfer("2999")
    await alice.is_told(503)
    alice.resume()
    await talks(bob, alice)
    await bob.hangs_up()
    trace = await pbx.trace_of(bob)
    assert trace.steps[0].inputs is not None
    assert trace.steps[0].inputs["transfer_refused"] == "no callflow for 2999"


@pytest.mark.parametrize("number", ["", "a,b", "2003;x=1", "${EXTEN}", "9" * 100])
async def test_what_is_no_number(pbx: Pbx, number: str) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.transfer(number)
    await alice.is_told(503)
    alice.resume()
    await talks(bob, alice)


async def test_a_busy_target_leads_where_its_flow_says(pbx: Pbx) -> None:
    await office(pbx)
    flow = node("user", {"USER_BUSY": node("play", id="sales")}, id="carol")
    await pbx.home.callflow(numbers=["2003"], flow=flow, name="carol")
    pbx.carol.script = Script(rejects=486)
    bob, alice = await call(pbx)
    alice.transfer("2003")
    await alice.ended()
    await bob.hears("sales")


async def test_somebody_from_outside_is_transferred_and_transfers(pbx: Pbx) -> None:
    await office(pbx)
    pbx.house.documents.numbers["+15550002001"] = pbx.home.id
    await pbx.home.callflow(numbers=["+15550002001"], flow=node("user", id="alice"))
    await pbx.home.callflow(numbers=["no_match"], flow=node("play", id="sales"))
    outside = await pbx.carrier.dials("+15550002001")
    await outside.answered()
    alice = pbx.alice.lines[-1]
    # He may send alice to an extension, but not out at the account's expense.
    outside.transfer("5551234567")
    await outside.is_told(503)
    await asyncio.sleep(1)
    alice.transfer("5551234567")
    await alice.is_told(200)
    await outside.hears("sales")


async def test_a_phone_of_another_account_is_out_of_reach(pbx: Pbx) -> None:
    await office(pbx)
    other = await pbx.account("other")
    await other.user("eve")
    eve = await pbx.phone("eve", user="eve", number="3001", account=other)
    await pbx.home.media_tone("sales", seconds=60)
    await other.callflow(numbers=["3000"], flow=node("dead_air"))
    foreign = eve.dial("3000")
    await foreign.answered()
    bob, alice = await call(pbx)
    alice.transfer_to_call(foreign)
    await alice.is_told(503)
    alice.transfer("3000")
    alice.resume()
    await talks(bob, alice)
    assert not foreign.is_over


async def test_a_refer_without_a_conversation_is_declined(pbx: Pbx) -> None:
    await office(pbx)
    bob = pbx.dials("2000")
    await bob.hears("welcome")
    bob.transfer("2003")
    await bob.is_told(603)
    await bob.presses("1")
    await bob.hears("sales")


async def test_a_second_transfer_while_one_is_under_way(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.transfer("2000")
    bob.transfer("2000")
    await asyncio.sleep(1)
    assert sorted([alice.transfer_told, bob.transfer_told]) == [[200], [603]]
    await (bob if alice.is_over else alice).hears("welcome")


async def test_a_transferred_caller_is_transferred_again(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    alice.transfer("2003")
    carol = await pbx.carol.rings()
    await talks(bob, carol)
    carol.transfer("2000")
    await carol.is_told(200)
    await bob.hears("welcome")
    await bob.hangs_up()
    assert len(await records(pbx, bob)) == 3


async def test_the_phones_show_who_is_there_now(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    second = await consult(pbx)
    carol = pbx.carol.lines[-1]
    alice.transfer_to_call(second)
    await second.ended()
    await talks(bob, carol)
    await asyncio.sleep(1)
    assert carol.channel is not None
    assert carol.channel.connected.number == "2002"


async def test_another_phone_takes_the_place_of_one(pbx: Pbx) -> None:
    await office(pbx)
    mobile = await pbx.phone("mobile", user="alice", number="2101")
    bob, alice = await call(pbx)
    taken = mobile.take_over(alice)
    await alice.ended()
    await talks(bob, taken)
    await taken.hangs_up()
    await bob.ended()
    rows = await records(pbx, bob)
    assert {row.channel_id for row in rows} > channels(bob, alice, taken)
    assert {row.device_id for row in rows} == {"bob_phone", "alice_phone", "mobile_phone"}


async def test_no_phone_of_another_account_takes_the_place_of_one(pbx: Pbx) -> None:
    await office(pbx)
    other = await pbx.account("other")
    await other.user("eve")
    eve = await pbx.phone("eve", user="eve", account=other)
    bob, alice = await call(pbx)
    taken = eve.take_over(alice)
    await taken.ended()
    await bob.ended()


async def test_a_channel_that_vanishes_ends_the_conversation(pbx: Pbx) -> None:
    await office(pbx)
    bob, alice = await call(pbx)
    assert alice.channel is not None
    del pbx.house.asterisk.switch.channels[alice.channel.id]
    alice.channel.leaving = True
    await bob.ended(within=200)
    trace = await pbx.trace_of(bob)
    assert trace.call.outcome == "completed"


async def test_a_forwarded_call_belongs_to_the_same_interaction(pbx: Pbx) -> None:
    await office(pbx)
    forward = {"enabled": True, "number": "2003", "require_keypress": False}
    await pbx.home.device("alice", user="alice", number="2001", call_forward=forward)
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    await talks(bob, carol)
    carol.transfer("2000")
    await bob.hears("welcome")
    await bob.hangs_up()
    rows = await records(pbx, bob)
    assert channels(bob, carol) < {row.channel_id for row in rows}
    assert len({row.call_id for row in rows}) == 2
    assert len(pbx.house.cdrs) == len(rows) == 4
