"""Long work shares the turns of the event loop, a slice of each."""

import asyncio
import time

from runtime.callflow.pace import Pace
from runtime.simulator import VirtualTimeLoop
from tests.turns import watched

PIECE = 0.0005
"""Seconds of CPU time that one piece of work takes."""


def work() -> None:
    until = time.thread_time() + PIECE
    while time.thread_time() < until:
        pass


async def test_all_who_work_share_one_slice_of_a_turn() -> None:
    pace = Pace()
    ended: list[str] = []

    async def long_work(name: str, pieces: int) -> None:
        for _ in range(pieces):
            await pace.turn()
            work()
        ended.append(name)

    async with watched() as turns:
        large = [long_work(f"large {i}", 60) for i in range(10)]
        await asyncio.gather(*large, long_work("small", 5))
    # 605 pieces, of which a turn has time for six or so; ten slices in one would be 30 ms.
    assert turns.count > 40
    assert turns.longest < 0.02
    # Nobody waits until the others have finished.
    assert ended[0] == "small"


def test_in_virtual_time_work_takes_none_so_that_a_play_is_always_the_same() -> None:
    async def scene() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        pace = Pace()
        before = loop.turns
        for _ in range(40):
            await pace.turn()
            work()
        return loop.turns - before

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(scene()) == 0
