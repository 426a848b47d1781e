"""Everybody may hang up at any moment of a recorded call: nothing is left, nothing is lost."""

from pathlib import Path
from typing import Any

import pytest

from runtime.simulator import Line
from runtime.simulator.house import APP
from tests.calls.account import node
from tests.calls.pbx import Pbx
from tests.calls.racing import (
    Happening,
    Race,
    both_hang_up,
    callee_hangs_up,
    caller_hangs_up,
    connection_blinks,
    runtime_ends,
)
from tests.calls.scenes import ANYTHING, Scene

TALK = node("user", id=ANYTHING)
ALWAYS = {"any": {"any": {"enabled": True, "format": "wav"}}}


def record(**data: Any) -> Any:
    """Return a flow that is recorded and ends in a conversation."""
    play = node("play", {"_": TALK}, id="welcome")
    return node("record_call", {"_": play}, format="wav", **data)


async def _recorded_by_all(pbx: Pbx) -> None:
    account = pbx.house.documents.accounts[pbx.home.id]
    account.doc = {**account.doc, "call_recording": {"account": ALWAYS, "endpoint": ALWAYS}}
    pbx.house.documents.routing.changed(pbx.home.id)


STOPPED = node("record_call", {"_": TALK}, action="stop")
SCENES = [
    Scene("a recorded call", record()),
    Scene("recorded from the conversation on", record(record_on_bridge=True)),
    Scene("recorded until a stop", node("record_call", {"_": STOPPED}, format="wav")),
    Scene("recorded by account, caller and called", TALK, {}, _recorded_by_all),
    Scene("a recorded caller", node("record_caller", {"_": TALK}, format="wav"), {4.0: "1"}),
]


@pytest.mark.parametrize(
    "happening",
    [caller_hangs_up, callee_hangs_up, both_hang_up, connection_blinks, runtime_ends],
    ids=lambda h: h.__name__,
)
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_nothing_is_left(audio: Path, scene: Scene, happening: Happening) -> None:
    assert Race(scene, audio).run_all(happening, every=2) > 10


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_all_that_asterisk_recorded_is_kept(audio: Path, scene: Scene) -> None:
    played: list[Pbx] = []

    def hangs_up(pbx: Pbx, caller: Line) -> None:
        played.append(pbx)
        caller_hangs_up(pbx, caller)

    assert Race(scene, audio).run_all(hangs_up, every=3) > 10
    for pbx in played:
        recorded = pbx.house.asterisk.switch.recorded
        names = {one.name.rpartition("-")[0] for one in recorded}
        assert names == {f"{APP}/{pbx.home.id}/{name}" for name in pbx.house.recordings.kept}
    assert any(pbx.house.recordings.kept for pbx in played)
