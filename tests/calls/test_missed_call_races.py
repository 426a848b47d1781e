"""Mail that is promised for the end of a call, while everybody may hang up at any moment."""

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.calls.account import Node, node
from tests.calls.pbx import Errors
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

SALES = node("play", id="sales")
THING: Node = node("user", {"_": SALES}, id=ANYTHING)
BOSS = {"type": "email", "id": "boss@home.example"}


@pytest.fixture(autouse=True)
def nobody_forgets_an_error() -> Iterator[None]:
    """Fail when an exception of a task was never looked at."""
    forgotten: list[str] = []
    handler = Errors(forgotten)
    logging.getLogger().addHandler(handler)
    yield
    gc.collect()
    logging.getLogger().removeHandler(handler)
    assert not forgotten, "\n".join(forgotten)


SCENES = [
    Scene(
        "a call that nobody answers",
        node("missed_call_alert", {"_": node("sleep", duration=2)}, recipients=[BOSS]),
        outside=True,
    ),
    Scene(
        "a call that somebody answers",
        node("missed_call_alert", {"_": THING}, recipients=[BOSS]),
        outside=True,
    ),
]


@pytest.mark.parametrize(
    "happening",
    [caller_hangs_up, callee_hangs_up, both_hang_up, connection_blinks, runtime_ends],
    ids=lambda h: h.__name__,
)
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_whoever_hangs_up_nothing_is_left(audio: Path, scene: Scene, happening: Happening) -> None:
    Race(scene, audio).run_all(happening, every=1 if happening is caller_hangs_up else 3)
