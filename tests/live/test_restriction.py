"""Callers who may not call a number, on the wire."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.live.account import node
from tests.live.pbx import Pbx, noted
from tests.live.useragent import UserAgent

UNAUTHORIZED = "cf-unauthorized_call"
DENIED = {"did_us": {"action": "deny"}}


async def office(pbx: Pbx) -> None:
    """Let all numbers outside lead to alice, who plays the network."""
    await pbx.home.prompt_tone(UNAUTHORIZED, seconds=1)
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="alice"))
    await pbx.alice.registered()


async def test_whoever_may_not_call_is_told_and_hung_up(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.home.user("bob", call_restriction=DENIED)
    bob = await pbx.bob.dials("4158867900")
    await bob.answered()
    await bob.hears(UNAUTHORIZED)
    await bob.ended()
    await pbx.nothing_left()
    assert pbx.alice.is_quiet
    trace = await pbx.trace_of(bob)
    assert trace.call.outcome == "restricted"
    assert trace.call.reason == "calls of class did_us are denied"
    assert not trace.steps


async def test_others_may_call_and_so_may_he_when_an_operator_allows_it(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.home.user("bob", call_restriction=DENIED)
    carol = await pbx.carol.dials("4158867900")
    await pbx.alice.rings()
    await carol.hangs_up()
    await pbx.home.user("bob", call_restriction={"did_us": {"action": "inherit"}})
    bob = await pbx.bob.dials("4158867900")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("the network")
    await bob.hears("the network")
    await bob.hangs_up()
    await alice.ended()


async def test_a_closed_group_calls_its_own_only(pbx: Pbx) -> None:
    await pbx.home.prompt_tone(UNAUTHORIZED, seconds=1)
    await pbx.sql(
        "update documents set doc = doc || $2 where account_id = $1 and id = 'bob_phone'",
        pbx.home.id,
        {"call_restriction": {"closed_groups": {"action": "deny"}}},
    )
    members = {name: {"type": "user"} for name in ("alice", "bob")}
    await pbx.home.document("group", "sales", {"name": "Sales", "endpoints": members})
    for number, user in (("2001", "alice"), ("2003", "carol")):
        await pbx.home.callflow(numbers=[number], flow=node("user", id=user))
    await pbx.alice.registered()
    await pbx.carol.registered()
    bob = await pbx.bob.dials("2003")
    await bob.hears(UNAUTHORIZED)
    await bob.ended()
    assert pbx.carol.is_quiet
    bob = await pbx.bob.dials("2001")
    await pbx.alice.rings()
    await bob.hangs_up()


# What a phone may not call it may not transfer others to.


@pytest.fixture
async def dora(pbx: Pbx) -> AsyncIterator[UserAgent]:
    """Yield dora's telephone, number 2005, which transfers; she may not call outside."""
    await pbx.home.user("dora", call_restriction=DENIED)
    credentials = await pbx.home.device("dora", user="dora", number="2005")
    agent = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    try:
        await pbx.home.callflow(numbers=["2005"], flow=node("user", id="dora"))
        await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
        await pbx.carol.registered()
        await office(pbx)
        yield agent
    finally:
        await agent.unplug()


async def test_the_called_cannot_send_the_caller_there(pbx: Pbx, dora: UserAgent) -> None:
    bob = await pbx.bob.dials("2005")
    desk = await dora.rings()
    await desk.answers()
    await bob.answered()
    await desk.transfers_to("4158867900")
    assert await desk.is_told_the_end() >= 400
    await bob.speaks("we talk on")
    await desk.hears("we talk on")
    await bob.hangs_up()
    await desk.ended()
    assert pbx.alice.is_quiet
    trace = await pbx.trace_of(bob)
    assert noted(trace)["transfer_refused"] == "calls of class did_us are denied"


async def test_the_caller_cannot_send_the_called_there(pbx: Pbx, dora: UserAgent) -> None:
    dialling = asyncio.create_task(dora.dials("2003"))
    carol = await pbx.carol.rings()
    await carol.answers()
    desk = await dialling
    await desk.transfers_to("4158867900")
    assert await desk.is_told_the_end() >= 400
    await carol.speaks("we talk on")
    await desk.hears("we talk on")
    await carol.hangs_up()
    await desk.ended()
    assert pbx.alice.is_quiet


async def test_where_she_may_call_she_may_send_somebody_who_may_not(
    pbx: Pbx, dora: UserAgent
) -> None:
    await pbx.home.user("bob", call_restriction=DENIED)
    await pbx.home.user("dora")
    bob = await pbx.bob.dials("2005")
    desk = await dora.rings()
    await desk.answers()
    await bob.answered()
    await desk.transfers_to("4158867900")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("the network")
    await bob.hears("the network")
    await desk.ended()
    await bob.hangs_up()
    await alice.ended()
