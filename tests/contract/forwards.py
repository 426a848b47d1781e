"""Calls that a user forwards to another number."""

from typing import Any

from tests.contract.stage import Line, Pbx, node, scenario, tones

CONFIRM = "ivr-group_confirm"


async def extensions(pbx: Pbx, number: str = "2003", **settings: Any) -> None:
    """Put alice, who forwards, on 2001 and carol on 2003; `_` leads to the tone «nobody»."""
    await tones(pbx, "nobody", "busy")
    await pbx.home.prompt_tone(CONFIRM, seconds=1)
    said = {"enabled": True, "number": number, "require_keypress": False, **settings}
    await pbx.home.user("alice", call_forward=said)
    children = {"_": node("play", id="nobody"), "USER_BUSY": node("play", id="busy")}
    await pbx.home.callflow(numbers=["2001"], flow=node("user", children, id="alice", timeout=8))
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol", timeout=20))
    await pbx.alice.registered()
    await pbx.carol.registered()


async def talk(bob: Line, other: Line) -> None:
    """Let them hear each other."""
    await bob.speaks("bob's voice")
    await other.hears("bob's voice")
    await other.speaks("the other voice")
    await bob.hears("the other voice")


@scenario
async def the_number_rings_instead(pbx: Pbx) -> None:
    await extensions(pbx)
    bob = await pbx.bob.dials("2001")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol)
    await carol.hangs_up()
    await bob.ended()


@scenario
async def the_caller_ends_a_forwarded_call(pbx: Pbx) -> None:
    await extensions(pbx)
    bob = await pbx.bob.dials("2001")
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol)
    await bob.hangs_up()
    await carol.ended()


@scenario
async def the_caller_gives_up_a_forwarded_call(pbx: Pbx) -> None:
    await extensions(pbx)
    bob = await pbx.bob.dials("2001")
    carol = await pbx.carol.rings()
    await bob.hangs_up()
    await carol.ended()


@scenario
async def a_key_takes_a_forwarded_call(pbx: Pbx) -> None:
    await extensions(pbx, require_keypress=True, substitute=False)
    bob = await pbx.bob.dials("2001")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await carol.answers()
    await carol.hears(CONFIRM)
    await carol.presses("1")
    await bob.answered()
    await alice.ended()
    await talk(bob, carol)
    await bob.hangs_up()
    await carol.ended()


@scenario
async def a_mailbox_does_not_take_a_forwarded_call(pbx: Pbx) -> None:
    await extensions(pbx, require_keypress=True, substitute=False)
    bob = await pbx.bob.dials("2001")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await carol.answers()
    await carol.hears(CONFIRM)
    await alice.answers()
    await carol.ended()
    await talk(bob, alice)
    await bob.hangs_up()
    await alice.ended()


@scenario
async def a_number_that_is_busy(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2800"], flow=node("response", code=486))
    await extensions(pbx, number="2800")
    bob = await pbx.bob.dials("2001")
    await bob.hears("busy")
    await bob.ended()


@scenario
async def a_number_that_is_none(pbx: Pbx) -> None:
    await extensions(pbx, number="2899")
    bob = await pbx.bob.dials("2001")
    await bob.hears("nobody")
    await bob.ended()


@scenario
async def a_number_that_leads_to_a_sound(pbx: Pbx) -> None:
    await tones(pbx, "welcome")
    await pbx.home.callflow(numbers=["2500"], flow=node("play", id="welcome"))
    await extensions(pbx, number="2500")
    bob = await pbx.bob.dials("2001")
    await bob.hears("welcome")
    await bob.ended()
