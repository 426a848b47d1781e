"""Ringing users and devices: who rings, who answers, and where the call goes if nobody does."""

from typing import Any

import pytest

from tests.live.account import Node, node
from tests.live.pbx import Pbx, walked

USER_BUSY = {"USER_BUSY": node("play", id="busy")}


async def extension(
    pbx: Pbx, children: dict[str, Node] | None = None, module: str = "user", **data: Any
) -> None:
    """Put alice on 2001; `_` leads to the tone «nobody», «busy» and «late» exist."""
    for tone in ("nobody", "busy", "late"):
        await pbx.home.media_tone(tone, seconds=1)
    target = {"id": "alice" if module == "user" else "alice_phone", **data}
    flow = node(module, {"_": node("play", id="nobody"), **(children or {})}, **target)
    await pbx.home.callflow(numbers=["2001"], flow=flow)
    await pbx.alice.registered()


@pytest.mark.parametrize("module", ["user", "device"])
async def test_two_people_talk_until_one_hangs_up(pbx: Pbx, module: str) -> None:
    await extension(pbx, module=module)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    assert not bob.is_answered
    await alice.answers()
    await bob.answered()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hushes()
    await alice.stops_hearing("bob's voice", within=1)
    await alice.hangs_up()
    await bob.ended()
    await pbx.nothing_left()
    trace = await pbx.trace_of(bob)
    assert walked(trace) == [(module, None)]
    assert trace.steps[0].outcome == "stop"
    assert trace.call.answered_at is not None


async def test_a_talk_in_a_branched_flow_returns_to_where_it_came_from(pbx: Pbx) -> None:
    await extension(pbx)
    await pbx.home.media_tone("survey", seconds=1)
    jump = await pbx.home.callflow(name="to_alice", flow=node("user", id="alice"))
    flow = node("callflow", {"_": node("play", id="survey")}, id=jump)
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    bob = await pbx.bob.dials("2100")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await alice.hangs_up()
    await bob.hears("survey")
    await bob.ended()
    trace = await pbx.trace_of(bob)
    assert [step.module for step in trace.steps] == ["callflow", "user", "play"]


async def test_when_the_caller_hangs_up_the_flow_goes_nowhere(pbx: Pbx) -> None:
    await extension(pbx)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await bob.answered()
    await bob.hangs_up()
    await alice.ended()
    assert [step.module for step in (await pbx.trace_of(bob)).steps] == ["user"]


@pytest.mark.parametrize(
    ("children", "heard"),
    [
        (USER_BUSY | {"sip:486": node("play", id="late")}, "busy"),
        ({"sip:486": node("play", id="late")}, "late"),
        ({}, "nobody"),
    ],
    ids=["cause", "sip-status", "default"],
)
async def test_a_busy_phone_branches_by_cause_then_status_then_default(
    pbx: Pbx, children: dict[str, Node], heard: str
) -> None:
    await extension(pbx, children)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.rejects(486)
    await bob.hears(heard)
    await bob.ended()


@pytest.mark.parametrize(
    ("status", "cause"),
    [(603, "CALL_REJECTED"), (480, "NO_USER_RESPONSE"), (404, "UNALLOCATED_NUMBER")],
)
async def test_other_refusals_have_their_own_names(pbx: Pbx, status: int, cause: str) -> None:
    await extension(pbx, {cause: node("play", id="busy")})
    bob = await pbx.bob.dials("2001")
    await (await pbx.alice.rings()).rejects(status)
    await bob.hears("busy")
    await bob.ended()


async def test_a_phone_that_is_not_registered(pbx: Pbx) -> None:
    await pbx.home.user("dave")
    await pbx.home.device("dave", user="dave")
    for tone in ("nobody", "absent"):
        await pbx.home.media_tone(tone, seconds=1)
    absent = {"USER_NOT_REGISTERED": node("play", id="absent")}
    await pbx.home.callflow(numbers=["2004"], flow=node("user", absent, id="dave"))
    flow = node("user", {"_": node("play", id="nobody")}, id="dave")
    await pbx.home.callflow(numbers=["2005"], flow=flow)
    bob = await pbx.bob.dials("2004")
    await bob.hears("absent")
    await bob.ended()
    bob = await pbx.bob.dials("2005")
    await bob.hears("nobody")
    await bob.ended()


async def test_nobody_answers(pbx: Pbx) -> None:
    await extension(pbx, {"NO_ANSWER": node("play", id="late")}, timeout=1)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await bob.hears("late")
    await alice.ended()
    await bob.ended()


async def test_the_first_of_two_phones_wins_and_the_other_stops_ringing(pbx: Pbx) -> None:
    await extension(pbx)
    mobile = await pbx.phone(await pbx.home.device("mobile", user="alice"))
    await mobile.registered()
    bob = await pbx.bob.dials("2001")
    on_desk = await pbx.alice.rings()
    in_pocket = await mobile.rings()
    await in_pocket.answers()
    await on_desk.ended()
    await in_pocket.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hangs_up()
    await in_pocket.ended()


async def test_phones_of_a_user_ring_one_after_another(pbx: Pbx) -> None:
    await extension(pbx, strategy="single", timeout=1)
    mobile = await pbx.phone(await pbx.home.device("mobile", user="alice"))
    await mobile.registered()
    bob = await pbx.bob.dials("2001")
    first = await pbx.alice.rings()
    assert mobile.is_quiet
    await first.ended()
    second = await mobile.rings()
    await second.answers()
    await second.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hangs_up()


async def test_a_phone_that_refuses_leaves_the_call_to_the_others(pbx: Pbx) -> None:
    await extension(pbx)
    mobile = await pbx.phone(await pbx.home.device("mobile", user="alice"))
    await mobile.registered()
    bob = await pbx.bob.dials("2001")
    on_desk = await pbx.alice.rings()
    in_pocket = await mobile.rings()
    await on_desk.rejects(486)
    await on_desk.ended()
    await in_pocket.answers()
    await in_pocket.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hangs_up()


async def test_one_refusal_can_count_for_all(pbx: Pbx) -> None:
    await extension(pbx, USER_BUSY, fail_on_single_reject=True)
    mobile = await pbx.phone(await pbx.home.device("mobile", user="alice"))
    await mobile.registered()
    bob = await pbx.bob.dials("2001")
    on_desk = await pbx.alice.rings()
    in_pocket = await mobile.rings()
    await on_desk.rejects(486)
    await bob.hears("busy")
    await in_pocket.ended()
    await bob.ended()


async def test_a_caller_who_gives_up_stops_the_ringing(pbx: Pbx) -> None:
    await extension(pbx)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await bob.hangs_up()
    await alice.ended()
    await pbx.nothing_left()
    trace = await pbx.trace_of(bob)
    assert [(step.module, step.outcome) for step in trace.steps] == [("user", "hung_up")]
    assert trace.call.answered_at is None


async def test_the_phone_shows_who_calls(pbx: Pbx) -> None:
    await extension(pbx, custom_sip_headers={"X-Department": "sales"})
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    assert (alice.caller_id.name, alice.caller_id.number) == ("Bob", "2002")
    assert await alice.header("X-Department") == "sales"
    await bob.hangs_up()


async def test_the_called_name_can_be_another_than_the_phones(pbx: Pbx) -> None:
    await extension(pbx, static_invite="7700")
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    assert "sip:7700@" in (await alice.header("To") or "")
    await bob.hangs_up()


async def test_a_caller_id_can_be_kept_secret(pbx: Pbx) -> None:
    await extension(pbx, suppress_clid=True)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    assert "2002" not in f"{alice.caller_id} {await alice.header('From')}"
    await bob.hangs_up()


async def test_who_wants_no_disturbance_is_not_rung(pbx: Pbx) -> None:
    await pbx.home.user("alice", do_not_disturb={"enabled": True})
    await extension(pbx, USER_BUSY)
    bob = await pbx.bob.dials("2001")
    await bob.hears("nobody")
    await bob.ended()
    assert pbx.alice.is_quiet


async def test_calling_oneself_rings_nobody(pbx: Pbx) -> None:
    await extension(pbx)
    alice = await pbx.alice.dials("2001")
    await alice.hears("nobody")
    await alice.ended()
    assert pbx.alice.is_quiet


async def test_an_answered_caller_hears_the_ringing(pbx: Pbx) -> None:
    await extension(pbx)
    await pbx.home.media_tone("welcome", seconds=8)
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    flow = node("menu", {"2": node("user", id="alice")}, id="main")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    bob = await pbx.bob.dials("2000")
    await bob.hears("welcome")
    await bob.presses("2")
    alice = await pbx.alice.rings()
    await bob.hears("ringback")
    await alice.answers()
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hangs_up()
