"""The keys a party presses: whoever listens last gets them, else they wait as type-ahead."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

ALL_KEYS: Final = frozenset("0123456789*#")


class Digits:
    """Digits of one leg, in the order in which they were pressed.

    Those that nobody listens to go to `unclaimed`, and to `overheard` with the time (s, of the
    monotonic clock) at which they arrived, when these are set.
    """

    def __init__(self) -> None:
        self.unclaimed: Callable[[str], None] | None = None
        self.overheard: Callable[[str, float], None] | None = None
        self._listeners: list[asyncio.Queue[str]] = []

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[str]]:
        """Receive every digit from now on, until the block ends."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            yield queue
        finally:
            self._listeners.remove(queue)

    def pressed(self, digit: str, arrived: float) -> None:
        """Take a digit from the wire."""
        if self._listeners:
            self._listeners[-1].put_nowait(digit)
            return
        if self.unclaimed is not None:
            self.unclaimed(digit)
        if self.overheard is not None:
            self.overheard(digit, arrived)
