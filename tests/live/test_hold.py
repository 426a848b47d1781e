"""Hold by the phone (re-INVITE): what the other hears, and INVITE with Replaces."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.useragent import Dialog, UserAgent


@pytest.fixture
async def dora(pbx: Pbx) -> AsyncIterator[UserAgent]:
    """Yield user dora's telephone, number 2005, which holds."""
    await pbx.home.user("dora")
    credentials = await pbx.home.device("dora", user="dora", number="2005")
    agent = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    await pbx.home.callflow(numbers=["2005"], flow=node("user", id="dora"))
    try:
        yield agent
    finally:
        await agent.unplug()


async def talk(pbx: Pbx, dora: UserAgent) -> tuple[Line, Dialog]:
    """Let bob call dora and both hear each other."""
    bob = await pbx.bob.dials("2005")
    desk = await dora.rings()
    await desk.answers()
    await bob.answered()
    await desk.speaks("dora's voice")
    await bob.hears("dora's voice")
    return bob, desk


async def test_the_other_hears_what_the_holder_has_chosen(pbx: Pbx, dora: UserAgent) -> None:
    await pbx.home.media_tone("waiting", seconds=2)
    await pbx.home.user("dora", music_on_hold={"media_id": "waiting"})
    bob, desk = await talk(pbx, dora)
    await desk.holds()
    await bob.hears("waiting")
    await asyncio.sleep(2.5)  # longer than the music, which begins anew
    await bob.hears("waiting")
    await desk.resumes()
    await bob.hears("dora's voice")
    await desk.holds()
    await bob.hears("waiting")
    await desk.resumes()
    await bob.hears("dora's voice")
    await bob.speaks("bob's voice")
    await desk.hears("bob's voice")
    await desk.hangs_up()
    await bob.ended()


async def test_without_a_choice_asterisk_plays_its_own(pbx: Pbx, dora: UserAgent) -> None:
    bob, desk = await talk(pbx, dora)
    await desk.holds()
    await bob.hears_speech()
    await desk.resumes()
    await bob.hears("dora's voice")


async def test_somebody_on_hold_may_hang_up(pbx: Pbx, dora: UserAgent) -> None:
    await pbx.home.media_tone("waiting", seconds=2)
    await pbx.home.user("dora", music_on_hold={"media_id": "waiting"})
    bob, desk = await talk(pbx, dora)
    await desk.holds()
    await bob.hears("waiting")
    await bob.hangs_up()
    await desk.ended()


async def test_a_holder_may_hang_up(pbx: Pbx, dora: UserAgent) -> None:
    await pbx.home.media_tone("waiting", seconds=2)
    await pbx.home.user("dora", music_on_hold={"media_id": "waiting"})
    bob, desk = await talk(pbx, dora)
    await desk.holds()
    await bob.hears("waiting")
    pbx.expects_log("Playback failed for")
    await desk.hangs_up()
    await bob.ended()


@pytest.fixture
async def mobile(pbx: Pbx) -> AsyncIterator[UserAgent]:
    """Yield another telephone of dora's."""
    credentials = await pbx.home.device("mobile", user="dora", number="2005")
    agent = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
    try:
        yield agent
    finally:
        await agent.unplug()


async def test_a_phone_takes_over_a_conversation(
    pbx: Pbx, dora: UserAgent, mobile: UserAgent
) -> None:
    bob, desk = await talk(pbx, dora)
    taken = await mobile.dials("2005", replaces=desk)
    assert taken.status == 200
    await desk.ended()
    await taken.speaks("the mobile's voice")
    await bob.hears("the mobile's voice")
    await bob.speaks("bob's voice")
    await taken.hears("bob's voice")
    await bob.hangs_up()
    await taken.ended()


async def test_a_phone_takes_over_from_one_in_a_menu(
    pbx: Pbx, dora: UserAgent, mobile: UserAgent
) -> None:
    await pbx.home.media_tone("welcome", seconds=5)
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    await pbx.home.callflow(numbers=["2000"], flow=node("menu", id="main"))
    desk = await dora.dials("2000")
    await desk.hears("welcome")
    pbx.expects_log("Playback failed for")
    taken = await mobile.dials("2000", replaces=desk)
    assert taken.status == 200
    await taken.hears("welcome")
    await desk.ended()
