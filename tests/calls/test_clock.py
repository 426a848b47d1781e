"""Virtual time."""

import asyncio
import time

import pytest

from runtime.simulator import Stalled, VirtualTimeLoop


def run(coroutine: object) -> object:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)  # type: ignore[arg-type]


def test_a_day_takes_no_time() -> None:
    async def sleep() -> float:
        await asyncio.sleep(24 * 3600)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert run(sleep()) == pytest.approx(24 * 3600)
    assert time.monotonic() - began < 1


def test_timeouts_come_in_their_order() -> None:
    async def scene() -> list[str]:
        said: list[str] = []

        async def say(what: str, after: float) -> None:
            await asyncio.sleep(after)
            said.append(what)

        try:
            async with asyncio.timeout(2.5), asyncio.TaskGroup() as group:
                for after in (3, 1, 2):
                    group.create_task(say(str(after), after))
        except TimeoutError:
            said.append("over")
        return said

    assert run(scene()) == ["1", "2", "over"]


def test_threads_are_done_at_once() -> None:
    async def scene() -> tuple[int, float]:
        made = await asyncio.to_thread(lambda: 42)
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)
        return made, asyncio.get_running_loop().time()

    assert run(scene()) == (42, 0.0)


def test_what_can_never_happen_is_told_at_once() -> None:
    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stalled, match="wait_for_ever"):
        run(wait_for_ever())


def test_something_can_happen_before_any_turn() -> None:
    async def scene() -> list[int]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        turns: list[int] = []
        loop.on_turn = turns.append
        for _ in range(3):
            await asyncio.sleep(1)
        loop.on_turn = None
        return turns

    turns = run(scene())
    assert isinstance(turns, list)
    assert turns == sorted(set(turns))
    assert len(turns) >= 3
