"""An event loop whose clock jumps to the next timer as soon as nothing is ready: virtual time."""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Stalled(RuntimeError):
    """Nothing is ready and no timer runs: what is awaited can never happen."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Runs coroutines unchanged, hours of them in milliseconds, always in the same order.

    `time()` begins at 0. Work for threads is done at once, in the loop's own thread, so that the
    clock cannot run away from it. `on_turn` is called before each turn of the loop with its number:
    between any two awaits something can be made to happen. Raises Stalled where a real loop would
    wait for ever.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self.turns = 0
        self.on_turn: Callable[[int], None] | None = None
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def turn(self, seconds: float | None) -> None:
        """Take note of a turn of the loop and let the time pass that it would wait."""
        self.turns += 1
        if self.on_turn is not None:
            self.on_turn(self.turns)
        if seconds is not None and seconds > 0:
            self._now += seconds

    def run_in_executor(
        self,
        executor: Executor | None,  # noqa: ARG002 - there are no threads here
        func: Callable[[Unpack[Ts]], T],
        *args: *Ts,
    ) -> asyncio.Future[T]:
        """Call the function at once; its result is ready in the next turn."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the result
            done.set_exception(error)
        return done


class _Jumping(selectors.BaseSelector):
    """A selector that never waits: what would be waited for is added to the clock."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop = loop
        self._real = selectors.SelectSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout == 0:
            # There is work; what comes from outside, a signal at most, comes after it.
            self._loop.turn(0)
            return []
        ready = self._real.select(0)
        if ready:
            self._loop.turn(0)
            return ready
        self._loop.turn(timeout)
        if timeout is None and not self._woken():
            raise Stalled(_waiting(self._loop))
        return ready

    def _woken(self) -> bool:
        # on_turn may have made something ready.
        return bool(self._loop._ready)  # type: ignore[attr-defined] # noqa: SLF001 - no other way

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


def _waiting(loop: asyncio.AbstractEventLoop) -> str:
    tasks = sorted(str(task.get_coro()) for task in asyncio.all_tasks(loop))
    return f"nothing will happen any more; {len(tasks)} tasks wait: {'; '.join(tasks)}"
