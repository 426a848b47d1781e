"""A leg: one channel's part in a call, followed from its first event to its last."""

import asyncio
import itertools
import logging
from dataclasses import dataclass, replace

from runtime.ari import (
    AriClient,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    ChannelStateChange,
    ChannelTransfer,
    Gap,
    StasisEnd,
    StasisStart,
    Subscription,
)
from runtime.errors import AriError, AriUnavailable, Gone, NotOurs
from runtime.telephony.digits import Digits

logger = logging.getLogger(__name__)


LEAVE_SECONDS = 2.0
"""How long a channel may take to end after its hangup was announced."""


PLAYBACKS = 4
"""How many ids of playbacks a channel has; they play one after the other."""

ASTERISK_RESTARTED = "asterisk_restarted"
GAP = "gap"


@dataclass(frozen=True)
class Ended:
    """Why a leg ended: Q.850 cause (0: unknown) and, for SIP, the final status if any.

    `lost` when nobody saw it end: ASTERISK_RESTARTED, or GAP when it ended while we were not
    connected.
    """

    cause: int = 0
    sip_status: int | None = None
    lost: str | None = None


@dataclass(frozen=True)
class _Hangup:
    """A hangup that Asterisk has not heard of."""

    cause: int | None


class Leg:
    """One channel of a call.

    `entered`, `ringing` and `answered` are set as Asterisk reports them; `ended` is done when the
    channel is gone or has left us. Events may come in any order: each is taken for what it says.
    """

    def __init__(
        self,
        ari: AriClient,
        channel_id: str,
        events: Subscription,
        *,
        originated: bool,
        answered: bool = False,
    ) -> None:
        self.ari = ari
        self.id = channel_id
        self.channel = ari.channel(channel_id)
        self.idle = True
        """Whether nothing was ever played or recorded here: then no command has to wait."""
        self.digits = Digits()
        self.entered = asyncio.Event()
        self.ringing = asyncio.Event()
        self.answered = asyncio.Event()
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._events = events
        self._originated = originated
        self._leaving = False
        self._unheard: _Hangup | None = None
        self._last = Ended()
        self._plays = itertools.count()
        if answered:
            self.answered.set()

    @property
    def gone(self) -> bool:
        """Whether nothing can be done with the channel any more."""
        return self.ended.done()

    async def follow(self) -> None:
        """Take the channel's events until it ends."""
        with self._events:
            while not self.ended.done():
                await self._take(await self._events.get())

    async def settled(self) -> None:
        """Return at once, or, when the party is hanging up, when it has.

        A hangup makes what plays fail before the channel ends: not a failure to act upon.
        """
        if self._leaving:
            await asyncio.wait({self.ended}, timeout=LEAVE_SECONDS)

    async def outlived(self) -> None:
        """Return when something of this channel is gone but the channel is not.

        What plays goes with its channel. When nobody saw that happen, the news of the one may be
        here before the news of the other, and would be taken for an end in due course.
        """
        try:
            await self.channel.details()
        except (Gone, NotOurs):
            await asyncio.wait({self.ended}, timeout=LEAVE_SECONDS)
        except AriError as error:
            logger.info("channel %s: not known whether it survived: %s", self.id, error)

    def new_playback(self) -> str:
        """Return the id of the next playback: one of few, so that others can stop it."""
        self.idle = False
        return playback_ids(self.id)[next(self._plays) % PLAYBACKS]

    def close(self) -> None:
        """Take no more events of a channel that was never followed."""
        self._events.close()

    async def hang_up(self, cause: int | None = None) -> None:
        """Hang up with a Q.850 cause (None: normal clearing); fine when already gone.

        Without a connection it is done as soon as there is one again.
        """
        if self.gone:
            return
        self._unheard = None
        try:
            await self.channel.hangup(reason_code=cause)
        except AriUnavailable as error:
            self._unheard = _Hangup(cause)
            logger.warning("channel %s: hangup failed for now: %s", self.id, error)
        except AriError as error:
            logger.warning("channel %s: hangup failed: %s", self.id, error)

    async def _take(self, event: object) -> None:
        match event:
            case ChannelDtmfReceived(digit=digit):
                self.digits.pressed(digit)
            case ChannelStateChange(channel=channel):
                if channel.state == "Ringing":
                    self.ringing.set()
                elif channel.state == "Up":
                    self.answered.set()
            case StasisStart():
                self.entered.set()
            case ChannelHangupRequest(cause=cause, tech_cause=status):
                self._leaving = True
                self._last = Ended(cause or self._last.cause, status or self._last.sip_status)
            case ChannelDestroyed(cause=cause, tech_cause=status):
                self._end(Ended(cause or self._last.cause, status or self._last.sip_status))
            case StasisEnd() if not self._originated:
                # Of a channel we did not originate nothing follows; of the others the cause does.
                self._end(self._last)
            case ChannelTransfer(state=None):
                await self._decline_transfer()
            case Gap(restarted=True):
                self._end(Ended(lost=ASTERISK_RESTARTED))
            case Gap():
                await self._look_after_gap()
            case _:
                pass

    def _end(self, ended: Ended) -> None:
        if not self.ended.done():
            self.ended.set_result(ended)

    async def _decline_transfer(self) -> None:
        # The phone waits for an answer to its REFER; no answer leaves its user in the dark.
        try:
            await self.channel.transfer_progress("channel_declined")
        except AriError as error:
            logger.info("channel %s: transfer could not be declined: %s", self.id, error)

    async def _look_after_gap(self) -> None:
        if self._unheard is not None:
            await self.hang_up(self._unheard.cause)
        try:
            details = await self.channel.details()
        except (Gone, NotOurs):
            self._end(replace(self._last, lost=GAP))
        except AriUnavailable:
            logger.info(
                "channel %s: not known whether it survived, asking at the next gap", self.id
            )
        else:
            if details.state == "Up":
                self.answered.set()


def playback_ids(channel_id: str) -> tuple[str, ...]:
    """Return the ids that playbacks to a channel have.

    Asterisk lists no playbacks: whoever takes over a channel could not silence it otherwise.
    """
    return tuple(f"playback-{number}-{channel_id}" for number in range(PLAYBACKS))
