"""A bounded cache of what is known of accounts, kept true by change notices."""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from runtime.errors import StorageUnavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")

Key = tuple[str, ...]
"""The account's id first, then what it is within the account."""


Version = tuple[int, int]
"""Of an account: how often everything changed, and the account since then; later is greater."""

MAX_LOADS = 2
"""Of one value at the same time: one may hang, or have begun before the last change."""


@dataclass(frozen=True)
class _Entry(Generic[T]):
    value: T
    version: Version


@dataclass(eq=False)
class _Load(Generic[T]):
    """One reading of a value; `version` is the account's from before it, None until it begins."""

    version: Version | None
    task: asyncio.Task[T] = field(init=False)


class AccountCache(Generic[T]):
    """The last used `size` values; each is loaded once for all who wait for it.

    A change makes a value stale, not absent: while PostgreSQL is away the stale value still serves,
    so known accounts can be called; it also serves whoever has waited `patience` seconds for the
    new one. A value carries the version of its account from before it was read, so a change during
    the reading makes it stale at once.

    However fast the changes follow each other, a value is read at most twice at the same time.
    """

    def __init__(
        self, load: Callable[[Key], Awaitable[T]], size: int, *, patience: float | None = None
    ) -> None:
        self._load = load
        self._size = size
        self._patience = patience
        self._entries: OrderedDict[Key, _Entry[T]] = OrderedDict()
        self._loads: dict[Key, list[_Load[T]]] = {}
        self._epoch = 0
        self._changes: defaultdict[str, int] = defaultdict(int)

    async def get(self, key: Key) -> T:
        """Return the current value; raises StorageUnavailable when nothing is known."""
        version = self._version(key)
        entry = self._entries.get(key)
        if entry is None:
            return await asyncio.shield(self._loaded(key, version))
        self._entries.move_to_end(key)
        if entry.version == version:
            return entry.value
        load = self._loaded(key, version)
        await asyncio.wait({load}, timeout=self._patience)
        if not load.done():
            return entry.value
        try:
            return load.result()
        except StorageUnavailable:
            logger.warning("account %s: PostgreSQL is away, using what was last known", key[0])
            return entry.value

    def known(self, key: Key) -> T | None:
        """Return the value last read, current or not; None when there is none."""
        entry = self._entries.get(key)
        return None if entry is None else entry.value

    def changed(self, account_id: str) -> None:
        """Take what is known of the account for outdated."""
        self._changes[account_id] += 1

    def all_changed(self) -> None:
        """Take everything for outdated, as after a gap in the notices."""
        self._epoch += 1
        self._changes.clear()

    def _version(self, key: Key) -> Version:
        return self._epoch, self._changes.get(key[0], 0)

    def _loaded(self, key: Key, version: Version) -> asyncio.Task[T]:
        # A load that began before the last change may have read the old value: begin another.
        loads = self._loads.setdefault(key, [])
        if loads and loads[-1].version in (None, version):
            return loads[-1].task
        before = {load.task for load in loads}
        load = _Load[T](version if len(before) < MAX_LOADS else None)
        load.task = asyncio.create_task(self._run(key, load, before))
        load.task.add_done_callback(lambda _done: self._finished(key, load))
        loads.append(load)
        return load.task

    async def _run(self, key: Key, load: _Load[T], before: AbstractSet[asyncio.Task[T]]) -> T:
        version = load.version
        if version is None:
            await asyncio.wait(before, return_when=asyncio.FIRST_COMPLETED)
            version = load.version = self._version(key)
        value = await self._load(key)
        known = self._entries.get(key)
        if known is not None and known.version > version:
            return value  # a later load was faster
        self._entries[key] = _Entry(value, version)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)
        return value

    def _finished(self, key: Key, load: _Load[T]) -> None:
        loads = self._loads[key]
        loads.remove(load)
        if not loads:
            del self._loads[key]
        # A load whose callers have all hung up ends here, and nobody else asks for its error.
        task = load.task
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.debug("%s could not be loaded: %s", "/".join(key), error)
