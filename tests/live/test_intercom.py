"""Intercom on the wire: telephones that are set up for it answer by themselves."""

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.phones import Phone

BY_ITSELF = "answer-after=0"


async def intercom(pbx: Pbx) -> None:
    """Put the intercom on *90, alice on 2001, and alice and carol on 2100."""
    await pbx.home.media_tone("behind", seconds=1)
    flow = node("intercom", {"_": node("play", id="behind")})
    await pbx.home.callflow(patterns=[r"^\*90(\d*)$"], flow=flow)
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    members = [{"endpoint_type": "user", "id": name} for name in ("alice", "carol")]
    await pbx.home.callflow(numbers=["2100"], flow=node("ring_group", endpoints=members))
    await pbx.alice.registered()
    await pbx.carol.registered()


async def answers_by_itself(phone: Phone) -> Line:
    """Do what a telephone does that is set up for intercom; one that is not asked to rings on."""
    line = await phone.rings()
    if BY_ITSELF in (await line.header("Call-Info") or ""):
        await line.answers()
    return line


async def test_the_phone_answers_by_itself_and_both_hear_each_other(pbx: Pbx) -> None:
    await intercom(pbx)
    bob = await pbx.bob.dials("*902001")
    alice = await answers_by_itself(pbx.alice)
    await bob.answered()
    assert await alice.header("Alert-Info") == "intercom"
    assert (alice.caller_id.name, alice.caller_id.number) == ("Bob", "2002")
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await bob.hangs_up()
    await alice.ended()
    await pbx.nothing_left()
    trace = await pbx.trace_of(bob)
    assert [step.module for step in trace.steps] == ["intercom", "user"]


async def test_a_plain_call_to_the_same_phone_rings(pbx: Pbx) -> None:
    await intercom(pbx)
    bob = await pbx.bob.dials("2001")
    alice = await answers_by_itself(pbx.alice)
    assert not alice.is_answered
    assert await alice.header("Alert-Info") is None
    await bob.hangs_up()
    await alice.ended()


async def test_of_several_phones_the_first_has_the_call(pbx: Pbx) -> None:
    await intercom(pbx)
    bob = await pbx.bob.dials("*902100")
    alice, carol = await pbx.alice.rings(), await pbx.carol.rings()
    for line in (alice, carol):
        assert BY_ITSELF in (await line.header("Call-Info") or "")
    await carol.answers()
    await bob.answered()
    await alice.ended()
    await bob.speaks("bob's voice")
    await carol.hears("bob's voice")
    await carol.hangs_up()
    await bob.ended()


@pytest.mark.parametrize("number", ["2999", "4158867900"])
async def test_a_number_that_is_no_extension_calls_nobody(pbx: Pbx, number: str) -> None:
    await intercom(pbx)
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="alice"))
    bob = await pbx.bob.dials(f"*90{number}")
    await bob.hears("behind")
    await bob.ended()
    assert pbx.alice.is_quiet
