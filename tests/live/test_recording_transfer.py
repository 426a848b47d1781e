"""Recordings of calls that a phone transfers: they go on with whoever remains, if they should."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.phones import Phone
from tests.live.recorded import recorded
from tests.live.useragent import Dialog, UserAgent

TALK_SECONDS = 1.0
ENOUGH = 0.7
"""seconds of two voices that show that both were recorded"""


@pytest.fixture
async def dora(pbx: Pbx) -> AsyncIterator[UserAgent]:
    """Yield user dora's telephone, number 2005, which transfers; calls to 31xx are recorded."""
    await pbx.home.user("dora")
    credentials = await pbx.home.device("dora", user="dora", number="2005")
    agent = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    try:
        for name, number in (("alice", "01"), ("carol", "03"), ("dora", "05")):
            talk = node("user", id=name)
            await pbx.home.callflow(numbers=[f"20{number}"], flow=talk)
            recording = node("record_call", {"_": talk}, format="wav", label=name)
            await pbx.home.callflow(numbers=[f"31{number}"], flow=recording)
        for phone in (pbx.alice, pbx.bob, pbx.carol):
            await phone.registered()
        yield agent
    finally:
        await agent.unplug()


async def talk(one: Line | Dialog, other: Line | Dialog, name: str) -> None:
    """Let two talk for a while: «<name> one» and «<name> other»."""
    await one.speaks(f"{name} one")
    await other.hears(f"{name} one")
    await other.speaks(f"{name} other")
    await one.hears(f"{name} other")
    await asyncio.sleep(TALK_SECONDS)


async def hush(*lines: Line | Dialog) -> None:
    """Let them say nothing more."""
    for line in lines:
        if isinstance(line, Line):
            await line.hushes()


async def test_a_caller_who_is_transferred_is_recorded_on(pbx: Pbx, dora: UserAgent) -> None:
    bob = await pbx.bob.dials("3105")
    desk = await dora.rings()
    await desk.answers()
    await talk(bob, desk, "first")
    await hush(bob)
    assert await desk.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(bob, carol, "second")
    await bob.hangs_up()
    await carol.ended()
    [one] = await recorded(pbx)
    assert one.lasts("first one", "first other") >= ENOUGH, one.story()
    assert one.lasts("second one", "second other") >= ENOUGH, one.story()


async def test_a_recording_goes_on_when_the_caller_transfers_the_called(
    pbx: Pbx, dora: UserAgent
) -> None:
    caller, alice = await asyncio.gather(dora.dials("3101"), _answer(pbx.alice))
    await talk(caller, alice, "first")
    await hush(alice)
    assert await caller.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await carol.answers()
    await talk(alice, carol, "second")
    await alice.hangs_up()
    await carol.ended()
    [one] = await recorded(pbx)
    assert one.row.origin == "callflow : alice"
    assert one.lasts("first one", "first other") >= ENOUGH, one.story()
    assert one.lasts("second one", "second other") >= ENOUGH, one.story()


@pytest.mark.parametrize("by_caller", [False, True], ids=["called", "caller"])
async def test_a_recording_goes_on_after_an_attended_transfer(
    pbx: Pbx, dora: UserAgent, *, by_caller: bool
) -> None:
    stays: Line
    if by_caller:
        desk, stays = await asyncio.gather(dora.dials("3101"), _answer(pbx.alice))
    else:
        stays = await pbx.bob.dials("3105")
        desk = await dora.rings()
        await desk.answers()
    await talk(desk, stays, "first")
    await hush(stays)
    await desk.holds()
    second, carol = await asyncio.gather(dora.dials("2003"), _answer(pbx.carol))
    assert await desk.transfers_to_call(second) == 202
    await desk.ended()
    await talk(stays, carol, "second")
    await stays.hangs_up()
    await carol.ended()
    [one] = await recorded(pbx)
    assert one.lasts("first one", "first other") >= ENOUGH, one.story()
    assert one.lasts("second one", "second other") >= ENOUGH, one.story()


async def test_an_automatic_recording_does_not_follow(pbx: Pbx, dora: UserAgent) -> None:
    always: dict[str, Any] = {"inbound": {"any": {"enabled": True, "format": "wav"}}}
    await pbx.home.change(call_recording={"account": always})
    bob = await pbx.bob.dials("2005")
    desk = await dora.rings()
    await desk.answers()
    await talk(bob, desk, "first")
    await hush(bob)
    assert await desk.transfers_to("2003") == 202
    carol = await pbx.carol.rings()
    await carol.answers()
    [one] = await recorded(pbx)
    await talk(bob, carol, "second")
    await bob.hangs_up()
    await carol.ended()
    assert one.lasts("first one", "first other") >= ENOUGH, one.story()
    assert len(await recorded(pbx)) == 1


async def _answer(phone: Phone) -> Line:
    line = await phone.rings()
    await line.answers()
    return line
