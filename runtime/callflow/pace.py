"""Long work on the event loop, a few milliseconds of it in each turn, whoever does it."""

import asyncio

SLICE_SECONDS = 0.003


class Pace:
    """Shared by all who have long work: together they take one slice of each turn of the loop.

    Time is the loop's, so in virtual time work takes none and a play is always the same.
    """

    def __init__(self) -> None:
        self._began: float | None = None
        self._queue = asyncio.Lock()

    async def turn(self) -> None:
        """Wait, before each small piece of work, until this turn of the loop has time for it."""
        if self._used_up():
            # In order of arrival: a large account must not keep the small ones waiting.
            async with self._queue:
                while self._used_up():  # noqa: ASYNC110 - the next turn of the loop is meant
                    await asyncio.sleep(0)

    def _used_up(self) -> bool:
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._began is None:
            self._began = now
            loop.call_soon(self._next_turn)
        return now - self._began >= SLICE_SECONDS

    def _next_turn(self) -> None:
        self._began = None
