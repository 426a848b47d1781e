"""Playing a scene again and again, with something happening a turn of the loop later each time."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from runtime.callflow.action import Action
from runtime.simulator import Delays, Line, VirtualTimeLoop
from runtime.storage.calls import Trace
from tests.calls.pbx import Pbx, opened
from tests.calls.scenes import Scene

Happening = Callable[[Pbx, Line], None]


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

    def run_all(self, happening: Happening, *, every: int = 1) -> int:
        """Play it with the happening before each turn, or each `every`-th; return how often.

        Raises AssertionError naming the turn.
        """
        played = 0
        for turn in range(1, self.turns() + 1, every):
            try:
                self.run(happening, turn)
            except Exception as error:
                what = f"{happening.__name__} before turn {turn} of {self.scene}: {error}"
                raise AssertionError(what) from error
            played += 1
        return played

    def turns(self) -> int:
        """Return how many turns of the loop the scene takes by itself."""
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(self._play(None, None))[0]

    def undisturbed(self) -> Trace:
        """Play it as it is and return the trace."""
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(self._play(None, None))[1]

    def run(self, happening: Happening, turn: int) -> Trace:
        """Play the scene with a happening before that turn; return the trace."""
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(self._play(happening, turn))[1]

    async def _play(self, happening: Happening | None, turn: int | None) -> tuple[int, Trace]:
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
        return ended - began, trace
