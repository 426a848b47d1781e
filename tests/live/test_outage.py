"""Parts that go away and come back: the runtime, PostgreSQL, Asterisk."""

from collections.abc import AsyncIterator

import pytest

from runtime.machine import AsteriskProgram
from tests.live.account import node
from tests.live.pbx import Pbx, opened
from tests.live.plant import Plant, plant

pytestmark = pytest.mark.xdist_group("outage")


@pytest.fixture(scope="module")
async def fragile_plant(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Plant]:
    """Yield a plant of which no other test is disturbed by what breaks."""
    async with plant(asterisk_program, tmp_path_factory.mktemp("fragile"), None) as running:
        yield running


@pytest.fixture
async def pbx(fragile_plant: Plant) -> AsyncIterator[Pbx]:
    async with opened(fragile_plant) as pbx:
        yield pbx


async def office(pbx: Pbx) -> None:
    await pbx.home.media_tone("hello", seconds=0.5)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="hello"))
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()


async def hello(pbx: Pbx) -> None:
    caller = await pbx.bob.dials("2000")
    await caller.hears("hello")
    await caller.ended()


async def test_without_the_runtime_callers_are_told_and_get_a_503(pbx: Pbx) -> None:
    await office(pbx)
    pbx.expects_log("Stasis app 'callflow' doesn't exist|outbound websocket per-call config")
    await pbx.plant.runtime.stop()
    try:
        caller = await pbx.bob.dials("2000")
        await caller.hears_speech()
        assert not caller.is_answered
        assert (await caller.ended(within=10)).sip_status == 503
    finally:
        await pbx.plant.runtime.start()
    await hello(pbx)


async def test_calls_that_a_crash_left_behind_are_ended_at_the_next_start(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.home.media_tone("music", seconds=30)
    await pbx.home.callflow(numbers=["2002"], flow=node("play", id="music"))
    pbx.expects_log("Playback failed for|Web socket closed abruptly|WebSocket read error")
    listening = await pbx.bob.dials("2002")
    await listening.hears("music")
    talking = await pbx.carol.dials("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("alice's voice")
    await talking.hears("alice's voice")
    await pbx.plant.runtime.crash()
    await pbx.plant.runtime.start()
    for line in (listening, talking, alice):
        await line.ended()
    await pbx.nothing_left()


async def test_a_runtime_that_is_stopped_ends_its_calls_and_their_traces(pbx: Pbx) -> None:
    await office(pbx)
    caller = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await caller.answered()
    await pbx.plant.runtime.stop()
    await pbx.plant.runtime.start()
    await caller.ended()
    await alice.ended()
    assert (await pbx.trace_of(caller)).call.outcome == "shut_down"


async def test_registered_phones_call_on_while_postgresql_is_away(pbx: Pbx) -> None:
    assert pbx.plant.postgres is not None
    await office(pbx)
    await hello(pbx)
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await bob.hangs_up()
    await alice.ended()
    stranger = await pbx.account("stranger")
    unknown = await pbx.phone(await stranger.device("dora"))
    await unknown.registered()
    pbx.expects_log("(?i)postgres|pgsql|sorcery realtime|config.c")
    await pbx.plant.postgres.stop()
    try:
        await hello(pbx)
        bob = await pbx.bob.dials("2001")
        alice = await pbx.alice.rings()
        await alice.answers()
        await alice.speaks("alice's voice")
        await bob.hears("alice's voice")
        await alice.hangs_up()
        await bob.ended()
        refused = await unknown.dials("2000")
        await refused.hears_speech()
        assert (await refused.ended(within=10)).sip_status == 503
    finally:
        await pbx.plant.postgres.start()
    # What could not be written has waited.
    trace = await pbx.trace_of(bob, within=15)
    assert [step.module for step in trace.steps] == ["user"]


async def test_the_runtime_finds_an_asterisk_that_was_restarted(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.plant.asterisk.stop()
    await pbx.plant.asterisk.start()
    await pbx.plant.runtime.ready()
    await hello(pbx)
