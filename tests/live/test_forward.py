"""Calls that a telephone forwards, on the wire: who rings, what is shown, and who hears whom."""

from typing import Any

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx, walked
from tests.live.tones import Tone

CONFIRM = "ivr-group_confirm"


async def extensions(pbx: Pbx, **data: Any) -> None:
    """Put alice on 2001 and carol on 2003; `_` leads to the tone «nobody»."""
    await pbx.home.media_tone("nobody", seconds=1)
    await pbx.home.prompt_tone(CONFIRM, seconds=2)
    for number, user in (("2001", "alice"), ("2003", "carol")):
        flow = node("user", {"_": node("play", id="nobody")}, id=user, **data)
        await pbx.home.callflow(numbers=[number], flow=flow)
    await pbx.alice.registered()
    await pbx.carol.registered()


async def forwards(pbx: Pbx, user: str = "alice", number: str = "2003", **settings: Any) -> None:
    """Let a user's calls be forwarded."""
    said = {"enabled": True, "number": number, "require_keypress": False, **settings}
    await pbx.home.user(user, call_forward=said)


async def talk(one: Line, other: Line) -> None:
    """Let two hear each other."""
    await one.speaks("the one")
    await other.hears("the one")
    await other.speaks("the other")
    await one.hears("the other")


async def test_the_number_rings_instead_and_both_hear_each_other(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx)
    bob = await pbx.bob.dials("2001")
    carol = await pbx.carol.rings()
    assert (carol.caller_id.name, carol.caller_id.number) == ("Bob", "2002")
    assert pbx.alice.is_quiet
    await carol.answers()
    await bob.answered()
    await talk(bob, carol)
    # Carol's telephone does not offer RFC 4733, so that the key is a tone in what she hears.
    pbx.tones.add(Tone("the key 5", (770.0, 1336.0)))
    await bob.presses("5", seconds=0.5)
    await carol.hears("the key 5")
    await carol.hangs_up()
    await bob.ended()
    await pbx.nothing_left()
    assert walked(await pbx.trace_of(bob)) == [("user", None)]


async def test_the_caller_hangs_up_and_no_channel_is_left(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx)
    bob = await pbx.bob.dials("2001")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol)
    await bob.hangs_up()
    await carol.ended()
    await pbx.nothing_left()


async def test_the_caller_gives_up_and_the_number_stops_to_ring(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx)
    bob = await pbx.bob.dials("2001")
    carol = await pbx.carol.rings()
    await bob.hangs_up()
    await carol.ended()
    await pbx.nothing_left()


async def test_a_key_takes_the_call_and_until_then_the_phone_rings_on(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, substitute=False, require_keypress=True)
    bob = await pbx.bob.dials("2001")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await carol.answers()
    await carol.hears(CONFIRM)
    assert not bob.is_answered
    await carol.presses("1")
    await bob.answered()
    await alice.ended()
    await talk(bob, carol)
    await bob.hangs_up()
    await carol.ended()


async def test_who_presses_no_key_does_not_get_the_call(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, substitute=False, require_keypress=True)
    bob = await pbx.bob.dials("2001")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await carol.answers()
    await carol.hears(CONFIRM)
    await carol.ended(within=12)
    assert not bob.is_answered
    await alice.answers()
    await talk(bob, alice)
    await bob.hangs_up()


@pytest.mark.parametrize(("keep", "shown"), [(True, "+15551234567"), (False, "2001")])
async def test_a_caller_from_outside_is_shown_or_the_forwarding_phone(
    pbx: Pbx,
    keep: bool,  # noqa: FBT001
    shown: str,
) -> None:
    await extensions(pbx)
    # A device's, for a user as such has no number of his own.
    said = {"enabled": True, "number": "2003", "require_keypress": False, "keep_caller_id": keep}
    await pbx.sql(
        "update documents set doc = doc || $2 where account_id = $1 and id = 'alice_phone'",
        pbx.home.id,
        {"call_forward": said},
    )
    did = "+15550009" + pbx.home.id[:6].translate(str.maketrans("abcdef", "123456"))
    await pbx.sql("insert into phone_numbers values ($1, $2)", did, pbx.home.id)
    await pbx.home.callflow(numbers=[did], flow=node("user", id="alice"))
    outside = await pbx.carrier.dials(did, shows="+15551234567")
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == shown
    await outside.hangs_up()
    await carol.ended()


async def test_failover_rings_the_number_when_no_phone_is_registered(pbx: Pbx) -> None:
    await extensions(pbx)
    await pbx.home.user("dave")
    await pbx.home.device("dave", user="dave")
    await forwards(pbx, user="dave", failover=True, enabled=False)
    await pbx.home.callflow(numbers=["2004"], flow=node("user", id="dave"))
    bob = await pbx.bob.dials("2004")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol)
    await carol.hangs_up()
    await bob.ended()
    await forwards(pbx, failover=True, enabled=False)
    bob = await pbx.bob.dials("2001")
    await pbx.alice.rings()
    assert pbx.carol.is_quiet
    await bob.hangs_up()


async def test_a_flow_is_heard_where_the_number_is_one(pbx: Pbx) -> None:
    await extensions(pbx)
    await pbx.home.media_tone("welcome", seconds=3)
    await pbx.home.callflow(numbers=["2500"], flow=node("play", id="welcome"))
    await forwards(pbx, number="2500")
    bob = await pbx.bob.dials("2001")
    await bob.hears("welcome")
    await bob.ended()
    await pbx.nothing_left()


async def test_two_who_forward_to_each_other_ring_nobody(pbx: Pbx) -> None:
    await extensions(pbx)
    await forwards(pbx, "alice", "2003")
    await forwards(pbx, "carol", "2001")
    bob = await pbx.bob.dials("2001")
    await bob.hears("nobody")
    await bob.ended()
    await pbx.nothing_left()


async def test_a_number_that_is_busy_makes_the_call_busy(pbx: Pbx) -> None:
    for number, code in (("2801", 486), ("2802", 503), ("2803", 404)):
        await pbx.home.callflow(numbers=[number], flow=node("response", code=code))
    await pbx.home.callflow(
        numbers=["2001"],
        flow=node(
            "user",
            {
                "USER_BUSY": node("response", code=410),
                "NORMAL_CIRCUIT_CONGESTION": node("response", code=502),
                "UNALLOCATED_NUMBER": node("response", code=484),
            },
            id="alice",
        ),
    )
    for number, told in (("2801", 410), ("2802", 502), ("2803", 484)):
        await forwards(pbx, number=number)
        bob = await pbx.bob.dials("2001")
        assert (await bob.ended()).sip_status == told


async def test_a_phone_that_talks_is_busy_without_call_waiting(pbx: Pbx) -> None:
    await pbx.home.user("alice", call_waiting={"enabled": False})
    await pbx.home.callflow(numbers=["2900"], flow=node("dead_air"))
    await pbx.home.callflow(
        numbers=["2001"],
        flow=node("user", {"USER_BUSY": node("response", code=410)}, id="alice"),
    )
    await pbx.alice.registered()
    talking = await pbx.alice.dials("2900")
    await talking.answered()
    bob = await pbx.bob.dials("2001")
    assert (await bob.ended()).sip_status == 410
    assert pbx.alice.is_quiet
    await talking.hangs_up()
    await pbx.nothing_left()
    bob = await pbx.bob.dials("2001")
    await pbx.alice.rings()
    await bob.hangs_up()


async def test_what_a_phone_sends_before_its_answer_is_heard(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2001"], flow=node("device", id="alice_phone"))
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == "2002"
    await alice.lift()
    await alice.channel.progress()
    await alice.speaks("please wait")
    await bob.hears("please wait")
    assert not bob.is_answered
    await alice.channel.answer()
    await bob.answered()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await alice.hangs_up()
    await bob.ended()
    trace = await pbx.trace_of(bob)
    assert trace.call.answered_at is not None


async def test_it_is_heard_by_a_caller_who_was_answered_and_heard_it_ring(pbx: Pbx) -> None:
    await pbx.home.media_tone("welcome", seconds=1)
    flow = node("play", {"_": node("device", id="alice_phone")}, id="welcome")
    await pbx.home.callflow(numbers=["2001"], flow=flow)
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2001")
    await bob.hears("welcome")
    alice = await pbx.alice.rings()
    await bob.hears("ringback")
    await alice.lift()
    await alice.channel.progress()
    await alice.speaks("please wait")
    await bob.hears("please wait")
    await bob.stops_hearing("ringback", within=1)
    await alice.channel.answer()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await bob.hangs_up()
    await alice.ended()


async def test_the_caller_sees_whom_he_reached(pbx: Pbx) -> None:
    await extensions(pbx)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    channels = await pbx.plant.watcher.channels()
    leg = next(c for c in channels if c.name.startswith("PJSIP/alice@"))
    assert (leg.caller.name, leg.caller.number) == ("Alice", "2001")
    await bob.hangs_up()
    await alice.ended()
