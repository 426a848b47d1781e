"""The trace of every call: what ran, how long, what decided it; written off the call's path."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from runtime.callflow.journal import Journal
from runtime.callflow.lines import Entry
from runtime.callflow.spool import Spool
from runtime.errors import StorageError, StorageRefused
from runtime.storage.calls import CallRow, StepRow
from runtime.storage.cdrs import CdrRow

logger = logging.getLogger(__name__)

ABORTED = "aborted"
"""Outcome of a call that ended with Asterisk, the runtime or the connection between them."""

BATCH = 500
GATHER_SECONDS = 0.1
RETRY_SECONDS = 1.0
MAX_WAITING = 200_000
PATIENCE_SECONDS = 1.0
"""How long PostgreSQL may take to write a batch before it goes to disk instead."""


@dataclass
class Step:
    """One node that ran; `duration` in seconds, `inputs` are what decided its outcome."""

    call_id: str
    seq: int
    path: str
    module: str
    callflow_id: str
    callflow_revision: int
    started_at: datetime
    documents: dict[str, int] = field(default_factory=dict)
    duration: float = 0.0
    outcome: str = ""
    child: str | None = None
    error: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic, repr=False)

    def row(self) -> StepRow:
        """Return what is written of it."""
        return StepRow(
            call_id=self.call_id,
            seq=self.seq,
            path=self.path,
            module=self.module,
            started_at=self.started_at,
            callflow_id=self.callflow_id,
            callflow_revision=self.callflow_revision,
            documents=self.documents,
            duration=self.duration,
            outcome=self.outcome,
            child=self.child,
            error=self.error,
            inputs=self.inputs,
        )

    def end(self, outcome: str, child: str | None = None) -> None:
        """Note how it went and how long it took."""
        self.outcome = outcome
        self.child = child
        self.duration = time.monotonic() - self.began


def ended(
    call: CallRow, outcome: str, reason: str | None = None, cause: int | None = None
) -> CallRow:
    """Return the call with its end, which is now."""
    return replace(call, ended_at=datetime.now(UTC), outcome=outcome, reason=reason, cause=cause)


Write = Callable[[Sequence[CallRow], Sequence[StepRow]], Awaitable[None]]
WriteCdrs = Callable[[Sequence[CdrRow]], Awaitable[None]]
Observe = Callable[[Entry], None]


class TraceWriter:
    """Writes records and steps in batches, in order; while PostgreSQL is away they wait.

    They wait in `spool`, on disk, as long as it takes and over restarts; without one, or when the
    disk fails, in memory. `journal` is told of the calls in progress, `observe` of each entry.
    Without `write_cdrs` call detail records are dropped.
    """

    def __init__(
        self,
        write: Write,
        *,
        write_cdrs: WriteCdrs | None = None,
        spool: Spool | None = None,
        journal: Journal | None = None,
        observe: Observe | None = None,
    ) -> None:
        self._write = write
        self._write_cdrs = write_cdrs
        self._spool = spool
        self._journal = journal
        self._observe = observe
        self._waiting: deque[Entry] = deque()
        self._something = asyncio.Event()
        self._spooled = asyncio.Event()
        self._disk = asyncio.Lock()
        self._closing = False
        self._lost = 0
        if spool is not None and not spool.empty:
            self._spooled.set()

    @property
    def waiting(self) -> int:
        """Number of entries in memory."""
        return len(self._waiting)

    def record(self, entry: Entry) -> None:
        """Take an entry; never waits."""
        if self._observe is not None:
            self._observe(entry)
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append(entry)
        self._something.set()

    async def run(self) -> None:
        """Write for ever; ends after `close` when all is written or safe on disk."""
        async with asyncio.TaskGroup() as group:
            delivering = None
            if self._spool is not None:
                delivering = group.create_task(self._deliver(self._spool))
            await self._take()
            if delivering is not None:
                delivering.cancel()

    def close(self) -> None:
        """Write what waits and end `run`."""
        self._closing = True
        self._something.set()

    async def _take(self) -> None:
        while not (self._closing and not self._waiting):
            await self._something.wait()
            if not self._closing:
                await asyncio.sleep(GATHER_SECONDS)  # the steps of one moment go in one batch
            if not await self._flush():
                if self._closing:
                    break
                await asyncio.sleep(RETRY_SECONDS)
        if self._waiting:
            logger.error("trace: %d entries could not be written", len(self._waiting))

    async def _flush(self) -> bool:
        self._something.clear()
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            await self._note(batch)
            try:
                await self._write_or_spool(batch)
            except (StorageError, OSError) as error:
                self._waiting.extendleft(reversed(batch))
                self._something.set()
                logger.warning("trace: %d entries wait: %s", len(self._waiting), error)
                return False
            if self._lost:
                logger.error("trace: %d old entries were dropped while it was away", self._lost)
                self._lost = 0
        return True

    async def _note(self, batch: Sequence[Entry]) -> None:
        calls = [entry for entry in batch if isinstance(entry, CallRow)]
        if self._journal is None or not calls:
            return
        try:
            await asyncio.to_thread(self._journal.note, calls)
        except OSError as error:
            logger.warning("trace: calls in progress are not on disk: %s", error)

    async def _write_or_spool(self, batch: Sequence[Entry]) -> None:
        spool = self._spool
        if spool is None:
            await self._write_batch(batch)
            return
        if spool.empty:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._write_batch(batch)
            except (StorageError, TimeoutError) as error:
                reason = str(error) or "PostgreSQL is slow"
                logger.warning("trace: what calls do is kept on disk: %s", reason)
            else:
                return
        # Behind what is there already, so that all arrives in its order.
        async with self._disk:
            await asyncio.to_thread(spool.append, batch)
        self._spooled.set()

    async def _deliver(self, spool: Spool) -> None:
        while True:
            await self._spooled.wait()
            try:
                async with self._disk:
                    entries, mark = await asyncio.to_thread(spool.oldest, BATCH)
                await self._write_batch(entries)
                async with self._disk:
                    await asyncio.to_thread(spool.done, mark)
            except (StorageError, OSError) as error:
                logger.info("trace: %d bytes wait on disk: %s", spool.bytes, error)
                await asyncio.sleep(RETRY_SECONDS)
            if spool.empty:
                self._spooled.clear()
                logger.info("trace: all that was kept on disk is written")

    async def _write_batch(self, batch: Sequence[Entry]) -> None:
        if not batch:
            return
        try:
            calls = [entry for entry in batch if isinstance(entry, CallRow)]
            steps = [entry for entry in batch if isinstance(entry, StepRow)]
            cdrs = [entry for entry in batch if isinstance(entry, CdrRow)]
            if calls or steps:
                await self._write(calls, steps)
            if cdrs and self._write_cdrs is not None:
                await self._write_cdrs(cdrs)
        except StorageRefused as error:
            # One entry that can never be written must not take the others with it.
            if len(batch) == 1:
                logger.error("trace: refused for good: %s: %s", batch[0], error)  # noqa: TRY400
                return
            half = len(batch) // 2
            await self._write_batch(batch[:half])
            await self._write_batch(batch[half:])
