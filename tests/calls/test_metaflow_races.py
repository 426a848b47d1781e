"""Anybody may hang up, or the runtime lose Asterisk, in any turn of what keys do: nothing is left.

A new action is raced without a line here.
"""

import asyncio
import gc
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runtime.simulator import Delays, Line, Phone, Script
from tests.calls.account import Node, node
from tests.calls.pbx import Errors, Pbx, metaflow_actions
from tests.calls.racing import (
    MOST,
    Race,
    both_hang_up,
    callee_hangs_up,
    caller_hangs_up,
    connection_blinks,
    runtime_ends,
)
from tests.calls.scenes import ANYTHING, Scene, value_of

EVENTS_FIRST = Delays(request=0.0005, answer=0.004, event=0.0001)
ANSWERS_FIRST = Delays(request=0.0001, answer=0.0001, event=0.004)

FEW = max(1, MOST // 20)
"""How often a scene is played with the same happening: there are many scenes."""

PRESSERS = ("alice", "bob")

# By the names of fields: what lets an action do something here.
_FIELDS = {
    "unbridged_only": False,
    "target_type": "user",
    "target_id": "carol",
    "target": "2003",
    "captures": ["2003"],
    "pitch": 2,
    "level": 2,
}


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


def third_hangs_up(pbx: Pbx, _caller: Line) -> None:
    """Let whoever came into the conversation later hang up or refuse."""
    for name in ("carol", "alice_desk", "bob_desk"):
        for line in pbx.phones[name].lines:
            line.put_down()


def called_hangs_up(pbx: Pbx, _caller: Line) -> None:
    """Let whoever was called first hang up, and nobody else."""
    for line in pbx.alice.lines:
        line.put_down()


HAPPENINGS = (
    caller_hangs_up,
    called_hangs_up,
    callee_hangs_up,
    both_hang_up,
    third_hangs_up,
    connection_blinks,
    runtime_ends,
)


@dataclass(frozen=True)
class Keys:
    """What alice or bob presses how many seconds after bob has dialled; None is a hangup."""

    presser: str
    at: float
    keys: str | None


def scene(name: str, does: Node, *presses: Keys, carol: Script | None = None) -> Scene:
    """Return bob's call to alice, in which `*1` means this for both."""
    metaflows = {"metaflows": {"numbers": {"1": does}, "digit_timeout": 300}}

    async def prepare(pbx: Pbx) -> None:
        home, loop = pbx.home, asyncio.get_running_loop()
        await home.callflow(numbers=["2003"], flow=node("user", id="carol"), name="to_carol")
        pbx.alice.script = Script(answers_after=0.2, talks_for=12, says="alice")
        pbx.carol.script = carol or Script(answers_after=0.5, talks_for=5)
        for user in PRESSERS:
            await home.user(user, **metaflows)
            await pbx.phone(
                f"{user}_desk", user=user, number=f"21{user}", answers_after=0.5, talks_for=3
            )
        for press in presses:
            loop.call_later(press.at, _press, getattr(pbx, press.presser), press.keys)

    return Scene(name, node("device", id="alice_phone"), {}, prepare)


def _press(phone: Phone, keys: str | None) -> None:
    line = phone.lines[0] if phone.lines else None
    if line is None or line.is_over:
        return
    if keys is None:
        line.put_down()
    else:
        line.type(keys)


def action_scene(module: str, presser: str) -> Scene:
    """Return a call in which an action is started by keys, and ended by one if that ends it."""
    schema = metaflow_actions()[module].data.model_json_schema()
    data = value_of(schema)
    assert isinstance(data, dict)
    data |= {name: value for name, value in _FIELDS.items() if name in schema["properties"]}
    for name in ("id", "text"):
        if name in schema["properties"]:
            data[name] = ANYTHING
    begins, ends = Keys(presser, 1.0, "*1"), Keys(presser, 3.0, "1")
    return scene(f"{module} by {presser}", node(module, **data), begins, ends)


def attended(name: str, presser: str, carol: Script, *presses: tuple[float, str | None]) -> Scene:
    """Return a call in which one asks carol, and then presses these."""
    does = node("transfer", target="2003", transfer_type="attended", timeout=4)
    begins = Keys(presser, 1.0, "*1")
    keys = [Keys(presser, at, what) for at, what in presses]
    return scene(f"{name}, by {presser}", does, begins, *keys, carol=carol)


_SOON = Script(answers_after=0.5, talks_for=5)
_NEVER = Script(answers_after=None)
_ATTENDED: list[tuple[str, Script, list[tuple[float, str | None]]]] = [
    ("completed", _SOON, [(3.0, None)]),
    ("completed while it rings", Script(answers_after=2, talks_for=3), [(1.9, None)]),
    ("taken back while it rings", _NEVER, [(2.5, "9*1")]),
    ("taken back while they talk", _SOON, [(3.0, "*1")]),
    ("not answered", _NEVER, []),
    ("refused", Script(rejects=486, rejects_after=0.4), []),
    ("nobody wants it any more", _NEVER, [(2.5, None)]),
]
ATTENDED = [
    attended(name, presser, carol, *presses)
    for name, carol, presses in _ATTENDED
    for presser in PRESSERS
]


def race(audio: Path, raced: Scene, **more: Any) -> None:
    """Let everything happen to it."""
    one = Race(raced, audio, **more)
    for happening in HAPPENINGS:
        one.run_all(happening, most=FEW)


@pytest.mark.parametrize("presser", PRESSERS)
@pytest.mark.parametrize("module", sorted(metaflow_actions()))
def test_any_action(audio: Path, module: str, presser: str) -> None:
    raced = action_scene(module, presser)
    trace = Race(raced, audio).undisturbed()
    by_keys = [step for step in trace.steps if step.path.startswith("*")]
    assert [(step.module, step.error) for step in by_keys][:1] == [(module, None)]
    race(audio, raced)


@pytest.mark.parametrize("raced", ATTENDED, ids=str)
def test_attended_transfer(audio: Path, raced: Scene) -> None:
    race(audio, raced)


@pytest.mark.parametrize("delays", [EVENTS_FIRST, ANSWERS_FIRST], ids=["events", "answers"])
@pytest.mark.parametrize("raced", ATTENDED, ids=str)
def test_whichever_is_faster_events_or_answers(audio: Path, raced: Scene, delays: Delays) -> None:
    Race(raced, audio, delays=delays).run_all(both_hang_up, most=FEW)
