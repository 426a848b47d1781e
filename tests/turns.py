"""How long the event loop stands still by its own work: waiting for the CPU does not count."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """The longest turn of the event loop so far, in seconds of CPU time."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.count = 0

    async def watch(self) -> None:
        """Be there in each turn, for ever."""
        before = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            self.longest = max(self.longest, now - before)
            self.count += 1
            before = now


@asynccontextmanager
async def watched() -> AsyncIterator[Turns]:
    """Watch the loop during the block, without what the test process itself has in memory.

    The garbage collector would go through the modules of all tests; production spares it that too.
    """
    gc.collect()
    gc.freeze()
    turns = Turns()
    watching = asyncio.create_task(turns.watch())
    await asyncio.sleep(0)
    try:
        yield turns
        await asyncio.sleep(0)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        gc.unfreeze()
