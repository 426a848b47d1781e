"""Transfers by the phone (SIP REFER): blind, attended, into a menu, and those that fail."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.useragent import Dialog, UserAgent


@pytest.fixture
async def dora(pbx: Pbx) -> AsyncIterator[UserAgent]:
    """Yield user dora's telephone, number 2005, which holds and transfers."""
    await pbx.home.user("dora")
    credentials = await pbx.home.device("dora", user="dora", number="2005")
    agent = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    try:
        await office(pbx)
        yield agent
    finally:
        await agent.unplug()


async def office(pbx: Pbx) -> None:
    """Give everybody his number."""
    for name, number in (("alice", "2001"), ("bob", "2002"), ("carol", "2003"), ("dora", "2005")):
        await pbx.home.callflow(numbers=[number], flow=node("user", id=name))
    for phone in (pbx.alice, pbx.bob, pbx.carol):
        await phone.registered()


async def talks(one: Line, other: Line, name: str) -> None:
    """Let two hear each other."""
    await one.speaks(f"{name}, one")
    await other.hears(f"{name}, one")
    await other.speaks(f"{name}, other")
    await one.hears(f"{name}, other")


async def called(pbx: Pbx, dora: UserAgent) -> tuple[Line, Dialog]:
    """Let bob call dora, who answers."""
    bob = await pbx.bob.dials("2005")
    desk = await dora.rings()
    await desk.answers()
    await bob.answered()
    return bob, desk


async def test_the_called_sends_the_caller_on(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await carol.answers()
    await talks(bob, carol, "transferred")
    await desk.is_told(200)
    await desk.ended()
    await bob.hangs_up()


async def test_the_caller_sends_the_called_on(pbx: Pbx, dora: UserAgent) -> None:
    desk, alice = await calls_somebody(pbx, dora)
    assert await desk.transfers_to("2003") == 202
    await desk.is_told(200)
    await desk.ended()
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2001"
    await carol.answers()
    await talks(alice, carol, "transferred")
    await carol.hangs_up()
    await alice.ended()


async def calls_somebody(pbx: Pbx, dora: UserAgent) -> tuple[Dialog, Line]:
    """Let dora call alice, who answers."""
    dialling = asyncio.create_task(dora.dials("2001"))
    alice = await pbx.alice.rings()
    await alice.answers()
    desk = await dialling
    assert desk.status == 200
    return desk, alice


async def consults(pbx: Pbx, dora: UserAgent) -> tuple[Dialog, Line]:
    """Let dora call carol, who answers."""
    dialling = asyncio.create_task(dora.dials("2003"))
    carol = await pbx.carol.rings()
    await carol.answers()
    return await dialling, carol


async def test_the_called_asks_a_colleague_first(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await talks(bob, carol, "transferred")
    await desk.ended()
    await second.ended()
    await carol.hangs_up()
    await bob.ended()


async def test_the_caller_asks_a_colleague_first(pbx: Pbx, dora: UserAgent) -> None:
    desk, alice = await calls_somebody(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await talks(alice, carol, "transferred")
    await desk.ended()
    await second.ended()
    await alice.hangs_up()
    await carol.ended()


async def test_two_callers_are_joined(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    carol = await pbx.carol.dials("2005")
    second = await dora.rings()
    await second.answers()
    await carol.answered()
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await talks(bob, carol, "transferred")
    await desk.ended()
    await second.ended()
    await bob.hangs_up()
    await carol.ended()


async def test_the_caller_takes_the_transferors_place_in_a_menu(pbx: Pbx, dora: UserAgent) -> None:
    await menu(pbx)
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second = await dora.dials("2000")
    await second.hears("welcome")
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    await bob.hears("welcome")
    await bob.presses("1")
    await bob.hears("sales")
    await desk.ended()
    await second.ended()
    await bob.hangs_up()


async def menu(pbx: Pbx) -> None:
    """Put a menu on 2000, whose 1 leads to a sound."""
    await pbx.home.media_tone("welcome", seconds=5)
    await pbx.home.media_tone("sales", seconds=3)
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    flow = node("menu", {"1": node("play", id="sales")}, id="main")
    await pbx.home.callflow(numbers=["2000"], flow=flow)


async def test_a_transfer_to_a_menu(pbx: Pbx, dora: UserAgent) -> None:
    await menu(pbx)
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2000") == 202
    await desk.is_told(200)
    await bob.hears("welcome")
    await bob.presses("1")
    await bob.hears("sales")
    await bob.hangs_up()


# What goes wrong.


async def test_a_number_that_does_not_exist(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    assert await desk.transfers_to("2999") == 202
    await desk.is_told(503)
    await desk.resumes()
    await desk.speaks("back again")
    await bob.hears("back again")
    await bob.speaks("still here")
    await desk.hears("still here")
    assert not desk.over.is_set()
    await bob.hangs_up()
    await desk.ended()


async def test_a_busy_target_goes_where_its_flow_says(pbx: Pbx, dora: UserAgent) -> None:
    await pbx.home.media_tone("engaged", seconds=2)
    flow = node("user", {"USER_BUSY": node("play", id="engaged")}, id="carol")
    await pbx.home.callflow(numbers=["2004"], flow=flow)
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2004") == 202
    carol = await pbx.carol.rings()
    await carol.rejects(486)
    await bob.hears("engaged")
    await bob.ended()
    trace = await pbx.trace_of(bob)
    assert [step.module for step in trace.steps] == ["user", "user", "play"]
    assert [step.outcome for step in trace.steps[:2]] == ["branch", "continue"]
    assert trace.steps[0].inputs is not None
    assert trace.steps[0].inputs["transferred_to"] == "2004"


async def test_a_target_that_does_not_answer_goes_where_its_flow_says(
    pbx: Pbx, dora: UserAgent
) -> None:
    await pbx.home.media_tone("nobody", seconds=2)
    flow = node("user", {"NO_ANSWER": node("play", id="nobody")}, id="carol", timeout=2)
    await pbx.home.callflow(numbers=["2004"], flow=flow)
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2004") == 202
    await desk.ended()
    await pbx.carol.rings()
    await bob.hears("ringback")
    await bob.hears("nobody")
    await bob.ended()


async def test_a_colleague_who_is_busy_leaves_things_as_they_are(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    dialling = asyncio.create_task(dora.dials("2003"))
    carol = await pbx.carol.rings()
    await carol.rejects(486)
    assert (await dialling).status >= 400
    await desk.resumes()
    await desk.speaks("back again")
    await bob.hears("back again")


async def test_the_caller_hangs_up_while_the_target_rings(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    assert await desk.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await bob.hangs_up()
    await carol.ended()
    await desk.ended()


async def test_the_one_who_waits_hangs_up_before_the_transfer(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    await bob.hangs_up()
    await desk.ended()
    await second.speaks("he is gone")
    await carol.hears("he is gone")
    await carol.hangs_up()
    await second.ended()


async def test_the_colleague_hangs_up_before_the_transfer(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second, carol = await consults(pbx, dora)
    await carol.hangs_up()
    await second.ended()
    assert await desk.transfers_to_call(second) >= 202
    await desk.resumes()
    await desk.speaks("back again")
    await bob.hears("back again")


async def test_a_transfer_to_a_colleague_who_still_rings(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await called(pbx, dora)
    await desk.holds()
    second = await dora.begins("2003")
    await pbx.carol.rings()
    assert await desk.transfers_to_call(second) == 202
    await desk.is_told(200)
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2002"
    await carol.answers()
    await talks(bob, carol, "transferred")


async def test_a_call_of_another_account_cannot_be_reached(pbx: Pbx, dora: UserAgent) -> None:
    other = await pbx.account("other")
    await other.user("eve")
    credentials = await other.device("eve", user="eve", number="2001")
    eve = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    await other.callflow(numbers=["2000"], flow=node("user", id="eve"))
    await other.callflow(numbers=["3000"], flow=node("answer", {"_": node("sleep", duration=30)}))
    try:
        bob, desk = await called(pbx, dora)
        foreign = await eve.dials("3000")
        assert await desk.transfers_to_call(foreign) == 202
        await desk.is_told(503)
        assert await desk.transfers_to("3000") == 202
        await desk.speaks("still here")
        await bob.hears("still here")
        assert not foreign.over.is_set()
    finally:
        await eve.unplug()
