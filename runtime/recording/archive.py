"""Where recordings go when they are finished, whatever is away meanwhile."""

import asyncio
import logging
from collections.abc import Callable
from random import Random, SystemRandom

from runtime.ari import AriClient
from runtime.errors import AriError, AriUnavailable, StorageError, UploadError
from runtime.recording.delivery import Delivery, Keep
from runtime.recording.ledger import Ledger, Pending
from runtime.recording.orphans import orphans_of
from runtime.recording.plan import Policy
from runtime.recording.upload import Carrier
from runtime.telephony import completed

logger = logging.getLogger(__name__)

SIDE_BY_SIDE = 2
"""How many recordings are delivered at a time: each is in memory as a whole."""

RETRIES = 5
RETRY_SECONDS = (60.0, 600.0)
"""Kazoo's: a server that does not take a recording is asked again so often, after a random time."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""How long all wait when Asterisk or PostgreSQL is away, twice as long each time."""

UNANSWERED = 3
"""After so many requests for one recording that Asterisk did not answer, the others go on."""


class Archive:
    """Takes recordings that are finished and brings each to where it belongs.

    What is under way is written down in `ledger`, so that a later run goes on with it; without
    one, only what is on Asterisk's disk is found again.
    """

    def __init__(
        self,
        ari: AriClient,
        keep: Keep,
        carrier: Carrier,
        *,
        policy: Policy | None = None,
        ledger: Ledger | None = None,
        random: Random | None = None,
    ) -> None:
        self.policy = policy or Policy()
        self._ari = ari
        self._ledger = ledger
        self._random = random or SystemRandom()
        self._delivery = Delivery(ari, keep, carrier, self._came_far)
        self._known: set[str] = set()
        self._progress: dict[str, Pending] = {}
        self._failures: dict[str, int] = {}
        self._unanswered: dict[str, int] = {}
        self._finished: asyncio.Queue[Pending] = asyncio.Queue()
        self._timers: set[asyncio.TimerHandle] = set()
        self._pause = FIRST_PAUSE
        self._resume_at = 0.0

    @property
    def waiting(self) -> int:
        """How many recordings are finished and not delivered yet."""
        return self._finished.qsize() + len(self._timers)

    async def opened(self, pending: Pending) -> None:
        """Write down a recording, or one more take of it, before it is begun."""
        self._known.add(pending.id)
        await self._note(pending)

    def closed(self, pending: Pending) -> None:
        """Take a recording that is finished; never waits."""
        self._known.add(pending.id)
        self._finished.put_nowait(pending)

    async def run(self) -> None:
        """Deliver for ever, first what an earlier run has left."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._recover())
                for _ in range(SIDE_BY_SIDE):
                    group.create_task(self._deliver())
        finally:
            for timer in self._timers:
                timer.cancel()

    async def _deliver(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            pending = await self._finished.get()
            await asyncio.sleep(max(0.0, self._resume_at - loop.time()))
            try:
                await self._try(pending)
            except (StorageError, AriUnavailable) as error:
                level = logging.WARNING if self._pause == FIRST_PAUSE else logging.INFO
                logger.log(level, "recordings wait (%d): %s", self.waiting + 1, error)
                self._resume_at = loop.time() + self._pause
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
                self._finished.put_nowait(pending)
            except Exception:
                # One that fails in a way nobody thought of must not keep the others waiting.
                logger.exception("recording %s waits for the next start", pending.id)
            else:
                self._pause = FIRST_PAUSE

    async def _try(self, pending: Pending) -> None:
        failures = self._failures.get(pending.id, 0)
        pending = self._progress.get(pending.id, pending)
        try:
            await self._delivery.deliver(pending, last=failures >= RETRIES)
        except (UploadError, AriError) as error:
            if isinstance(error, AriUnavailable) and self._all_have_to_wait(pending):
                raise
            seconds = self._random.uniform(*RETRY_SECONDS)
            logger.info("recording %s is tried again in %.0f s: %s", pending.id, seconds, error)
            self._failures[pending.id] = failures + 1
            self._later(seconds, pending)
            return
        self._failures.pop(pending.id, None)
        self._unanswered.pop(pending.id, None)
        self._progress.pop(pending.id, None)
        self._known.discard(pending.id)
        await self._forget(pending)

    def _all_have_to_wait(self, pending: Pending) -> bool:
        """Whether it is not this recording alone that Asterisk does not answer for.

        A connection that has just broken still counts as one for a moment.
        """
        tries = self._unanswered[pending.id] = self._unanswered.get(pending.id, 0) + 1
        if tries <= UNANSWERED or not self._ari.is_connected:
            return True
        del self._unanswered[pending.id]
        return False

    def _later(self, seconds: float, pending: Pending) -> None:
        def again() -> None:
            self._timers.discard(timer)
            self._finished.put_nowait(pending)

        timer = asyncio.get_running_loop().call_later(seconds, again)
        self._timers.add(timer)

    async def _recover(self) -> None:
        """Find what an earlier run has left: written down, or only on Asterisk's disk."""
        left = await self._left()
        for pending in left:
            self.closed(pending)
        while True:
            await self._ari.wait_connected()
            try:
                orphans = await orphans_of(self._ari, self.policy.audio_format, self._known)
            except AriUnavailable:
                await asyncio.sleep(FIRST_PAUSE)
                continue
            except AriError as error:
                logger.warning("recordings of an earlier run could not be looked for: %s", error)
                orphans = ()
            break
        for pending in orphans:
            self.closed(pending)
        if left or orphans:
            logger.warning(
                "%d recordings of an earlier run are delivered", len(left) + len(orphans)
            )

    async def _left(self) -> list[Pending]:
        if self._ledger is None:
            return []
        try:
            left = await asyncio.to_thread(self._ledger.left)
        except OSError as error:
            logger.warning("recordings of an earlier run cannot be read: %s", error)
            return []
        return [pending for pending in left if pending.id not in self._known]

    async def _came_far(self, pending: Pending) -> None:
        self._progress[pending.id] = pending
        await self._note(pending)

    async def _note(self, pending: Pending) -> None:
        if self._ledger is not None:
            await self._on_disk(self._ledger.write, pending)

    async def _forget(self, pending: Pending) -> None:
        if self._ledger is not None:
            await self._on_disk(self._ledger.remove, pending)

    @staticmethod
    async def _on_disk(act: Callable[[Pending], None], pending: Pending) -> None:
        try:
            # To the end, so that nothing is written behind the back of what follows.
            await completed(asyncio.to_thread(act, pending))
        except OSError as error:
            logger.warning("recording %s is not in the ledger: %s", pending.id, error)
