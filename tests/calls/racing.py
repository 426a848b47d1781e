"""Playing a scene again and again, with something happening a turn of the loop later each time."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import Context
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple, Unpack
from zlib import crc32

from runtime.callflow.action import Action
from runtime.simulator import Delays, Line, VirtualTimeLoop
from runtime.storage.calls import Trace
from tests.calls.pbx import Pbx, opened
from tests.calls.records import one_of_each_channel
from tests.calls.scenes import Scene

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Happening = Callable[[Pbx, Line], None]

MOST = int(os.environ.get("PLAYS", "40"))
"""How often a scene is played with the same happening; PLAYS=1000 leaves out no turn of any."""


def caller_hangs_up(_pbx: Pbx, caller: Line) -> None:
    """Let the caller hang up."""
    caller.put_down()


def callee_hangs_up(pbx: Pbx, caller: Line) -> None:
    """Let all phones that are called hang up or refuse."""
    for line in [line for phone in pbx.phones.values() for line in phone.lines]:
        if line is not caller:
            line.put_down()


def both_hang_up(pbx: Pbx, caller: Line) -> None:
    """Let all who take part hang up in one moment."""
    callee_hangs_up(pbx, caller)
    caller.put_down()


def connection_blinks(pbx: Pbx, _caller: Line) -> None:
    """Lose the connection to Asterisk for half a second."""
    pbx.house.asterisk.cut(0.5)


def runtime_ends(pbx: Pbx, caller: Line) -> None:
    """End the program in order; a call that it has not heard of gives up instead."""
    if pbx.house.asterisk.wire.log:
        pbx.house.shut_down()
    else:
        caller.put_down()


AT_THE_PHONES = (caller_hangs_up, callee_hangs_up, both_hang_up)
"""What only telephones do: the runtime hears of it later, by Asterisk's timers."""


class _Turns(VirtualTimeLoop):
    """Notes before each turn what makes it differ from the one before it for the telephones.

    While no time passes and no timer is set, only the runtime goes on by itself. Whatever a
    telephone does meanwhile, Asterisk does the same thing at the same time, so each of these turns
    has the same consequences: tried out, their events and requests were equal to the last one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.timers = 0
        self.seen: list[tuple[float, int]] = []

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self.timers += 1
        return super().call_at(when, callback, *args, context=context)

    def turn(self, seconds: float | None) -> None:
        self.seen.append((self.time(), self.timers))
        super().turn(seconds)

    def different(self, began: int, ended: int) -> list[int]:
        """Return the turns that differ from the one before, counted from `began`."""
        self.seen.append((self.time(), self.timers))
        found: list[int] = []
        last: object = None
        for turn in range(began + 1, ended + 1):
            now, after = self.seen[turn - 1 : turn + 1]
            # What happens just before the clock jumps happens with what comes next.
            situation = (now, after[0] > now[0])
            if situation != last:
                found.append(turn - began)
            last = situation
        return found


def _in_virtual_time(play: Coroutine[Any, Any, T], loop: VirtualTimeLoop) -> T:
    """Run a play, as asyncio.Runner does but without its care for Ctrl-C, which costs time."""
    try:
        return loop.run_until_complete(play)
    except BaseException:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        raise
    finally:
        loop.close()


class Race:
    """One scene, and how often something can happen in it."""

    def __init__(
        self,
        scene: Scene,
        audio: Path,
        *,
        delays: Delays | None = None,
        more: Mapping[str, Action] | None = None,
    ) -> None:
        self.scene = scene
        self._audio = audio
        self._delays = delays
        self._more = more
        self._turns: dict[bool, Sequence[int]] = {}

    def run_all(self, happening: Happening, *, every: int = 1, most: int = MOST) -> int:
        """Play it with the happening before each turn, or each `every`-th; return how often.

        What telephones do happens only before turns in which that can make a difference. Of more
        than `most` turns some are left out, evenly, and others for each happening. Raises
        AssertionError naming the turn.
        """
        turns = self.turns(differing=happening in AT_THE_PHONES)[::every]
        if (count := len(turns)) > most:
            shift = crc32(happening.__name__.encode()) % count
            turns = [turns[(i * count + shift) // most] for i in range(most)]
        for turn in turns:
            try:
                self.run(happening, turn)
            except Exception as error:
                what = f"{happening.__name__} before turn {turn} of {self.scene}: {error}"
                raise AssertionError(what) from error
        return len(turns)

    def turns(self, *, differing: bool = False) -> Sequence[int]:
        """Return the turns that the scene takes by itself, or only those that differ."""
        if not self._turns:
            # The first play of all makes the audio, which takes turns of its own.
            _in_virtual_time(self._play(None, None), VirtualTimeLoop())
            loop = _Turns()
            began, ended, _ = _in_virtual_time(self._play(None, None), loop)
            self._turns[True] = loop.different(began, ended)
            self._turns[False] = range(1, ended - began + 1)
        return self._turns[differing]

    def undisturbed(self) -> Trace:
        """Play it as it is and return the trace."""
        return _in_virtual_time(self._play(None, None), VirtualTimeLoop())[2]

    def run(self, happening: Happening, turn: int) -> Trace:
        """Play the scene with a happening before that turn; return the trace."""
        return _in_virtual_time(self._play(happening, turn), VirtualTimeLoop())[2]

    async def _play(self, happening: Happening | None, turn: int | None) -> tuple[int, int, Trace]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        async with AsyncExitStack() as stack:
            pbx = await stack.enter_async_context(
                opened(self._audio, delays=self._delays, more=self._more)
            )
            caller = await self.scene.begin(pbx)
            began = loop.turns
            if happening is not None and turn is not None:
                moment = began + turn

                def happen(now: int) -> None:
                    if now == moment:
                        happening(pbx, caller)

                loop.on_turn = happen
            await caller.ended(within=1000)
            ended = loop.turns
            trace = await pbx.trace_of(caller)
            assert trace.call.outcome, trace
            assert all(step.outcome for step in trace.steps), trace.steps
            loop.on_turn = None
            # Before the phones hang up whatever they still have.
            await pbx.nothing_left()
            await one_of_each_channel(pbx)
        return began, ended, trace
