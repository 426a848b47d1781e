"""A bounded cache of what is known of accounts, kept true by change notices."""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from runtime.errors import StorageUnavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")

Key = tuple[str, ...]
"""The account's id first, then what it is within the account."""


@dataclass(frozen=True)
class _Entry(Generic[T]):
    value: T
    version: tuple[int, int]


class AccountCache(Generic[T]):
    """The last used `size` values; each is loaded once for all who wait for it.

    A change makes a value stale, not absent: while PostgreSQL is away the stale value still serves,
    so known accounts can be called. A value carries the version of its account from before it was
    read, so a change during the reading makes it stale at once.
    """

    def __init__(self, load: Callable[[Key], Awaitable[T]], size: int) -> None:
        self._load = load
        self._size = size
        self._entries: OrderedDict[Key, _Entry[T]] = OrderedDict()
        self._loading: dict[Key, tuple[tuple[int, int], asyncio.Task[T]]] = {}
        self._epoch = 0
        self._changes: defaultdict[str, int] = defaultdict(int)

    async def get(self, key: Key) -> T:
        """Return the current value; raises StorageUnavailable when nothing is known."""
        version = self._version(key)
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            if entry.version == version:
                return entry.value
        try:
            return await asyncio.shield(self._loaded(key, version))
        except StorageUnavailable:
            if entry is None:
                raise
            logger.warning("account %s: PostgreSQL is away, using what was last known", key[0])
            return entry.value

    def changed(self, account_id: str) -> None:
        """Take what is known of the account for outdated."""
        self._changes[account_id] += 1

    def all_changed(self) -> None:
        """Take everything for outdated, as after a gap in the notices."""
        self._epoch += 1
        self._changes.clear()

    def _version(self, key: Key) -> tuple[int, int]:
        return self._epoch, self._changes.get(key[0], 0)

    def _loaded(self, key: Key, version: tuple[int, int]) -> asyncio.Task[T]:
        # A load that began before the last change may have read the old value: begin another.
        known = self._loading.get(key)
        if known is not None and known[0] == version:
            return known[1]
        task = asyncio.create_task(self._load_entry(key, version))
        self._loading[key] = (version, task)
        task.add_done_callback(lambda done: self._finished(key, done))
        return task

    async def _load_entry(self, key: Key, version: tuple[int, int]) -> T:
        value = await self._load(key)
        known = self._entries.get(key)
        if known is not None and known.version == self._version(key) != version:
            return value  # a later load was faster
        self._entries[key] = _Entry(value, version)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)
        return value

    def _finished(self, key: Key, task: asyncio.Task[T]) -> None:
        current = self._loading.get(key)
        if current is not None and current[1] is task:
            del self._loading[key]
        # A load whose callers have all hung up ends here, and nobody else asks for its error.
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.debug("%s could not be loaded: %s", "/".join(key), error)
