"""A real conversation in which keys that start something are kept from the other party."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime.machine import AsteriskProgram
from tests.live.account import node
from tests.live.pbx import Pbx, opened
from tests.live.plant import Plant, plant
from tests.live.talking import BOTH_WAYS, pressing, talk


@pytest.fixture(scope="module")
async def own_plant(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Plant]:
    """Yield a plant whose runtime has settings of its own."""
    async with plant(asterisk_program, tmp_path_factory.mktemp("keys"), None) as running:
        await running.runtime.stop()
        await running.runtime.start(PASS_KEYS_ON="no", REDACT_KEYS="yes")
        yield running


@pytest.fixture
async def pbx(own_plant: Plant) -> AsyncIterator[Pbx]:
    async with opened(own_plant) as pbx:
        yield pbx


@BOTH_WAYS
async def test_the_other_hears_only_keys_that_start_nothing(pbx: Pbx, presser: str) -> None:
    await pbx.home.media_tone("jingle", seconds=1)
    flows = pressing(n5=node("play", id="jingle", leg="self"))
    who, other = await talk(pbx, presser, flows)
    await who.presses("7")
    await who.presses("*5")
    await who.hears("jingle")
    await asyncio.sleep(1.2)
    await who.presses("98")
    await asyncio.sleep(1)
    assert other.keys_received == "798"
    await who.hangs_up()
    await other.ended()


async def test_what_is_captured_is_hidden(pbx: Pbx) -> None:
    flows = {"metaflows": {"patterns": {r"^2(\d+)$": node("transfer")}}}
    bob, _ = await talk(pbx, "bob", flows)
    await bob.presses("*24711")
    await asyncio.sleep(3)  # six keys, and the time-out
    await bob.hangs_up()
    trace = await pbx.trace_of(bob)
    assert [step.path for step in trace.steps] == ["/", "*2••••"]
    assert "4711" not in repr(trace.steps)
