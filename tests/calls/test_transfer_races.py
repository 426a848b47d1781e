"""Anybody may hang up, or the runtime lose Asterisk, in any turn of a transfer: nothing is left."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

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


def _later(seconds: float, act: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_later(seconds, act)


async def _office(pbx: Pbx) -> None:
    pbx.alice.script = Script(answers_after=1)
    pbx.carol.script = Script(answers_after=1, talks_for=3)
    for name, number in (("alice", "2001"), ("carol", "2003")):
        await pbx.home.callflow(numbers=[number], flow=node("user", id=name), name=f"to_{name}")


def _alice(pbx: Pbx) -> Line | None:
    return pbx.alice.lines[0] if pbx.alice.lines else None


async def _blind_by_the_called(pbx: Pbx) -> None:
    await _office(pbx)

    def transfer() -> None:
        if (line := _alice(pbx)) is not None:
            line.transfer("2003")

    _later(3, transfer)


async def _blind_by_the_caller(pbx: Pbx) -> None:
    await _office(pbx)
    _later(3, lambda: pbx.bob.lines[0].transfer("2003"))


async def _attended_by_the_called(pbx: Pbx) -> None:
    await _office(pbx)
    pbx.carol.script = Script(answers_after=1, talks_for=8)

    def consult() -> None:
        if (line := _alice(pbx)) is not None:
            line.hold()
            second = pbx.alice.dial("2003")
            _later(3, lambda: line.transfer_to_call(second))

    _later(3, consult)


async def _attended_by_the_caller(pbx: Pbx) -> None:
    await _office(pbx)
    pbx.carol.script = Script(answers_after=1, talks_for=8)

    def consult() -> None:
        line = pbx.bob.lines[0]
        line.hold()
        second = pbx.bob.dial("2003")
        _later(3, lambda: line.transfer_to_call(second))
        _later(30, second.put_down)

    _later(3, consult)


async def _into_a_menu(pbx: Pbx) -> None:
    await _office(pbx)
    await pbx.home.callflow(numbers=["2010"], flow=node("menu", id="main"))

    def consult() -> None:
        if (line := _alice(pbx)) is not None:
            second = pbx.alice.dial("2010")
            _later(1, lambda: line.transfer_to_call(second))

    _later(3, consult)
    _later(9, lambda: pbx.bob.lines[0].put_down())  # noqa: PLW0108 - no line yet


async def _replaced(pbx: Pbx) -> None:
    await _office(pbx)

    def take() -> None:
        if (line := _alice(pbx)) is not None and line.channel is not None and not line.is_over:
            taken = pbx.carol.take_over(line)
            _later(3, taken.put_down)

    _later(3, take)


def _scene(name: str, prepare: Callable[[Pbx], Awaitable[None]]) -> Scene:
    return Scene(name, node("user", id="alice"), {}, prepare)


SCENES = [
    _scene("the called sends the caller on", _blind_by_the_called),
    _scene("the caller sends the called on", _blind_by_the_caller),
    _scene("the called asks a colleague first", _attended_by_the_called),
    _scene("the caller asks a colleague first", _attended_by_the_caller),
    _scene("the caller is put into a menu", _into_a_menu),
    _scene("another phone takes a place", _replaced),
]


@pytest.mark.parametrize(
    "happening",
    [caller_hangs_up, callee_hangs_up, both_hang_up, connection_blinks, runtime_ends],
    ids=lambda h: h.__name__,
)
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_in_any_turn(audio: Path, scene: Scene, happening: Happening) -> None:
    assert Race(scene, audio).run_all(happening) > 10


@pytest.mark.parametrize("delays", [EVENTS_FIRST, ANSWERS_FIRST], ids=["events", "answers"])
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_whichever_is_faster_events_or_answers(audio: Path, scene: Scene, delays: Delays) -> None:
    Race(scene, audio, delays=delays).run_all(both_hang_up, every=2)
