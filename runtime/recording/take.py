"""One take of a recording: a bridge with all that talk in it, or a leg with both its directions.

A leg is heard by a snoop channel, prompts and ringing included. What it hears in a bridge is not
left to that: Debian's Asterisk drops, in what a snoop channel hears, packets whose sequence number
is lower than that of an earlier source, for minutes, so that after a transfer or a prompt one of
the voices would be missing half of the time.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.ari import (
    Channel,
    ChannelDestroyed,
    Event,
    Gap,
    LiveRecording,
    RecordingFailed,
    RecordingFinished,
    StasisEnd,
    StasisStart,
    new_id,
)
from runtime.errors import AriError, Gone, MediaError
from runtime.recording.whereabouts import Whereabouts
from runtime.telephony import Leg, completed

logger = logging.getLogger(__name__)

ENTER_SECONDS = 5.0
"""How long the snoop channel may take to enter our application."""

FINISH_SECONDS = 5.0
"""How long a stopped recording may take to report its end."""


class Take:
    """A take in progress."""

    def __init__(self, live: LiveRecording, where: Whereabouts, snoop: Channel | None) -> None:
        self.live = live
        self._where = where
        self._snoop = snoop

    async def over(self, event: Event | None) -> bool:
        """Whether an event tells of its end; raises MediaError when it could not record."""
        if isinstance(event, RecordingFailed) and event.recording.name == self.live.name:
            raise MediaError(f"Asterisk could not record {self.live.name}")
        if isinstance(event, RecordingFinished) and event.recording.name == self.live.name:
            return True
        if self._snoop is not None and _left(event, self._snoop):
            return True
        return isinstance(event, Gap) and await self._ended_unseen()

    async def end(self) -> None:
        """Stop what still records."""
        try:
            if await self.live.stop():
                async with asyncio.timeout(FINISH_SECONDS):
                    while not _is_end(await self._where.next(), self.live.name):
                        pass
        except TimeoutError:
            logger.warning("recording %s did not report its end", self.live.name)
        except AriError as error:
            logger.info("recording %s could not be stopped: %s", self.live.name, error)

    async def _ended_unseen(self) -> bool:
        try:
            await self.live.details()
        except Gone:
            return True
        except AriError as error:
            logger.info("recording %s: not known whether it ended: %s", self.live.name, error)
        return False


@asynccontextmanager
async def take_of(
    leg: Leg, where: Whereabouts, name: str, *, audio_format: str, seconds: float
) -> AsyncIterator[Take]:
    """Record a leg where it is while the block runs, for so many seconds at most.

    Raises AriError, MediaError and TimeoutError when it does not begin.
    """
    ari = leg.ari
    bridge_id = where.of(leg)
    where.events.add(name)
    try:
        if bridge_id is not None:
            recording = ari.bridge(bridge_id).record(
                name, audio_format=audio_format, max_duration=seconds
            )
            take = Take(ari.live_recording(name), where, None)
            try:
                await completed(recording)
                yield take
            finally:
                await take.end()
        else:
            async with _snoop_of(leg, where) as snoop:
                take = Take(ari.live_recording(name), where, snoop)
                try:
                    await completed(
                        snoop.record(name, audio_format=audio_format, max_duration=seconds)
                    )
                    yield take
                finally:
                    await take.end()
    finally:
        where.events.remove(name)


@asynccontextmanager
async def _snoop_of(leg: Leg, where: Whereabouts) -> AsyncIterator[Channel]:
    snoop = leg.ari.channel(new_id("snoop"))
    where.events.add(snoop.id)
    try:
        await completed(leg.channel.snoop(snoop.id, spy="both", args=("recording",)))
        async with asyncio.timeout(ENTER_SECONDS):
            while not _has_entered(event := await where.next(), snoop):
                if _left(event, snoop):
                    raise MediaError("the channel ended")
        yield snoop
    finally:
        try:
            await snoop.hangup()
        except AriError as error:
            logger.info("channel %s: hangup failed: %s", snoop.id, error)
        where.events.remove(snoop.id)


def _has_entered(event: Event | None, snoop: Channel) -> bool:
    return isinstance(event, StasisStart) and event.channel.id == snoop.id


def _left(event: Event | None, snoop: Channel) -> bool:
    return isinstance(event, StasisEnd | ChannelDestroyed) and event.channel.id == snoop.id


def _is_end(event: Event | None, name: str) -> bool:
    ends = RecordingFinished | RecordingFailed
    return isinstance(event, ends) and event.recording.name == name
