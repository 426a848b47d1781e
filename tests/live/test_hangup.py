"""Callers who hang up in the middle: nothing is left, and the trace has the end."""

import pytest

from tests.live.account import Node, node
from tests.live.pbx import Pbx


@pytest.mark.parametrize(
    "module",
    [
        node("play", id="music"),
        node("menu", id="main"),
        node("sleep", duration=30),
        node("audio_macro", macros=[{"macro": "play", "id": "music"}]),
        node("disa", preconnect_audio="music"),
        node("directory", id="staff"),
        node("collect_dtmf", max_digits=9, timeout=60_000),
        node("send_dtmf", digits="1234567890", duration_ms=1000),
        node("dead_air"),
        node("wait_for_hangup"),
    ],
    ids=lambda module: str(module["module"]),
)
async def test_in_the_middle_of_a_node(pbx: Pbx, module: Node) -> None:
    await pbx.home.media_tone("intro", seconds=8)
    await pbx.home.media_tone("music", seconds=8)
    await pbx.home.menu("main", greeting="music")
    await pbx.home.document("directory", "staff", {"name": "Staff"})
    await pbx.home.user("alice", last_name="Demo", directories={"staff": "nowhere"})
    await pbx.home.sound("en-us/dir-enter_person_name", pbx.tones.named("music"), seconds=8)
    flow = node("play", {"_": module}, id="intro")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("intro")
    await caller.presses("1")
    await caller.stops_hearing("intro", within=0.5)
    if module["module"] in ("play", "menu", "audio_macro", "directory"):
        await caller.hears("music")
    await caller.hangs_up()
    await pbx.nothing_left(within=3)
    trace = await pbx.trace_of(caller)
    assert trace.call.ended_at is not None
    assert trace.steps[-1].outcome == "hung_up"


async def test_while_early_media_plays(pbx: Pbx) -> None:
    await pbx.home.media_tone("music", seconds=8)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="music", answer=False))
    caller = await pbx.bob.dials("2000")
    await caller.hears("music")
    await caller.hangs_up()
    await pbx.nothing_left(within=2)
    assert (await pbx.trace_of(caller)).steps[-1].outcome == "hung_up"


async def test_while_it_rings_and_while_they_talk(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    for talk in (False, True):
        bob = await pbx.bob.dials("2001")
        alice = await pbx.alice.rings()
        if talk:
            await alice.answers()
            await alice.speaks("alice's voice")
            await bob.hears("alice's voice")
        await bob.hangs_up()
        await alice.ended(within=2)
        await pbx.nothing_left(within=2)
        assert (await pbx.trace_of(bob)).call.ended_at is not None
