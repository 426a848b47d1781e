"""TwiML's Dial: what the server is told of it, keys in the conversation, and what is recorded."""

import asyncio

import pytest

from runtime.simulator import Script
from tests.calls.pbx import Pbx
from tests.calls.test_forward import talk
from tests.calls.twiml import (
    AFTER,
    ALICE,
    NEXT,
    dial,
    dials,
    extensions,
    request,
    requests,
    talking,
    twiml,
)

pytestmark = pytest.mark.asyncio(loop_scope="function")


# What the server is told.


async def test_the_action_is_told_of_a_talk(pbx: Pbx) -> None:
    bob, alice = await talking(pbx, dial(action=NEXT), AFTER)
    assert alice.channel is not None
    leg = alice.channel.id
    await alice.hangs_up()
    told = await request(pbx, bob)
    assert (told["DialCallStatus"], told["CallStatus"]) == ("completed", "completed")
    assert told["DialCallSid"] == leg
    assert "Digits" not in told
    assert "DialCallDuration" not in told
    assert requests(pbx)[0].method == "POST"
    assert "next one" in bob.heard
    assert "after the dial" not in bob.heard


@pytest.mark.parametrize(
    ("status", "dial_status", "call_status"),
    [
        (486, "failed", "busy"),
        (603, "failed", "busy"),
        (404, "failed", "failed"),
        (480, "failed", "failed"),
        (503, "failed", "failed"),
    ],
)
async def test_the_action_is_told_of_a_failure(
    pbx: Pbx, status: int, dial_status: str, call_status: str
) -> None:
    pbx.alice.script = Script(rejects=status)
    bob = await dials(pbx, dial(action=NEXT, method="get"), AFTER)
    told = await request(pbx, bob)
    assert (told["DialCallStatus"], told["CallStatus"]) == (dial_status, call_status)
    assert requests(pbx)[0].method == "GET"
    assert bob.heard[-1] == "next one"


async def test_later_requests_are_told_how_the_last_dial_ended(pbx: Pbx) -> None:
    pbx.alice.script = Script(rejects=486)
    bob = await dials(pbx, dial(), f"<Redirect>{NEXT}</Redirect>")
    told = await request(pbx, bob)
    assert (told["DialCallStatus"], told["CallStatus"]) == ("failed", "in-progress")


@pytest.mark.parametrize("goes_on", ["true", "false"])
async def test_a_failure_may_end_the_call(pbx: Pbx, goes_on: str) -> None:
    pbx.alice.script = Script(rejects=486)
    bob = await dials(pbx, dial(continueOnFail=goes_on), AFTER)
    end = await bob.ended()
    assert ("after the dial" in bob.heard) == (goes_on == "true")
    if goes_on == "false":
        assert (end.sip_status, requests(pbx)) == (486, [])


async def test_a_talk_is_no_failure_that_ends_the_call(pbx: Pbx) -> None:
    bob, alice = await talking(pbx, dial(continueOnFail="false"), AFTER)
    await alice.hangs_up()
    await bob.hears("after the dial")


# Keys.


@pytest.mark.parametrize(
    ("attributes", "key"),
    [
        ({"hangupOn": "#"}, "#"),
        ({"hangupOn": "5", "record": "true"}, "5"),
        ({"hangupOnStar": "true"}, "*"),
    ],
)
@pytest.mark.parametrize("inside", [ALICE, "2001"])
async def test_a_key_of_the_caller_ends_the_talk(
    pbx: Pbx, attributes: dict[str, str], key: str, inside: str
) -> None:
    bob, alice = await talking(pbx, dial(inside, **attributes), AFTER)
    await bob.presses("1")
    await asyncio.sleep(1)
    assert not alice.is_over
    await alice.presses(key)
    await asyncio.sleep(1)
    assert not alice.is_over
    await bob.presses(key)
    await alice.ended()
    await bob.hears("after the dial")


async def test_without_a_hangup_key_no_key_ends_it(pbx: Pbx) -> None:
    bob, alice = await talking(pbx, dial(hangupOnStar="false"), AFTER)
    await bob.presses("123*#")
    await asyncio.sleep(2)
    assert not alice.is_over


@pytest.mark.parametrize("collects", [True, False])
async def test_keys_of_the_talk_go_to_the_action_where_they_are_collected(
    pbx: Pbx, *, collects: bool
) -> None:
    said = {"collect_dtmf": "true"} if collects else {}
    bob, alice = await talking(pbx, dial(action=NEXT, **said))
    await bob.presses("42")
    await asyncio.sleep(1)
    await alice.hangs_up()
    told = await request(pbx, bob)
    assert told.get("Digits") == ("42" if collects else None)
    assert not [name for name in told if name.startswith("Digits[")]


async def test_keys_of_a_talk_are_not_typed_ahead(pbx: Pbx) -> None:
    bob, alice = await talking(pbx, dial(), f"<Gather action='{NEXT}' timeout='2'/>", AFTER)
    await bob.presses("42")
    await asyncio.sleep(1)
    await alice.hangs_up()
    await bob.hears("after the dial")


# What is shown and recorded.


@pytest.mark.parametrize("inside", [ALICE, "<Number>2001</Number>"])
async def test_another_caller_id_is_shown_this_once(pbx: Pbx, inside: str) -> None:
    await extensions(pbx)
    bob = await dials(pbx, dial(inside, callerId="+15557654321"), dial("<User>carol</User>"))
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == "+15557654321"
    await alice.rejects()
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2002"
    await bob.hangs_up()


async def test_both_are_recorded_while_they_talk(pbx: Pbx) -> None:
    bob, alice = await talking(pbx, dial(record="true"), AFTER)
    await asyncio.sleep(3)
    await alice.hangs_up()
    await bob.hears("after the dial")
    await bob.ended()
    [kept] = await pbx.house.recordings.has(1)
    assert kept.row.seconds == pytest.approx(3, abs=0.5)
    said = {
        name
        for take in pbx.house.asterisk.switch.recorded
        for t in take.said
        for name in t.split(" + ")
    }
    assert said == {"the one", "the other"}


async def test_nobody_to_record_is_no_recording(pbx: Pbx) -> None:
    pbx.alice.script = Script(rejects=486)
    bob = await dials(pbx, dial(record="true"), "<Pause length='5'/>")
    await bob.ended()
    await pbx.nothing_left()
    assert pbx.house.recordings.kept == {}


# Others act on the conversation.


async def test_a_transfer_takes_the_call_out_of_the_document(pbx: Pbx) -> None:
    bob, alice = await talking(pbx, dial(action=NEXT), AFTER)
    alice.transfer("2003")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol)
    await carol.hangs_up()
    await bob.ended()
    assert requests(pbx) == []
    assert "after the dial" not in bob.heard


async def test_a_dial_after_a_dial(pbx: Pbx) -> None:
    more = {NEXT: twiml(dial("<User>carol</User>", action="https://app.example/again"))}
    more["https://app.example/again"] = twiml(AFTER)
    await extensions(pbx)
    pbx.alice.script = Script(answers_after=1, talks_for=2, says="alice")
    pbx.carol.script = Script(answers_after=1, talks_for=2, says="carol")
    bob = await dials(pbx, dial(action=NEXT), more=more)
    for who in ("alice", "carol", "after the dial"):
        await bob.hears(who)
    await bob.ended()
    assert [asked.form["DialCallStatus"] for asked in requests(pbx)] == ["completed"] * 2
