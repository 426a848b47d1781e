"""Ring groups: together, in turn, again, with music, and logging out of them."""

from typing import Any

from tests.bells import Endpoint, device, user
from tests.contract.stage import Pbx, node, scenario, tones


async def team(pbx: Pbx, *endpoints: Endpoint, **data: Any) -> None:
    """Put a ring group on 2100; `_` leads to the tone «nobody», no answer to «late»."""
    await tones(pbx, "nobody", "late", "music")
    children = {"_": node("play", id="nobody"), "NO_ANSWER": node("play", id="late")}
    flow = node("ring_group", children, endpoints=list(endpoints), **data)
    await pbx.home.callflow(numbers=["2100"], flow=flow, name="team")
    await pbx.alice.registered()
    await pbx.carol.registered()


@scenario
async def one_of_a_group_answers(pbx: Pbx) -> None:
    await team(pbx, device("alice"), user("carol"))
    bob = await pbx.bob.dials("2100")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await carol.answers()
    await alice.ended()
    await carol.speaks("carol's voice")
    await bob.hears("carol's voice")
    await carol.hangs_up()
    await bob.ended()


@scenario
async def one_of_a_group_after_another_and_again(pbx: Pbx) -> None:
    members = [device("alice", timeout=1), device("carol", timeout=1)]
    await team(pbx, *members, strategy="single", repeats=2)
    bob = await pbx.bob.dials("2100")
    await (await pbx.alice.rings()).rejects(486)
    await (await pbx.carol.rings()).rejects(486)
    await (await pbx.alice.rings()).rejects(486)
    await (await pbx.carol.rings()).ended()
    await bob.hears("late")
    await bob.ended()


@scenario
async def one_who_rejects_ends_it_for_the_group(pbx: Pbx) -> None:
    await team(pbx, device("alice"), device("carol"), fail_on_single_reject=True)
    bob = await pbx.bob.dials("2100")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await alice.rejects(486)
    await carol.ended()
    await bob.hears("nobody")
    await bob.ended()


@scenario
async def a_group_that_plays_music_for_ringing(pbx: Pbx) -> None:
    await team(pbx, device("alice"), device("carol"), ringback="music")
    bob = await pbx.bob.dials("2100")
    await bob.hears("music")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await alice.answers()
    await carol.ended()
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hangs_up()
    await alice.ended()


@scenario
async def a_group_that_is_answered_before_it_rings(pbx: Pbx) -> None:
    await tones(pbx, "nobody")
    members = {"alice_phone": {"type": "device"}, "carol": {"type": "user"}}
    await pbx.home.document("group", "team", {"name": "team", "endpoints": members})
    flow = node("group", {"_": node("play", id="nobody")}, id="team")
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    await pbx.alice.registered()
    await pbx.carol.registered()
    bob = await pbx.bob.dials("2100")
    await bob.answered()
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    await bob.hears("ringback")
    await alice.rejects(486)
    await carol.rejects(486)
    await bob.hears("nobody")
    await bob.ended()


@scenario
async def logging_out_of_a_group_and_in_again(pbx: Pbx) -> None:
    for prompt in ("agent-logged_in", "agent-logged_out", "agent-invalid_choice"):
        await pbx.home.prompt_tone(prompt)
    await team(pbx, user("alice"))
    for number, action in (("*11", "login"), ("*12", "logout")):
        flow = node("ring_group_toggle", action=action, callflow_id="team")
        await pbx.home.callflow(numbers=[number], flow=flow)
    alice = await pbx.alice.dials("*12")
    await alice.hears("agent-logged_out")
    await alice.ended()
    bob = await pbx.bob.dials("2100")
    await bob.hears("nobody")
    await bob.ended()
    alice = await pbx.alice.dials("*11")
    await alice.hears("agent-logged_in")
    await alice.ended()
    bob = await pbx.bob.dials("2100")
    await pbx.alice.rings()
    await bob.hangs_up()
