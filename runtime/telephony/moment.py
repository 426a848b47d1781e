"""Something that happens once, and when."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime


class Moment(asyncio.Event):
    """An event that knows when it happened first; None: it has not yet."""

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime | None = None
        self.on_first: Callable[[], None] | None = None

    def set(self) -> None:
        """Let it have happened, now."""
        first = self.at is None
        if self.at is None:
            self.at = now()
        super().set()
        if first and self.on_first is not None:
            self.on_first()


def now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)
