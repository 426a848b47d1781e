"""Calls that a phone forwards, by its settings or by a 302: each is a call of its own."""

import asyncio
from typing import Any

import pytest

from runtime.phones import MAX_FORWARDS
from runtime.simulator import Line, Script
from runtime.storage.calls import CallRow
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

CONFIRM = "ivr-group_confirm"
BRANCHES = ("USER_BUSY", "NO_ANSWER", "UNALLOCATED_NUMBER", "REDIRECTION_TO_NEW_DESTINATION")


async def extensions(pbx: Pbx, module: str = "user", **data: Any) -> None:
    """Put alice on 2001 and carol on 2003; failures lead to a sound of their name."""
    for name in (*BRANCHES, "nobody"):
        await pbx.home.media_tone(name, seconds=1)
    await pbx.home.prompt_tone(CONFIRM, seconds=2)
    branches: dict[str, Node] = {name: node("play", id=name) for name in BRANCHES}
    for number, user in (("2001", "alice"), ("2003", "carol")):
        target = user if module == "user" else f"{user}_phone"
        flow = node(module, {"_": node("play", id="nobody"), **branches}, id=target, **data)
        await pbx.home.callflow(numbers=[number], flow=flow, name=f"extension_{number}")


async def forwards(pbx: Pbx, name: str = "alice", **settings: Any) -> None:
    """Let a phone forward its calls to carol, with no key to press unless the settings say so."""
    said = {"enabled": True, "number": "2003", "require_keypress": False, **settings}
    number = {"alice": "2001", "bob": "2002", "carol": "2003"}[name]
    await pbx.home.device(name, user=name, number=number, call_forward=said)


async def talk(one: Line, other: Line) -> None:
    """Let two hear each other."""
    one.speak("the one")
    other.speak("the other")
    await one.hears("the other")
    await other.hears("the one")


def calls_of(pbx: Pbx) -> list[CallRow]:
    """Return all calls in the order in which they came."""
    return sorted(pbx.house.calls.values(), key=lambda call: call.started_at)


@pytest.mark.parametrize("module", ["user", "device"])
async def test_the_number_rings_instead_of_the_phone(pbx: Pbx, module: str) -> None:
    await extensions(pbx, module)
    await forwards(pbx)
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    assert pbx.alice.is_quiet
    await asyncio.sleep(0.1)
    assert bob.is_told_ringing
    assert (carol.caller_id.number, carol.caller_id.name) == ("2002", "Bob")
    await carol.answers()
    await talk(bob, carol)
    await bob.presses("5")
    await asyncio.sleep(1)
    assert carol.keys_received == "5"
    await carol.hangs_up()
    await bob.ended()
    await pbx.nothing_left()
    own, forwarded = calls_of(pbx)
    assert walked(await pbx.trace_of(bob)) == [(module, None)]
    assert (forwarded.account_id, forwarded.device_id) == (pbx.home.id, "alice_phone")
    assert (forwarded.number, forwarded.caller_number) == ("2003", "2002")
    assert own.answered_at is not None


async def test_the_caller_hangs_up_and_everything_ends(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx)
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol)
    await bob.hangs_up()
    await carol.ended()
    await pbx.nothing_left()


async def test_the_caller_gives_up_and_the_number_stops_to_ring(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx)
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    await bob.hangs_up()
    await carol.ended()
    assert not carol.is_answered


async def test_phone_and_number_ring_together_and_the_first_wins(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, substitute=False)
    bob = pbx.dials("2001")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await alice.answers()
    await carol.ended()
    await talk(bob, alice)
    await bob.hangs_up()
    bob = pbx.dials("2001")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await carol.answers()
    await alice.ended()
    await talk(bob, carol)
    await bob.hangs_up()


async def test_whoever_answers_presses_a_key_to_take_the_call(pbx: Pbx) -> None:
    await extensions(pbx)
    await pbx.home.device("alice", user="alice", call_forward={"enabled": True, "number": "2003"})
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    await carol.answers()
    await carol.hears(CONFIRM)
    assert not bob.is_answered
    await carol.presses("5")
    await asyncio.sleep(1)
    assert not bob.is_answered
    await carol.presses("1")
    await bob.answered()
    await talk(bob, carol)
    assert bob.heard == ["the other"]
    await carol.hangs_up()
    await bob.ended()


async def test_a_mailbox_presses_no_key_and_does_not_get_the_call(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, require_keypress=True, substitute=False)
    pbx.carol.script = Script(answers_after=1, says="this is a mailbox")
    bob = pbx.dials("2001")
    alice = await pbx.alice.rings()
    await asyncio.sleep(4)
    assert not bob.is_answered
    assert not alice.is_over
    [carol] = pbx.carol.lines
    await carol.ended()
    assert not alice.is_over
    await alice.answers()
    await talk(bob, alice)
    assert bob.heard == ["the other"]
    await bob.hangs_up()


async def test_nobody_confirms_so_nobody_answered(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, require_keypress=True)
    pbx.carol.script = Script(answers_after=1)
    began = asyncio.get_running_loop().time()
    bob = pbx.dials("2001")
    await bob.hears("NO_ANSWER")
    assert asyncio.get_running_loop().time() - began == pytest.approx(10, abs=1)
    assert bob.heard == ["NO_ANSWER"]


async def test_another_phone_answers_while_the_key_is_awaited(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, require_keypress=True, substitute=False)
    bob = pbx.dials("2001")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await carol.answers()
    await carol.hears(CONFIRM)
    await alice.answers()
    await carol.ended()
    await talk(bob, alice)
    await bob.hangs_up()


async def test_the_key_may_come_after_the_ringing_time(pbx: Pbx) -> None:
    await extensions(pbx, timeout=5)
    await forwards(pbx, require_keypress=True)
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    await asyncio.sleep(4)
    await carol.answers()
    await asyncio.sleep(5)
    await carol.presses("1")
    await talk(bob, carol)
    await bob.hangs_up()


@pytest.mark.parametrize(("keep", "shown"), [(True, "2002"), (False, "2001")])
async def test_whose_number_is_shown(pbx: Pbx, keep: bool, shown: str) -> None:  # noqa: FBT001
    await extensions(pbx)
    await forwards(pbx, keep_caller_id=keep)
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == shown
    await bob.hangs_up()


@pytest.mark.parametrize(("keep", "shown"), [(True, "+15551234567"), (False, "2001")])
async def test_a_caller_from_outside_is_shown_or_not(
    pbx: Pbx,
    keep: bool,  # noqa: FBT001
    shown: str,
) -> None:
    await extensions(pbx)
    await forwards(pbx, keep_caller_id=keep)
    pbx.house.documents.numbers["+15550002001"] = pbx.home.id
    await pbx.home.callflow(numbers=["+15550002001"], flow=node("user", id="alice"))
    outside = await pbx.carrier.dials("+15550002001")
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == shown
    await outside.hangs_up()


async def test_forwarding_that_is_off_or_has_no_number_does_nothing(pbx: Pbx) -> None:
    await extensions(pbx)
    for settings in ({"enabled": False}, {"number": ""}, {"enabled": "no"}):
        await forwards(pbx, **settings)
        bob = pbx.dials("2001")
        await pbx.alice.rings()
        assert pbx.carol.is_quiet
        await bob.hangs_up()


@pytest.mark.parametrize("enabled", [True, False])
async def test_failover_rings_the_number_only_when_the_phone_is_away(
    pbx: Pbx,
    enabled: bool,  # noqa: FBT001
) -> None:
    await extensions(pbx, module="device")
    await forwards(pbx, failover=True, enabled=enabled)
    bob = pbx.dials("2001")
    alice = await pbx.alice.rings()
    assert pbx.carol.is_quiet
    await alice.rejects(486)
    await bob.hears("USER_BUSY")
    assert pbx.carol.is_quiet
    await bob.ended()
    pbx.alice.unregister()
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol)
    await bob.hangs_up()


async def test_a_users_failover_waits_until_no_phone_of_his_is_there(pbx: Pbx) -> None:
    await extensions(pbx)
    settings = {"failover": True, "number": "2003", "require_keypress": False}
    await pbx.home.user("alice", call_forward=settings)
    mobile = await pbx.phone("mobile", user="alice")
    pbx.alice.unregister()
    bob = pbx.dials("2001")
    await mobile.rings()
    assert pbx.carol.is_quiet
    await bob.hangs_up()
    mobile.unregister()
    bob = pbx.dials("2001")
    await pbx.carol.rings()
    await bob.hangs_up()


async def test_a_user_forwards_for_all_his_phones_at_once(pbx: Pbx) -> None:
    await extensions(pbx)
    settings = {"enabled": True, "number": "2003", "require_keypress": False}
    await pbx.home.user("alice", call_forward=settings)
    mobile = await pbx.phone("mobile", user="alice")
    bob = pbx.dials("2001")
    await pbx.carol.rings()
    assert pbx.alice.is_quiet
    assert mobile.is_quiet
    await bob.hangs_up()
    await pbx.nothing_left()
    assert len(pbx.carol.lines) == 1
    await pbx.home.user("alice", call_forward={**settings, "substitute": False})
    bob = pbx.dials("2001")
    for phone in (pbx.alice, mobile, pbx.carol):
        await phone.rings()
    await bob.hangs_up()


async def test_the_owners_forwarding_counts_when_his_device_is_called(pbx: Pbx) -> None:
    await extensions(pbx, module="device")
    settings = {"enabled": True, "number": "2003", "require_keypress": False}
    await pbx.home.user("alice", call_forward=settings)
    bob = pbx.dials("2001")
    await pbx.carol.rings()
    assert pbx.alice.is_quiet
    await bob.hangs_up()


async def test_two_phones_that_forward_to_one_number_ring_it_once(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx)
    await pbx.phone("mobile", user="alice")
    settings = {"enabled": True, "number": "2003", "require_keypress": False}
    await pbx.home.device("mobile", user="alice", call_forward=settings)
    bob = pbx.dials("2001")
    await pbx.carol.rings()
    await asyncio.sleep(1)
    assert len(pbx.carol.lines) == 1
    await bob.hangs_up()


async def test_the_number_is_what_the_account_says_it_is(pbx: Pbx) -> None:
    await extensions(pbx)
    await pbx.home.media_tone("welcome", seconds=2)
    await pbx.home.callflow(numbers=["2500"], flow=node("play", id="welcome"))
    await forwards(pbx, number="2500")
    bob = pbx.dials("2001")
    await bob.hears("welcome", within=30)


async def test_no_other_account_is_reached(pbx: Pbx) -> None:
    await extensions(pbx)
    other = await pbx.account("other")
    stranger = await pbx.phone("stranger", account=other)
    flow = node("device", id="stranger_phone")
    await other.callflow(numbers=["2600"], flow=flow)
    await forwards(pbx, number="2600")
    bob = pbx.dials("2001")
    await bob.hears("UNALLOCATED_NUMBER")
    assert stranger.is_quiet


@pytest.mark.parametrize(
    ("number", "branch"),
    [("2999", "UNALLOCATED_NUMBER"), ("no number at all!", "nobody"), ("9", "UNALLOCATED_NUMBER")],
)
async def test_a_number_that_leads_nowhere(pbx: Pbx, number: str, branch: str) -> None:
    await extensions(pbx)
    await forwards(pbx, number=number)
    bob = pbx.dials("2001")
    await bob.hears(branch)


async def test_why_the_number_was_not_reached_is_why_the_call_failed(pbx: Pbx) -> None:
    await extensions(pbx)
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"), name="extension_2003")
    await forwards(pbx)
    pbx.carol.script = Script(rejects=486)
    await pbx.home.callflow(numbers=["2700"], flow=node("response", code=486))
    await forwards(pbx, number="2700")
    bob = pbx.dials("2001")
    await bob.hears("USER_BUSY")


async def test_where_one_refusal_ends_all_a_machines_answer_does_not(pbx: Pbx) -> None:
    await extensions(pbx, fail_on_single_reject=True)
    for number, code in (("2801", 404), ("2802", 486)):
        await pbx.home.callflow(numbers=[number], flow=node("response", code=code))
    await forwards(pbx, number="2801", substitute=False, require_keypress=True)
    bob = pbx.dials("2001")
    alice = await pbx.alice.rings()
    await asyncio.sleep(5)
    await alice.answers()
    await talk(bob, alice)
    await bob.hangs_up()
    await forwards(pbx, number="2802", substitute=False, require_keypress=True)
    bob = pbx.dials("2001")
    await bob.hears("USER_BUSY")


async def test_two_who_forward_to_each_other_do_not_ring_for_ever(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, "alice", number="2003")
    await forwards(pbx, "carol", number="2001")
    bob = pbx.dials("2001")
    await bob.hears("nobody", within=30)
    await bob.ended()
    await pbx.nothing_left()
    assert len(pbx.house.calls) == 3


async def test_a_long_chain_of_forwards_comes_to_an_end(pbx: Pbx) -> None:
    await extensions(pbx)
    hops = MAX_FORWARDS + 3
    for hop in range(hops):
        number, next_number = f"30{hop:02}", f"30{hop + 1:02}"
        await pbx.home.user(f"hop{hop}")
        settings = {"enabled": True, "number": next_number, "require_keypress": False}
        await pbx.home.device(f"hop{hop}", user=f"hop{hop}", call_forward=settings)
        await pbx.home.callflow(numbers=[number], flow=node("user", id=f"hop{hop}"))
    bob = pbx.dials("3000")
    await bob.ended()
    await pbx.nothing_left()
    assert len(pbx.house.calls) == MAX_FORWARDS + 1


async def test_forwarding_to_oneself_rings_nobody(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, number="2001")
    bob = pbx.dials("2001")
    await bob.hears("nobody")


async def test_a_phone_may_send_the_call_elsewhere(pbx: Pbx) -> None:
    await extensions(pbx)
    pbx.alice.script = Script(redirects="2003")
    bob = pbx.dials("2001")
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2002"
    await carol.answers()
    await talk(bob, carol)
    await bob.hangs_up()
    _, forwarded = calls_of(pbx)
    assert (forwarded.device_id, forwarded.number) == ("alice_phone", "2003")


@pytest.mark.parametrize(
    ("redirects", "branch"),
    [
        ("2999;user=phone", "UNALLOCATED_NUMBER"),
        ("2001", "nobody"),
        ("no number", "REDIRECTION_TO_NEW_DESTINATION"),
    ],
)
async def test_elsewhere_may_be_nowhere(pbx: Pbx, redirects: str, branch: str) -> None:
    await extensions(pbx)
    pbx.alice.script = Script(redirects=redirects)
    bob = pbx.dials("2001")
    await bob.hears(branch)
    await bob.ended()


async def test_phones_that_send_the_call_to_each_other_do_not_do_it_for_ever(pbx: Pbx) -> None:
    await extensions(pbx)
    pbx.alice.script = Script(redirects="2003")
    pbx.carol.script = Script(redirects="2001")
    bob = pbx.dials("2001")
    await bob.hears("REDIRECTION_TO_NEW_DESTINATION", within=30)
    await bob.ended()
    assert len(pbx.house.calls) == 3


async def test_a_call_in_a_forwarded_call_goes_on_as_long_as_people_talk(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx)
    pbx.carol.script = Script(answers_after=2, says="carol", talks_for=3600)
    bob = pbx.dials("2001")
    await bob.hears("carol")
    await bob.ended(within=4000)
    trace = await pbx.trace_of(bob)
    assert (trace.steps[0].inputs or {})["talked"] == pytest.approx(3600, abs=1)
