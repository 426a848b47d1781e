"""A leg: one channel's part in a call, followed from its first event to its last."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

from runtime.ari import (
    AriClient,
    CallerId,
    ChannelData,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelEvent,
    ChannelHangupRequest,
    ChannelHold,
    ChannelStateChange,
    ChannelTransfer,
    ChannelUnhold,
    Dial,
    Gap,
    Progress,
    StasisEnd,
    StasisStart,
    Subscription,
)
from runtime.errors import AriError, AriUnavailable, Gone, NotOurs
from runtime.telephony.causes import NORMAL_CLEARING
from runtime.telephony.digits import Digits
from runtime.telephony.moment import Moment, now
from runtime.telephony.sheet import Sheet

logger = logging.getLogger(__name__)


LEAVE_SECONDS = 2.0
"""How long a channel may take to end after its hangup was announced."""


TOLD_SECONDS = 1.0
"""How long Asterisk may take to tell a phone how its transfer goes."""

PLAYBACKS = 4
"""How many ids of playbacks a channel has; they play one after the other."""

ASTERISK_RESTARTED = "asterisk_restarted"
GAP = "gap"
VANISHED = "vanished"

Wish: TypeAlias = ChannelHold | ChannelUnhold | ChannelTransfer
"""What a phone may ask of the call that it is in."""

News: TypeAlias = Literal["answered", "bridged", "held", "resumed"]
"""What may become of a leg between its beginning and its end."""

# Never announced to anybody: whoever follows a leg ceases to when it comes by.
_HANDED_OVER = Gap(first=True)


@dataclass(frozen=True)
class Ended:
    """Why a leg ended: Q.850 cause (0: unknown) and, for SIP, the final status if any.

    `lost` when nobody saw it end: ASTERISK_RESTARTED, GAP when it ended while we were not
    connected, or VANISHED.
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

    `entered`, `ringing`, `progress` (early media) and `answered` are set as Asterisk reports them;
    `ended` is done when the channel is gone or has left us. Events may come in any order: each is
    taken for what it says. Another channel may take the place of this one's (INVITE with Replaces):
    then `id` and `channel` are others, and `on_replaced` is told before it is so.

    `on_wish` is told when the phone holds, resumes or asks for a transfer; without it, transfers
    are declined.
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
        self.started_at = now()
        self.entered = Moment()
        self.ringing = Moment()
        self.progress = Moment()
        self.answered = Moment()
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self.redirected_to: str | None = None
        """The number to which the phone sent the call instead of taking it (302)."""
        self.dialled: set[str] = set()
        """The ids of the legs that were dialled for it."""
        self.holds = False
        """Whether its phone holds the call."""
        self.held_by_us = False
        self.hung_up_by_us = False
        self.sheet = Sheet()
        self.party = CallerId()
        """Who is at the far end, as Asterisk knows it."""
        self.sip_call_id = ""
        self.ended_at: datetime | None = None
        self.on_wish: Callable[[Leg, Wish], None] | None = None
        self.on_replaced: Callable[[Leg, ChannelData], None] | None = None
        self.on_news: Callable[[Leg, News], None] | None = None
        self.handed_over = False
        """Whether it is, or was once, another call's than that for which it was made."""
        self._followed = False
        self._unfollowed = asyncio.Event()
        self._told = asyncio.Event()
        self._events = events
        self._originated = originated
        self._leaving = False
        self._unheard: _Hangup | None = None
        self._asked_with: int | None = None
        self._last = Ended()
        self._plays = itertools.count()
        if answered:
            self.answered.set()

    def tell(self, news: News) -> None:
        """Say to `on_news` what has become of it."""
        if self.on_news is not None:
            self.on_news(self, news)

    @property
    def gone(self) -> bool:
        """Whether nothing can be done with the channel any more."""
        return self.ended.done()

    async def follow(self) -> None:
        """Take the channel's events until it ends, or until it is handed over."""
        self._followed = True
        self._unfollowed.clear()
        handed_over = False
        try:
            while not self.ended.done() and not handed_over:
                event = await self._events.get()
                handed_over = event is _HANDED_OVER
                if not handed_over:
                    await self._take(event)
        finally:
            self._followed = False
            self._unfollowed.set()
            if not handed_over:
                self._events.close()

    async def hand_over(self) -> None:
        """Let nobody follow it any more: its new owner does so next, and misses nothing."""
        self.on_wish = None
        self.handed_over = True
        if self._followed and not self.gone:
            self._events.put(_HANDED_OVER)
            await self._unfollowed.wait()

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

    async def check(self) -> None:
        """Ask Asterisk whether the channel is still there, and end the leg when it is not."""
        await self._look(VANISHED)

    def new_playback(self) -> str:
        """Return the id of the next playback: one of few, so that others can stop it."""
        self.idle = False
        return playback_ids(self.id)[next(self._plays) % PLAYBACKS]

    def close(self) -> None:
        """Take no more events of a channel that nobody follows."""
        self._events.close()

    async def hang_up(self, cause: int | None = None) -> None:
        """Hang up with a Q.850 cause (None: normal clearing); fine when already gone.

        Without a connection it is done as soon as there is one again.
        """
        if self.gone:
            return
        self._unheard = None
        self._asked_with = cause
        self.hung_up_by_us = self.hung_up_by_us or not self._leaving
        try:
            await self.channel.hangup(reason_code=cause)
        except AriUnavailable as error:
            self._unheard = _Hangup(cause)
            logger.warning("channel %s: hangup failed for now: %s", self.id, error)
        except AriError as error:
            logger.warning("channel %s: hangup failed: %s", self.id, error)

    async def _take(self, event: object) -> None:
        match event:
            case ChannelEvent(channel=channel) if channel.id != self.id:
                await self._take_replacement(event)
            case ChannelDtmfReceived(digit=digit, arrived=arrived):
                self.digits.pressed(digit, arrived)
            case ChannelStateChange() | StasisStart() | Dial():
                self._take_progress(event)
            case ChannelHangupRequest(soft=True):
                # Its cause is Asterisk's own affair, and not why we hang up.
                if not self._leaving:
                    self._last = Ended(self._asked_with or NORMAL_CLEARING, self._last.sip_status)
                self._leaving = True
            case ChannelHangupRequest(cause=cause, tech_cause=status):
                self._leaving = True
                self._last = Ended(cause or self._last.cause, status or self._last.sip_status)
            case ChannelDestroyed(cause=cause, tech_cause=status):
                self._end(Ended(cause or self._last.cause, status or self._last.sip_status))
            case StasisEnd() if not self._originated:
                # Of a channel we did not originate nothing follows; of the others the cause does.
                self._end(self._last)
            case ChannelHold() | ChannelUnhold() | ChannelTransfer():
                await self._take_wish(event)
            case Gap(restarted=True):
                self._end(Ended(lost=ASTERISK_RESTARTED))
            case Gap():
                await self._look_after_gap()
            case _:
                pass

    def _take_progress(self, event: ChannelStateChange | StasisStart | Dial) -> None:
        match event:
            case StasisStart(channel=channel):
                self.party = channel.caller
                self.sip_call_id = channel.protocol_id or self.sip_call_id
                self.entered.set()
            case ChannelStateChange(channel=channel):
                self.sip_call_id = channel.protocol_id or self.sip_call_id
                if channel.state == "Ringing":
                    self.ringing.set()
                elif channel.state == "Up":
                    self.answered.set()
            case Dial(peer=peer, dialstatus=status, forward=number) if peer.id == self.id:
                if status == "PROGRESS":
                    self.progress.set()
                if number:
                    self.redirected_to = number

    async def _take_wish(self, wish: Wish) -> None:
        if isinstance(wish, ChannelTransfer):
            by = wish.referred_by.source_channel
            # Others of whom it speaks hear of it, too.
            if by is None or by.id != self.id:
                return
            if wish.state is not None:
                self._told.set()  # the echo of our report
                return
        else:
            self.holds = isinstance(wish, ChannelHold)
            self.tell("held" if self.holds else "resumed")
        if self.on_wish is not None:
            self.on_wish(self, wish)
        elif isinstance(wish, ChannelTransfer):
            await self.decline_transfer()

    async def _take_replacement(self, start: object) -> None:
        if not isinstance(start, StasisStart):
            return
        if start.replace_channel is None or start.replace_channel.id != self.id:
            return
        # It came by itself and is answered, whatever the old one was.
        old = self.channel
        if self.on_replaced is not None:
            self.on_replaced(self, start.channel)
        self._events.remove(self.id)
        self.id = start.channel.id
        self.party, self.sip_call_id = start.channel.caller, start.channel.protocol_id
        self.channel = self.ari.channel(self.id)
        self._originated = False
        self._leaving = self.holds = False
        self._asked_with = None
        self._last = Ended()
        self.entered.set()
        self.started_at = now()
        self.ringing.at = None
        self.answered.at = self.started_at
        self.answered.set()
        try:
            await old.hangup()  # out of the bridge, but nobody has hung it up
        except AriError as error:
            logger.warning("channel %s: hangup failed: %s", old.id, error)

    def _end(self, ended: Ended) -> None:
        if not self.ended.done():
            self.ended_at = now()
            self.ended.set_result(ended)

    async def tell_transferor(self, state: Progress) -> None:
        """Tell the phone how the transfer goes that it asked for; fine when it is gone.

        No answer to its REFER would leave its user in the dark. Returns when Asterisk has done it:
        were the channel hung up before, Asterisk 22 would look at freed memory, and may crash.
        """
        self._told.clear()
        if await self._tell(state):
            told = asyncio.create_task(self._told.wait())
            either: set[asyncio.Future[Any]] = {told, self.ended}
            await asyncio.wait(either, timeout=TOLD_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()

    async def decline_transfer(self) -> None:
        """Tell the phone that its transfer will not be."""
        await self._tell("channel_declined")

    async def _tell(self, state: Progress) -> bool:
        try:
            await self.channel.transfer_progress(state)
        except AriError as error:
            logger.info("channel %s: not told how its transfer goes: %s", self.id, error)
            return False
        return True

    async def _look_after_gap(self) -> None:
        if self._unheard is not None:
            await self.hang_up(self._unheard.cause)
        await self._look(GAP)

    async def _look(self, lost: str) -> None:
        channel_id = self.id
        try:
            details = await self.channel.details()
        except (Gone, NotOurs):
            if self.id == channel_id:
                self._end(replace(self._last, lost=lost))
        except AriError as error:
            logger.info("channel %s: not known whether it survived: %s", self.id, error)
        else:
            if details.state == "Up":
                self.answered.set()


async def one_of_them_ended(*legs: Leg) -> None:
    """Wait for the news that one of them has ended, which Asterisk has said already."""
    ended = {leg.ended for leg in legs}
    await asyncio.wait(ended, timeout=LEAVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)


def playback_ids(channel_id: str) -> tuple[str, ...]:
    """Return the ids that playbacks to a channel have.

    Asterisk lists no playbacks: whoever takes over a channel could not silence it otherwise.
    """
    return tuple(f"playback-{number}-{channel_id}" for number in range(PLAYBACKS))
