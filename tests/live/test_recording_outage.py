"""Recordings outlive what goes away: the runtime, PostgreSQL, the server they are sent to."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime.machine import AsteriskProgram
from tests.live.account import node
from tests.live.pbx import Pbx, opened
from tests.live.plant import Plant, plant
from tests.live.recorded import all_taken_away, recorded

pytestmark = pytest.mark.xdist_group("outage")

TALK_SECONDS = 1.0


@pytest.fixture(scope="module")
async def fragile_plant(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Plant]:
    """Yield a plant of which no other test is disturbed by what breaks."""
    async with plant(asterisk_program, tmp_path_factory.mktemp("recordings"), None) as running:
        yield running


@pytest.fixture
async def pbx(fragile_plant: Plant) -> AsyncIterator[Pbx]:
    async with opened(fragile_plant) as pbx:
        yield pbx


async def recorded_line(pbx: Pbx) -> None:
    """Put a recorded call to alice on 2000."""
    flow = node("record_call", {"_": node("user", id="alice")}, format="wav", label="hot line")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    await pbx.alice.registered()


async def test_a_recording_survives_the_crash_of_the_runtime(pbx: Pbx) -> None:
    await recorded_line(pbx)
    pbx.expects_log("Web socket closed abruptly|WebSocket read error|Playback failed for")
    bob = await pbx.bob.dials("2000")
    alice = await pbx.alice.rings()
    await alice.answers()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await asyncio.sleep(TALK_SECONDS)
    await pbx.plant.runtime.crash()
    await pbx.plant.runtime.start()
    for line in (bob, alice):
        await line.ended(within=10)  # they hear an apology first
    [one] = await recorded(pbx, within=15)
    assert one.row.origin == "callflow : hot line"
    assert one.row.caller_number == "2002"
    assert one.lasts("bob's voice", "alice's voice") >= TALK_SECONDS - 0.2, one.story()
    await pbx.nothing_left()
    await all_taken_away(pbx)


async def test_a_recording_that_ends_while_the_runtime_is_away_is_found(pbx: Pbx) -> None:
    await recorded_line(pbx)
    pbx.expects_log("Web socket closed abruptly|WebSocket read error|Stasis app")
    bob = await pbx.bob.dials("2000")
    alice = await pbx.alice.rings()
    await alice.answers()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await asyncio.sleep(TALK_SECONDS)
    await pbx.plant.runtime.crash()
    await bob.hangs_up()
    await alice.hangs_up()
    assert pbx.recordings()
    await pbx.plant.runtime.start()
    [one] = await recorded(pbx, within=15)
    assert one.lasts("bob's voice") >= TALK_SECONDS - 0.2, one.story()
    await all_taken_away(pbx)


async def test_a_recording_waits_for_postgresql(pbx: Pbx) -> None:
    assert pbx.plant.postgres is not None
    await recorded_line(pbx)
    pbx.expects_log("(?i)postgres|pgsql|sorcery realtime|config.c")
    bob = await pbx.bob.dials("2000")
    alice = await pbx.alice.rings()
    await alice.answers()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await pbx.plant.postgres.stop()
    try:
        await asyncio.sleep(TALK_SECONDS)
        await alice.hangs_up()
        await bob.ended()
        assert pbx.recordings()
    finally:
        await pbx.plant.postgres.start()
    [one] = await recorded(pbx, within=30)
    assert one.lasts("bob's voice") >= TALK_SECONDS - 0.2, one.story()
    await pbx.plant.runtime.ready()
