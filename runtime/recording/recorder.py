"""One recording of a call: all that a leg says and hears, whatever becomes of it meanwhile."""

import asyncio
import logging
from collections.abc import Callable

from runtime.ari import LiveRecording
from runtime.errors import AriError, Gone, MediaError, NotOurs
from runtime.recording.archive import Archive
from runtime.recording.ledger import Pending
from runtime.recording.plan import Plan
from runtime.recording.take import Take, take_of
from runtime.recording.whereabouts import Whereabouts
from runtime.telephony import Leg

logger = logging.getLogger(__name__)

BEGIN_SECONDS = 2.0
"""How long a recording may take to begin while the flow waits for it."""

LEAVE_SECONDS = 2.0
"""How long a leg may take to end, or to be elsewhere, after what recorded it did."""

BETWEEN_SECONDS = 0.1
"""How long a leg may be in no bridge before it is recorded there: mostly it hangs up or enters one.
"""

SPILL_SECONDS = 0.2
"""How long sound that was heard already may be under way to the file: a recording is muted where it
is written, behind Asterisk's buffers, which hold 0.1 s and a few packets.
"""

SLACK_SECONDS = 5.0
"""How much longer than its limit a recording may run before it is stopped from here."""

Describe = Callable[[], Pending]
"""Tells what a recording that begins now is to be called, and where it goes."""

Amend = Callable[[Pending], Pending]
"""Tells what more is known of a recording at its end."""


class Recorder:
    """A recording in progress, or one that waits for the answer or for a conversation.

    `bridge_id` is where the leg talks already; `talks` is set while it does so with somebody.
    """

    def __init__(
        self,
        archive: Archive,
        plan: Plan,
        leg: Leg,
        describe: Describe,
        *,
        amend: Amend = lambda pending: pending,
        talks: asyncio.Event | None = None,
        bridge_id: str | None = None,
    ) -> None:
        self.plan = plan
        self._archive = archive
        self._leg = leg
        self._describe = describe
        self._amend = amend
        self._talks = talks or asyncio.Event()
        self._where = Whereabouts(leg.ari)
        self._where.follow(leg, bridge_id)
        self._masked = False
        self._mask_orders = 0
        self._live: LiveRecording | None = None
        self._begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(lambda _: self._where.close())

    @property
    def over(self) -> bool:
        """Whether nothing is recorded any more, nor will be."""
        return self._task.done()

    async def begun(self) -> str | None:
        """Wait a little until it records, and return its id; None when it waits for its moment.

        Raises MediaError when it cannot record.
        """
        if self.plan.when != "now":
            return None
        await asyncio.wait({self._begun}, timeout=BEGIN_SECONDS)
        known = self._begun.done() and not self._begun.cancelled()
        return self._begun.result() if known else None

    async def mask(self, *, on: bool) -> None:
        """Record silence instead of what follows, or again what there is.

        The end of a mask waits until what was to be masked has all gone by; an order given
        meanwhile takes its place.
        """
        self._mask_orders += 1
        if not on:
            order = self._mask_orders
            await asyncio.sleep(SPILL_SECONDS)
            if order != self._mask_orders:
                return
        self._masked = on
        if self._live is not None:
            await (self._live.mute() if on else self._live.unmute())

    async def transferred(self, remaining: Leg) -> None:
        """Learn that the recorded call goes on between others, one of them on this leg.

        Then it ends, or goes on with that leg, as it was planned.
        """
        if not self.plan.follows:
            await self.stop()
        elif remaining is not self._leg:
            self._where.follow(remaining, self._where.of(self._leg))
            self._leg = remaining
            self._where.stir()

    async def stop(self) -> None:
        """End it; what was recorded is delivered."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _run(self) -> None:
        pending: Pending | None = None
        loop = asyncio.get_running_loop()
        try:
            await self._moment()
            pending = self._describe()
            until = loop.time() + self.plan.seconds
            while (seconds := until - loop.time()) > 0:
                pending = pending.with_take(self._leg.ari.app)
                await self._archive.opened(pending)
                if not await self._take(pending, seconds):
                    break
        except (AriError, MediaError, TimeoutError) as error:
            self._failed(error)
        finally:
            if not self._begun.done():
                self._begun.cancel()
            if pending is not None:
                self._archive.closed(self._amend(pending))

    async def _moment(self) -> None:
        match self.plan.when:
            case "now":
                pass
            case "answer":
                await self._leg.answered.wait()
            case "bridge":
                await self._talks.wait()
        self._where.catch_up()

    async def _take(self, pending: Pending, seconds: float) -> bool:
        """Record the leg where it is, until it is elsewhere; False when there is no more."""
        leg, channel_id, place = self._leg, self._leg.id, self._where.of(self._leg)
        limit = asyncio.timeout(seconds + SLACK_SECONDS)
        try:
            async with (
                limit,
                take_of(
                    leg,
                    self._where,
                    pending.takes[-1],
                    audio_format=self.plan.asterisk_format,
                    seconds=seconds,
                ) as take,
            ):
                await self._begin(take, pending)
                while not self._moved(leg, channel_id, place):
                    if await take.over(await self._where.next()):
                        break
        except TimeoutError:
            if not limit.expired():
                raise
            logger.warning("recording %s ran longer than %g s", pending.id, seconds)
            return False
        except (Gone, NotOurs):
            if place is None and not self._begun.done():
                raise
            # The bridge or the leg went in this moment.
        finally:
            self._live = None
        return await self._more(leg, channel_id, place)

    async def _begin(self, take: Take, pending: Pending) -> None:
        self._live = take.live
        if self._masked:
            await take.live.mute()
        if not self._begun.done():
            self._begun.set_result(pending.id)

    def _moved(self, leg: Leg, channel_id: str, place: str | None) -> bool:
        """Whether another place is to be recorded: another bridge, or a channel in none."""
        if place is None and (self._leg is not leg or leg.id != channel_id):
            return True
        return self._where.of(self._leg) != place

    async def _more(self, leg: Leg, channel_id: str, place: str | None) -> bool:
        """Whether there is more to record, after a take of this leg in this place."""
        if not self._moved(leg, channel_id, place):
            # What recorded it is gone: the news of why may be under way.
            while not self._leg.gone and not self._moved(leg, channel_id, place):
                if not await self._where.news(self._leg, LEAVE_SECONDS):
                    return False
        while not self._leg.gone and self._where.of(self._leg) is None:
            if not await self._where.news(self._leg, BETWEEN_SECONDS):
                break
        return not self._leg.gone

    def _failed(self, error: Exception) -> None:
        problem = str(error) or "the snoop channel did not come"
        if self._begun.done():
            # Not worth a word when the leg hung up in this moment.
            level = logging.DEBUG if isinstance(error, Gone) else logging.WARNING
            logger.log(level, "a recording ended: %s", problem)
        elif self.plan.when == "now":
            self._begun.set_exception(MediaError(f"cannot record: {problem}"))
            self._begun.exception()  # nobody may be waiting
        else:
            logger.warning("cannot record: %s", problem)
