"""Ringing users and devices, and talking."""

from typing import Any

from tests.contract.stage import Line, Node, Pbx, node, scenario, tones


async def extension(
    pbx: Pbx, children: dict[str, Node] | None = None, module: str = "user", **data: Any
) -> None:
    """Put alice on 2001; `_` leads to the tone «nobody», «busy» and «late» exist."""
    await tones(pbx, "nobody", "busy", "late")
    target = {"id": "alice" if module == "user" else "alice_phone", **data}
    flow = node(module, {"_": node("play", id="nobody"), **(children or {})}, **target)
    await pbx.home.callflow(numbers=["2001"], flow=flow)
    await pbx.alice.registered()


async def talk(bob: Line, alice: Line) -> None:
    """Let them hear each other."""
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")


@scenario
async def the_called_hangs_up_after_a_talk(pbx: Pbx) -> None:
    await extension(pbx)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await talk(bob, alice)
    await alice.hangs_up()
    await bob.ended()


@scenario
async def the_caller_hangs_up_after_a_talk(pbx: Pbx) -> None:
    await extension(pbx, module="device")
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await talk(bob, alice)
    await bob.hangs_up()
    await alice.ended()


@scenario
async def the_caller_gives_up_while_it_rings(pbx: Pbx) -> None:
    await extension(pbx)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await bob.hangs_up()
    await alice.ended()


@scenario
async def a_talk_in_a_flow_that_returns(pbx: Pbx) -> None:
    await extension(pbx)
    await tones(pbx, "survey")
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


async def _refused(pbx: Pbx, status: int, children: dict[str, Node], heard: str) -> None:
    await extension(pbx, children)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.rejects(status)
    await bob.hears(heard)
    await bob.ended()


@scenario
async def a_busy_phone_branches_by_cause(pbx: Pbx) -> None:
    await _refused(pbx, 486, {"USER_BUSY": node("play", id="busy")}, "busy")


@scenario
async def a_busy_phone_branches_by_status(pbx: Pbx) -> None:
    await _refused(pbx, 486, {"sip:486": node("play", id="late")}, "late")


@scenario
async def a_busy_phone_branches_to_the_default(pbx: Pbx) -> None:
    await _refused(pbx, 486, {}, "nobody")


@scenario
async def a_declined_call_has_its_own_name(pbx: Pbx) -> None:
    await _refused(pbx, 603, {"CALL_REJECTED": node("play", id="busy")}, "busy")


@scenario
async def an_unavailable_phone_has_its_own_name(pbx: Pbx) -> None:
    await _refused(pbx, 480, {"NO_USER_RESPONSE": node("play", id="busy")}, "busy")


@scenario
async def a_broken_phone_has_its_own_name(pbx: Pbx) -> None:
    await _refused(pbx, 500, {"NORMAL_TEMPORARY_FAILURE": node("play", id="busy")}, "busy")


@scenario
async def nobody_answers(pbx: Pbx) -> None:
    await extension(pbx, {"NO_ANSWER": node("play", id="late")}, timeout=1)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await bob.hears("late")
    await alice.ended()
    await bob.ended()


@scenario
async def a_refusal_without_a_branch_ends_the_call(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.rejects(486)
    await bob.ended()


@scenario
async def two_users_ring_one_after_the_other(pbx: Pbx) -> None:
    await pbx.alice.registered()
    await pbx.carol.registered()
    flow = node("user", {"_": node("user", id="carol")}, id="alice", timeout=1)
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    bob = await pbx.bob.dials("2100")
    alice = await pbx.alice.rings()
    await alice.ended()
    carol = await pbx.carol.rings()
    await carol.answers()
    await carol.speaks("carol's voice")
    await bob.hears("carol's voice")
    await carol.hangs_up()
    await bob.ended()


@scenario
async def a_phone_that_is_not_to_be_disturbed(pbx: Pbx) -> None:
    await pbx.home.user("alice", do_not_disturb={"enabled": True})
    await extension(pbx)
    bob = await pbx.bob.dials("2001")
    await bob.hears("nobody")
    await bob.ended()


@scenario
async def calling_oneself(pbx: Pbx) -> None:
    await extension(pbx)
    alice = await pbx.alice.dials("2001")
    await alice.hears("nobody")
    await alice.ended()


@scenario
async def an_answered_caller_hears_the_ringing(pbx: Pbx) -> None:
    await extension(pbx)
    await tones(pbx, "welcome")
    flow = node("play", {"_": node("user", id="alice")}, id="welcome")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    bob = await pbx.bob.dials("2000")
    await bob.hears("welcome")
    alice = await pbx.alice.rings()
    await bob.hears("ringback")
    await alice.answers()
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hangs_up()
    await alice.ended()
