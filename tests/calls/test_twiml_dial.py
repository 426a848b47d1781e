"""TwiML's Dial: whom it rings, how it ends, and what the server is told."""

import asyncio

import pytest

from runtime.simulator import Script
from tests.calls.account import node
from tests.calls.pbx import Pbx
from tests.calls.test_forward import talk
from tests.calls.twiml import (
    AFTER,
    ALICE,
    NEXT,
    dial,
    dials,
    extensions,
    inputs,
    request,
    requests,
    talking,
)

pytestmark = pytest.mark.asyncio(loop_scope="function")

# Who rings.


@pytest.mark.parametrize(
    "noun",
    [
        ALICE,
        "<Device>alice_phone</Device>",
        "<Sip>sip:alice@home.example</Sip>",
        "<Sip>sip:alice@HOME.example:5060;transport=tcp</Sip>",
        "<Number>2001</Number>",
        "2001",
        " (20) 01 ",
    ],
)
async def test_somebody_rings_they_talk_and_the_next_verb_is_heard(pbx: Pbx, noun: str) -> None:
    bob, alice = await talking(pbx, dial(noun), AFTER)
    await alice.hangs_up()
    await bob.hears("after the dial")
    await bob.ended()
    assert requests(pbx) == []
    assert (await inputs(pbx, bob))["verbs"][0]["status"] == "completed"


@pytest.mark.parametrize(
    "nouns",
    [
        f"{ALICE}<User>carol</User>",
        "<Device>alice_phone</Device><Device>carol_phone</Device>",
        f"{ALICE}\n<Number>2003</Number>",
        "<Number>2001</Number><Number>2003</Number>",
        f"{ALICE}<Device>alice_phone</Device><Sip>sip:carol@home.example</Sip>",
    ],
)
@pytest.mark.parametrize("strategy", [{}, {"strategy": "simultaneous"}])
async def test_several_ring_together(pbx: Pbx, nouns: str, strategy: dict[str, str]) -> None:
    await extensions(pbx)
    bob = await dials(pbx, dial(nouns, **strategy), AFTER)
    alice, carol = await asyncio.gather(pbx.alice.rings(), pbx.carol.rings())
    await carol.answers()
    await talk(bob, carol)
    await alice.ended()
    await carol.hangs_up()
    await bob.hears("after the dial")
    assert len(pbx.alice.lines) == 1


async def test_one_after_the_other(pbx: Pbx) -> None:
    await extensions(pbx)
    nouns = f"{ALICE}<Number>2003</Number>"
    bob = await dials(pbx, dial(nouns, strategy="single", timeout=10), AFTER)
    alice = await pbx.alice.rings()
    began = asyncio.get_running_loop().time()
    assert pbx.carol.is_quiet
    await alice.ended(within=11)
    carol = await pbx.carol.rings()
    assert asyncio.get_running_loop().time() - began == pytest.approx(10, abs=0.5)
    await carol.answers()
    await talk(bob, carol)
    await carol.hangs_up()
    await bob.hears("after the dial")


async def test_a_number_is_a_call_of_its_own_in_the_name_of_the_callers_phone(pbx: Pbx) -> None:
    bob, alice = await talking(pbx, dial("2001"))
    assert alice.caller_id.number == "2002"
    await alice.hangs_up()
    await bob.ended()
    await pbx.nothing_left()
    own, other = sorted(pbx.house.calls.values(), key=lambda call: call.started_at)
    assert (own.number, other.number) == ("2000", "2001")
    assert (other.account_id, other.device_id) == (pbx.home.id, "bob_phone")


async def test_a_caller_from_outside_may_be_sent_to_a_number(pbx: Pbx) -> None:
    await extensions(pbx)
    await dials(pbx, dial("2001"), AFTER)
    pbx.house.documents.numbers["+15550002000"] = pbx.home.id
    flow = node("callflow", id="main")
    await pbx.home.callflow(numbers=["+15550002000"], flow=flow)
    caller = pbx.carrier.dial("+15550002000")
    pbx.alice.script = Script(answers_after=1, talks_for=3, says="alice")
    await caller.hears("alice")
    await caller.hears("after the dial")


@pytest.mark.parametrize("allowed", [True, False])
async def test_the_callers_restrictions_count(pbx: Pbx, *, allowed: bool) -> None:
    await extensions(pbx)
    await pbx.home.callflow(numbers=["+15552234567"], flow=node("user", id="alice"))
    action = {"action": "allow" if allowed else "deny"}
    restricted = {"call_restriction": {"did_us": action}}
    await pbx.home.device("bob", user="bob", number="2002", **restricted)
    pbx.alice.script = Script(answers_after=1, talks_for=3, says="alice")
    bob = await dials(pbx, dial("+15552234567"), AFTER)
    await bob.hears("after the dial", within=20)
    assert ("alice" in bob.heard) == allowed
    told = await inputs(pbx, bob)
    reason = "calls of class did_us are denied"
    assert told.get("not_dialled") == (None if allowed else {"+15552234567": reason})


async def test_a_document_that_dials_its_own_number_does_not_go_in_circles(pbx: Pbx) -> None:
    bob = await dials(pbx, dial("2000"), AFTER)
    await bob.ended(within=120)
    await pbx.nothing_left()
    assert len(pbx.house.calls) <= 7


@pytest.mark.parametrize(
    ("noun", "reason"),
    [
        ("<User>nobody</User>", "unknown user"),
        ("<Device>nothing</Device>", "unknown device"),
        ("<Device>bob_phone</Device>", "caller"),
        ("<Sip>sip:dave@home.example</Sip>", "no device of the account has this address"),
        ("<Sip>sip:alice@elsewhere.example</Sip>", "no device of the account has this address"),
        ("<Number>2999</Number>", ""),
    ],
)
async def test_nobody_to_ring_has_failed_and_the_next_verb_is_heard(
    pbx: Pbx, noun: str, reason: str
) -> None:
    bob = await dials(pbx, dial(noun), AFTER)
    await bob.hears("after the dial")
    told = await inputs(pbx, bob)
    assert told["verbs"][0]["status"] == "failed"
    left_out = {**told.get("left_out", {}), **told.get("not_dialled", {})}
    assert reason in "".join(left_out.values())


async def test_another_accounts_phones_are_not_there(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await other.user("dave")
    await pbx.phone("dave", user="dave", account=other)
    nouns = "<User>dave</User><Device>dave_phone</Device><Sip>sip:dave@other.example</Sip>"
    bob = await dials(pbx, dial(nouns), AFTER)
    await bob.hears("after the dial")
    assert pbx.phones["dave"].is_quiet


@pytest.mark.parametrize("noun", ["Conference", "Queue"])
async def test_what_there_is_not_hangs_up_and_is_named(pbx: Pbx, noun: str) -> None:
    bob = await dials(pbx, dial(f"<{noun}>sales</{noun}>"), AFTER)
    await bob.ended()
    assert bob.heard == []
    problem = f"TwiML: line 2: <{noun}>: there are no {noun.lower()}s here"
    assert (await inputs(pbx, bob))["problem"] == problem


# When the caller is answered.


@pytest.mark.parametrize(
    ("inside", "answered"),
    [(ALICE, False), (f" {ALICE}", True), ("2001", True), ("<Number>2001</Number>", False)],
)
async def test_text_before_the_nouns_answers(pbx: Pbx, inside: str, *, answered: bool) -> None:
    await extensions(pbx)
    bob = await dials(pbx, dial(inside))
    alice = await pbx.alice.rings()
    await asyncio.sleep(0.5)
    assert bob.is_answered == answered
    await alice.answers()
    await bob.answered()


# How long.


@pytest.mark.parametrize(
    ("inside", "attributes", "seconds"),
    [
        (ALICE, {}, 20),
        ("<Number>2001</Number>", {}, 30),
        (f"{ALICE}<Number>2003</Number>", {}, 20),
        (ALICE, {"timeout": 7}, 7),
        ("<Number>2001</Number>", {"timeout": 7}, 7),
    ],
)
async def test_it_rings_for_so_long(
    pbx: Pbx, inside: str, attributes: dict[str, int], seconds: float
) -> None:
    for number, user in (("2001", "alice"), ("2003", "carol")):
        flow = node("user", id=user, timeout=100)
        await pbx.home.callflow(numbers=[number], flow=flow, name=user)
    bob = await dials(pbx, dial(inside, action=NEXT, **attributes))
    await pbx.alice.rings()
    began = asyncio.get_running_loop().time()
    await bob.ended(within=40)
    told = await request(pbx, bob)
    assert requests(pbx)[0].at - began == pytest.approx(seconds, abs=0.5)
    assert (told["DialCallStatus"], told["CallStatus"]) == ("no-answer", "no-answer")


@pytest.mark.parametrize(("attributes", "seconds"), [({}, 14400), ({"timeLimit": 60}, 60)])
async def test_a_talk_that_takes_too_long_is_hung_up(
    pbx: Pbx, attributes: dict[str, int], seconds: float
) -> None:
    bob, alice = await talking(pbx, dial(action=NEXT, **attributes), AFTER)
    began = asyncio.get_running_loop().time()
    await bob.ended(within=15000)
    await alice.ended()
    assert asyncio.get_running_loop().time() - began == pytest.approx(seconds, abs=0.5)
    assert "after the dial" not in bob.heard
    assert requests(pbx) == []
    told = (await inputs(pbx, bob))["verbs"][0]
    assert told["problem"] == f"talked longer than {seconds} s"
