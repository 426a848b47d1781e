"""One call as the person at a telephone lives through it."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from runtime.ari import (
    AriClient,
    CallerId,
    Channel,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    ChannelStateChange,
    Event,
    StasisEnd,
    StasisStart,
    Subscription,
)
from tests.live.ear import Ear
from tests.live.handset import Handset
from tests.live.tones import Tones, keys_in_audio

SOON = 6.0
"""Seconds within which what is due must happen, on a busy machine too."""

_CAUSE_OF_STATUS = {
    403: 21,
    404: 1,
    408: 18,
    480: 19,
    486: 17,
    488: 58,
    500: 38,
    503: 34,
    603: 16,
}


@dataclass(frozen=True)
class Ended:
    """How a call ended: SIP status (None for a call that was answered) and Q.850 cause."""

    sip_status: int | None
    cause: int | None


class Line:
    """A call seen from a telephone; `came_at` and `over_at` are when it said so.

    Each `hears` goes on where the last one stopped, so that a sequence of them asserts an order,
    and nothing is missed in between.
    """

    def __init__(
        self,
        ari: AriClient,
        session: aiohttp.ClientSession,
        channel: Channel,
        events: Subscription,
        tones: Tones,
        *,
        incoming: bool,
    ) -> None:
        self.channel = channel
        self.caller_id = CallerId()
        self.sip_call_id = ""
        self.gave_up = False
        self.keys_received = ""
        self.came_at: datetime | None = None
        self.over_at: datetime | None = None
        self._ari = ari
        self._session = session
        self._tones = tones
        self.incoming = incoming
        self._ear = Ear(tones)
        self._handset: Handset | None = None
        self._entered = asyncio.Event()
        self._up = asyncio.Event()
        self._over = asyncio.Event()
        self._ended = Ended(None, None)
        self._acted_at: float | None = None
        self._following = asyncio.create_task(self._follow(events))

    # What the person does.

    async def answers(self) -> None:
        """Take the call that rings."""
        await self.channel.answer()
        self._up.set()
        await self.lift()

    async def rejects(self, status: int = 486) -> None:
        """Refuse the call that rings, with a SIP status."""
        await self.channel.hangup(_CAUSE_OF_STATUS[status])

    async def presses(self, keys: str, *, seconds: float = 0.1) -> None:
        """Press keys one after the other, each for so many seconds."""
        self._acted_at = _now()
        await self.channel.dtmf(keys, between=0.1, duration=seconds)

    async def sounds(self, keys: str) -> None:
        """Press keys of an old telephone, which are tones in the audio; not while it speaks."""
        self._acted_at = _now()
        await self._lifted().sounds(keys_in_audio(keys))

    async def speaks(self, tone: str) -> None:
        """Speak a tone until `hushes`."""
        await self._lifted().speaks(self._tones.named(tone))

    async def hushes(self) -> None:
        """Stop speaking."""
        await self._lifted().hush()

    async def hangs_up(self) -> None:
        """Hang up, or give up waiting; returns when the call is over for this telephone."""
        self.gave_up = True
        await self.channel.hangup()
        await self.ended()

    async def entered(self) -> None:
        """Wait until the channel that was made can be used."""
        await self._await(self._entered.wait(), SOON, "not made")

    async def lift(self) -> None:
        """Hold the handset to the ear."""
        self._handset = await Handset.lift(self._ari, self._session, self.channel.id, self._ear)

    # What the person notices.

    async def hears(self, tone: str, within: float = SOON) -> None:
        """Wait for a tone; raises AssertionError telling what was heard instead."""
        await self._ear.hears(tone, within)

    @property
    def heard(self) -> list[str]:
        """What was heard so far, in order."""
        return self._ear.sequence()

    async def hears_speech(self, seconds: float = 0.4, within: float = SOON) -> None:
        """Wait for so many seconds of something that is no tone."""
        await self._ear.hears_speech(seconds, within)

    async def stops_hearing(self, tone: str, within: float) -> None:
        """Wait for the end of a tone, due so many seconds after the last key (else after now)."""
        since = self._acted_at if self._acted_at is not None else _now()
        await self._ear.stops_hearing(tone, since, within)

    async def silence(self, seconds: float) -> None:
        """Listen for so long; raises AssertionError when anything is heard."""
        await self._ear.hears_nothing(seconds)

    async def listens(self, seconds: float) -> Sequence[int]:
        """Return the samples of what is heard for so long from now on."""
        return await self._ear.listens(seconds)

    async def answered(self, within: float = SOON) -> None:
        """Wait until the far end has answered."""
        await self._await(self._up.wait(), within, "not answered")

    async def ended(self, within: float = SOON) -> Ended:
        """Wait until the call is over, and tell how it ended."""
        await self._await(self._over.wait(), within, "not over")
        return self._ended

    @property
    def is_answered(self) -> bool:
        """Whether the call has been answered."""
        return self._up.is_set()

    async def header(self, name: str) -> str | None:
        """Return a header of the INVITE with which the call came."""
        return await self.channel.get_variable(f"PJSIP_HEADER(read,{name})")

    async def clear(self) -> None:
        """End what is left of the call, at the end of the test."""
        if not self._over.is_set():
            self.gave_up = True
            await self.channel.hangup()
        await self._following

    async def _follow(self, events: Subscription) -> None:
        last = StasisEnd if self.incoming else ChannelDestroyed
        with events:
            async for event in events:
                self._note(event)
                if isinstance(event, last) and event.channel.id == self.channel.id:
                    self.over_at = event.timestamp
                    break
        self._ear.close(f"the call ended: {self._ended}")
        if self._handset is not None:
            await self._handset.put_down()
        self._over.set()

    def _note(self, event: Event) -> None:
        match event:
            case StasisStart():
                self._entered.set()
            case ChannelDtmfReceived(digit=digit):
                self.keys_received += digit
            case ChannelStateChange(channel=channel) if channel.state == "Up":
                self._up.set()
            case ChannelHangupRequest(cause=cause, tech_cause=status):
                self._ended = Ended(_failure(status), cause)
            case ChannelDestroyed(cause=cause, tech_cause=status):
                self._ended = Ended(_failure(status), cause)
            case _:
                return

    async def _await(self, waiting: Coroutine[Any, Any, Any], within: float, what: str) -> None:
        try:
            async with asyncio.timeout(within):
                await waiting
        except TimeoutError:
            raise AssertionError(f"{what} within {within} s; heard: {self._ear.story()}") from None

    def _lifted(self) -> Handset:
        if self._handset is None:
            raise AssertionError("the call has not been answered: nobody can speak")
        return self._handset


def _failure(status: int | None) -> int | None:
    return status if status is not None and status >= 300 else None


def _now() -> float:
    return asyncio.get_running_loop().time()
