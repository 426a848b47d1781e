"""Lamps after a restart: of the runtime, of Asterisk, and without PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from runtime.machine import AsteriskProgram
from tests.live.pbx import Pbx, opened
from tests.live.plant import Plant, plant
from tests.live.test_lamps import manual, office, panel_of, presses_code, talk

pytestmark = pytest.mark.xdist_group("outage")

CRASHED = "Playback failed for|Web socket closed abruptly|WebSocket read error|from web socket"


@pytest.fixture(scope="module")
async def own_plant(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Plant]:
    """Yield a plant of which no other test is disturbed by what breaks."""
    async with plant(asterisk_program, tmp_path_factory.mktemp("lamps"), None) as running:
        yield running


@pytest.fixture
async def pbx(own_plant: Plant) -> AsyncIterator[Pbx]:
    async with opened(own_plant) as pbx:
        yield pbx


async def test_a_runtime_that_crashed_puts_the_lamps_right_when_it_is_back(pbx: Pbx) -> None:
    await office(pbx)
    await manual(pbx)
    pbx.expects_log(CRASHED)
    async with panel_of(pbx, pbx.home) as panel:
        alice, lunch = await panel.watches("alice"), await panel.watches("44")
        await presses_code(pbx.bob, "*644")
        await lunch.shows("busy")
        lines = await talk(pbx)
        await alice.shows("busy")
        await pbx.plant.runtime.crash()
        for line in lines:  # while nobody looks
            await line.hangs_up()
        await pbx.plant.runtime.start()
        await alice.shows("idle")
        assert lunch.shown[-1] == "busy"


async def test_what_is_written_while_the_runtime_is_away_is_shown_when_it_is_back(pbx: Pbx) -> None:
    async with panel_of(pbx, pbx.home) as panel:
        lunch = await panel.watches("lunch")
        await pbx.plant.runtime.stop()
        document = {f"lunch@{pbx.home.realm}": "confirmed"}
        await pbx.home.document("manual_presence", "manual_presence", document)
        stranger = await pbx.account("stranger")
        await pbx.plant.runtime.start()
        await lunch.shows("busy")
        async with panel_of(pbx, stranger) as other:
            await other.watches("2001")  # an account of which Asterisk had not heard


async def test_lamps_outlive_a_restart_of_asterisk(pbx: Pbx) -> None:
    await office(pbx)
    await manual(pbx)
    pbx.expects_log(CRASHED)
    async with panel_of(pbx, pbx.home) as panel:
        alice, lunch = await panel.watches("alice"), await panel.watches("44")
        await presses_code(pbx.bob, "*644")
        await lunch.shows("busy")
        bob, line = await talk(pbx)
        await alice.shows("busy")
        await pbx.plant.asterisk.stop()
        await pbx.plant.asterisk.start()
        await pbx.plant.runtime.ready()
        for ended in (bob, line):
            ended.gave_up = True
            await ended.clear()
        # Who subscribed before need not do so again: Asterisk remembers the subscription.
        await alice.shows("idle")
        await presses_code(pbx.bob, "*744")
        await lunch.shows("idle")
        await (await panel.watches("alice")).shows("idle")
        bob, line = await talk(pbx)
        await alice.shows("busy")
        await bob.hangs_up()
        await line.ended()
        await alice.shows("idle")


async def test_telephones_are_shown_while_postgresql_is_away(pbx: Pbx) -> None:
    assert pbx.plant.postgres is not None
    await office(pbx)
    pbx.expects_log("(?i)postgres|pgsql|sorcery realtime|config.c")
    credentials = await pbx.home.device("panel")
    # By then Asterisk has read the new device, which it must not do while PostgreSQL is away.
    await (await pbx.phone(credentials)).registered()
    async with panel_of(pbx, pbx.home, credentials) as panel:
        alice = await panel.watches("alice")
        bob, line = await talk(pbx)  # from then on the account is known
        await bob.hangs_up()
        await line.ended()
        await pbx.plant.postgres.stop()
        try:
            bob, line = await talk(pbx)
            await alice.shows("busy")
            late = await panel.watches("bob")
            await late.shows("busy")
            await bob.hangs_up()
            await line.ended()
            await alice.shows("idle")
            await late.shows("idle")
        finally:
            await pbx.plant.postgres.start()
        document = {f"lunch@{pbx.home.realm}": "confirmed"}
        await pbx.home.document("manual_presence", "manual_presence", document)
        lunch = await panel.watches("lunch")
        await lunch.shows("busy", within=15)


async def test_an_asterisk_that_started_without_postgresql_gets_its_lamps_later(pbx: Pbx) -> None:
    assert pbx.plant.postgres is not None
    await office(pbx)
    pbx.expects_log("(?i)postgres|pgsql|sorcery|config.c|Failed recreating")
    document = {f"lunch@{pbx.home.realm}": "confirmed"}
    await pbx.home.document("manual_presence", "manual_presence", document)
    async with panel_of(pbx, pbx.home) as panel:
        await (await panel.watches("lunch")).shows("busy")
        await pbx.plant.asterisk.stop()
        await pbx.plant.postgres.stop()
        try:
            await pbx.plant.asterisk.start()
        finally:
            await pbx.plant.postgres.start()
        await pbx.plant.runtime.ready()
        again = await panel.watches("lunch", within=20)
        await again.shows("busy")
