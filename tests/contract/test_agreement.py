"""Each scenario on both, and what was experienced compared."""

import asyncio
from pathlib import Path

import pytest

from runtime.simulator import VirtualTimeLoop
from tests.calls.pbx import opened
from tests.contract import flows, forwards, groups, keys, menus, ringing, sounds
from tests.contract.experience import Experience, experience_of
from tests.contract.stage import SCENARIOS, Scenario
from tests.live.pbx import Pbx

CHAPTERS = (flows, forwards, groups, keys, menus, ringing, sounds)
EXPECTED_LOG = "Playback failed for|Session already DISCONNECTED"


async def really(pbx: Pbx, scenario: Scenario) -> Experience:
    """Play it on the real Asterisk."""
    await scenario(pbx)
    phones = {"alice": pbx.alice, "bob": pbx.bob, "carol": pbx.carol}
    return await experience_of(pbx, phones)


def virtually(audio: Path, scenario: Scenario) -> Experience:
    """Play it on the virtual Asterisk, in a loop of its own."""

    async def play() -> Experience:
        async with opened(audio) as pbx:
            await scenario(pbx)
            return await experience_of(pbx, pbx.phones)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(play())


@pytest.mark.parametrize("name", sorted(SCENARIOS))
async def test_virtual_and_real_agree(pbx: Pbx, tmp_path: Path, name: str) -> None:
    scenario = SCENARIOS[name]
    imagined = await asyncio.to_thread(virtually, tmp_path, scenario)
    pbx.expects_log(EXPECTED_LOG)
    assert imagined == await really(pbx, scenario)


def test_no_chapter_is_empty() -> None:
    told = {getattr(play, "__module__", "") for play in SCENARIOS.values()}
    assert told == {chapter.__name__ for chapter in CHAPTERS}
