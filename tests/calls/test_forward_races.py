"""Forwarded calls, while everybody may hang up at any moment: nothing is left, and no error."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.simulator import Delays, Line, Script
from tests.calls.account import node
from tests.calls.pbx import Errors, Pbx
from tests.calls.racing import (
    Happening,
    Race,
    both_hang_up,
    callee_hangs_up,
    caller_hangs_up,
    connection_blinks,
    runtime_ends,
)
from tests.calls.scenes import Scene

EVENTS_FIRST = Delays(request=0.0005, answer=0.004, event=0.0001)
ANSWERS_FIRST = Delays(request=0.0001, answer=0.0001, event=0.004)

CAROL = Script(rings_after=0.05, answers_after=0.5, talks_for=2, says="carol")
SALES = node("play", id="sales")

Prepare = Callable[[Pbx], Awaitable[None]]


def stage(carol: Script, alice: Script | None = None, **forward: Any) -> Prepare:
    """Let alice forward to carol, and both do what their scripts say."""

    async def prepare(pbx: Pbx) -> None:
        await pbx.home.prompt_tone("ivr-group_confirm", seconds=0.5)
        await pbx.home.callflow(numbers=["2003"], flow=node("device", id="carol_phone"))
        if forward:
            said = {"enabled": True, "number": "2003", "require_keypress": False, **forward}
            await pbx.home.device("alice", user="alice", number="2001", call_forward=said)
        pbx.carol.script = carol
        pbx.alice.script = alice or Script()

    return prepare


def scene(name: str, prepare: Prepare) -> Scene:
    """Call alice's device for three seconds."""
    flow = node("device", {"_": SALES}, id="alice_phone", timeout=3)
    return Scene(name, flow, {}, prepare)


SCENES = [
    scene("to a number that answers", stage(CAROL, substitute=True)),
    scene(
        "to somebody who presses the key",
        stage(
            Script(answers_after=0.3, talks_for=3, presses="51", presses_after=0.7),
            require_keypress=True,
        ),
    ),
    scene(
        "to a mailbox, while the phone is answered",
        stage(
            Script(answers_after=0.2, says="mailbox", talks_for=9),
            Script(answers_after=1, talks_for=1),
            require_keypress=True,
            substitute=False,
        ),
    ),
    scene("by the phone itself", stage(CAROL, Script(redirects="2003"))),
    scene("to a number that refuses", stage(Script(rejects=486), substitute=False)),
    scene(
        "not at all, but with early media",
        stage(CAROL, Script(early="wait", early_after=0.3, answers_after=1, talks_for=1)),
    ),
    scene(
        "not at all, with early media and no answer",
        stage(CAROL, Script(early="wait", early_after=0.3, rejects=480, rejects_after=1)),
    ),
]


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


@pytest.mark.parametrize("raced", SCENES, ids=str)
@pytest.mark.parametrize(
    "happening",
    [caller_hangs_up, callee_hangs_up, both_hang_up, connection_blinks, runtime_ends],
    ids=lambda h: h.__name__,
)
def test_anything_happens_at_any_moment(audio: Path, raced: Scene, happening: Happening) -> None:
    assert Race(raced, audio).run_all(happening, every=3)


@pytest.mark.parametrize("raced", SCENES, ids=str)
@pytest.mark.parametrize("delays", [EVENTS_FIRST, ANSWERS_FIRST], ids=["events", "answers"])
def test_whatever_is_faster(audio: Path, raced: Scene, delays: Delays) -> None:
    assert Race(raced, audio, delays=delays).run_all(caller_hangs_up, every=7)


@pytest.mark.parametrize("raced", SCENES, ids=str)
def test_undisturbed_it_is_as_it_should_be(audio: Path, raced: Scene) -> None:
    trace = Race(raced, audio).undisturbed()
    assert trace.steps[0].module == "device"
    assert trace.call.outcome == "completed"


def the_connection_is_cut_and_the_caller_goes(pbx: Pbx, caller: Line) -> None:
    """Lose the connection, and the caller meanwhile; one whom nobody has heard of just goes."""
    if not pbx.house.asterisk.wire.log:
        caller.put_down()
        return
    pbx.house.asterisk.cut(0.5)
    asyncio.get_running_loop().call_later(0.1, caller.put_down)


@pytest.mark.parametrize("raced", SCENES[:4], ids=str)
def test_nobody_sees_the_caller_go(audio: Path, raced: Scene) -> None:
    assert Race(raced, audio).run_all(the_connection_is_cut_and_the_caller_goes, every=5)
