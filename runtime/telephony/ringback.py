"""What a caller hears while it rings: the usual tone, media, or the phone's own early media."""

import asyncio
import logging

from runtime.ari import MIXING, Bridge, new_id
from runtime.errors import AriError, Gone
from runtime.telephony.completed import completed
from runtime.telephony.leg import Leg
from runtime.telephony.prompt import playing
from runtime.telephony.target import Attempt

logger = logging.getLogger(__name__)


class Ringback:
    """One attempt's; whoever makes it closes it."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._caller = attempt.caller
        self._rings = attempt.silent
        self._media: asyncio.Task[None] | None = None
        self._bridge: Bridge | None = None

    async def start(self) -> None:
        """Let the caller hear that it rings, from the first time on."""
        if self._rings:
            return
        self._rings = True
        if self._attempt.ringback:
            self._media = asyncio.create_task(self._play())
        else:
            await self._ring()

    async def pass_on(self, leg: Leg) -> None:
        """Let the caller hear what a leg that is not answered sends.

        When it answers, Asterisk answers the caller. Asterisk before 22.6 cannot open early media,
        so there an unanswered caller hears it only if something was played to him before.
        """
        if self._bridge is not None:
            return
        if self._rings:
            await self._stop_ringing()
        self._rings = True
        bridge = self._bridge = self._caller.ari.bridge(new_id("early"))
        try:
            if not self._caller.answered.is_set():
                await self._caller.channel.progress()
        except AriError as error:
            logger.info("channel %s: no early media: %s", self._caller.id, error)
        try:
            await completed(bridge.create(MIXING, name=self._caller.ari.app))
            # The phone was told who calls: what the caller's channel is called must not change it.
            await completed(
                bridge.add(self._caller.id, leg.id, inhibit_connected_line_updates=True)
            )
        except AriError as error:
            logger.info("channel %s: early media is not heard: %s", leg.id, error)

    async def close(self) -> None:
        """End it: until then the caller's channel can do nothing else."""
        if self._media is not None:
            self._media.cancel()
            await asyncio.wait({self._media})
        if self._bridge is not None:
            try:
                await self._bridge.destroy()
            except AriError as error:
                logger.warning("bridge %s could not be destroyed: %s", self._bridge.id, error)
        if self._rings:
            await self._stop_ringing()

    async def _play(self) -> None:
        try:
            while True:
                async with playing(self._caller, self._attempt.ringback) as finished:
                    # Not awaited itself: its end must be seen when this is cancelled.
                    await asyncio.wait({finished})
                if not finished.result():
                    break
        except Gone:
            return
        except AriError as error:
            logger.info("channel %s: ringback cannot be played: %s", self._caller.id, error)
        await self._ring()

    async def _ring(self) -> None:
        try:
            await self._caller.channel.ring()
        except AriError as error:
            logger.info("channel %s: cannot be told that it rings: %s", self._caller.id, error)

    async def _stop_ringing(self) -> None:
        # Before the answer a ringing indication costs nothing; after it Asterisk plays a tone.
        if self._caller.gone or not self._caller.answered.is_set():
            return
        try:
            await self._caller.channel.ring_stop()
        except AriError as error:
            logger.info("channel %s: ringing could not be stopped: %s", self._caller.id, error)
