"""A plant with room for hundreds of calls, and what is told of them at the end."""

from collections.abc import AsyncIterator

import pytest

from runtime.machine import AsteriskProgram
from tests.live.pbx import Pbx, opened
from tests.live.plant import Plant, plant
from tests.storm.callers import Callers

RTP_PORTS = 4000

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
async def big_plant(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Plant]:
    """Yield a plant with a PostgreSQL of its own, once for all storms."""
    state = tmp_path_factory.mktemp("storm")
    async with plant(asterisk_program, state, None, rtp_ports=RTP_PORTS) as running:
        yield running


@pytest.fixture
async def pbx(big_plant: Plant) -> AsyncIterator[Pbx]:
    """Yield the PBX with an account for this test alone."""
    async with opened(big_plant) as pbx:
        # Where the machine does much else besides, Asterisk falls behind for a moment.
        pbx.expects_log("taskprocessor.c: .* queue reached")
        yield pbx


@pytest.fixture
async def callers(big_plant: Plant) -> Callers:
    """Return SIPp."""
    return await Callers.of(big_plant.settings)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Return the lines that are shown at the end of the run, whatever became of the tests."""
    return request.config.stash.setdefault(_FIGURES, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show what was measured."""
    lines = config.stash.get(_FIGURES, [])
    if lines:
        terminalreporter.section("storm")
        for line in lines:
            terminalreporter.write_line(line)
