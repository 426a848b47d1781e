"""Each script of commands on both, and all answers and events compared."""

import asyncio

import pytest

import tests.contract.snooping  # noqa: F401 - its scripts are among the others
from runtime.simulator import VirtualTimeLoop
from tests.calls.bench import bench
from tests.contract.stage import node
from tests.contract.wire import MISSING, SCRIPTS, Script, Stage
from tests.live.pbx import Pbx


async def really(pbx: Pbx, script: Script) -> object:
    """Play it on a real Asterisk: that of the telephones, which a call from the PBX reaches."""
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    ari = pbx.plant.telephones.ari
    await alice.channel.answer()
    await bob.answered()
    with ari.subscribe(alice.channel.id) as events:
        return await script(Stage(ari, alice.channel, events, bob.hangs_up))


def virtually(script: Script) -> object:
    """Play it on the virtual Asterisk, in a loop of its own."""

    async def play() -> object:
        async with bench() as here:
            here.sounds.missing.add(MISSING)
            line, channel = await here.caller()
            await asyncio.sleep(0.1)
            with here.ari.subscribe(channel.id) as events:
                return await script(Stage(here.ari, channel, events, line.hangs_up))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(play())


@pytest.mark.parametrize("name", sorted(SCRIPTS))
async def test_virtual_and_real_answer_alike(pbx: Pbx, name: str) -> None:
    pbx.expects_log("Playback failed for|Session already DISCONNECTED")
    imagined = await asyncio.to_thread(virtually, SCRIPTS[name])
    assert imagined == await really(pbx, SCRIPTS[name])
