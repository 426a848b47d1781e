"""Playing media to one leg, until it ends or a key stops it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from runtime.ari import Gap, Playback, PlaybackFinished, Subscription
from runtime.errors import AriError, Gone
from runtime.telephony.completed import completed
from runtime.telephony.digits import ALL_KEYS
from runtime.telephony.leg import Leg

logger = logging.getLogger(__name__)

CHECK_SECONDS = 30.0
"""How long a playback may be silent before Asterisk is asked whether it still exists."""

STOP_SECONDS = 2.0
"""How long a stopped playback may take to report its end."""


@asynccontextmanager
async def playing(
    leg: Leg, media: Sequence[str], language: str | None = None
) -> AsyncIterator["asyncio.Task[bool]"]:
    """Play while the block runs; the task ends with the media: True, or False when it failed.

    Leaving the block stops what still plays and waits for its end, since until then Asterisk
    neither answers the channel nor moves it. Raises Gone when the channel is.
    """
    playback_id = leg.new_playback()
    playback = leg.ari.playback(playback_id)
    with leg.ari.subscribe(playback_id) as events:
        await completed(leg.channel.play(playback_id, media, language=language))
        finished = asyncio.create_task(_finished(leg, playback, events))
        try:
            yield finished
        finally:
            if finished.cancelled():
                # With whoever awaited it; it still plays.
                finished = asyncio.create_task(_finished(leg, playback, events))
            try:
                if not finished.done() and not leg.gone:
                    await _stop(playback, finished)
            finally:
                finished.cancel()
                # The task's own error, if any, has been seen by whoever awaited it in the block.
                await asyncio.wait({finished})


async def play(
    leg: Leg,
    media: Sequence[str],
    *,
    language: str | None = None,
    stop_on: frozenset[str] = ALL_KEYS,
    heard: Callable[[str], None] | None = None,
) -> tuple[str | None, bool]:
    """Play to the end or until a key of `stop_on`; every key goes to `heard`.

    Returns the key that stopped it (or None) and whether the media could be played.
    """
    with leg.digits.listen() as keys:
        async with playing(leg, media, language) as finished:
            while True:
                key = await next_key(keys, finished)
                if key is None:
                    played = await finished
                    if not played:
                        await leg.settled()
                    return None, played
                if heard is not None:
                    heard(key)
                if key in stop_on:
                    break
        while heard is not None and not keys.empty():
            heard(keys.get_nowait())  # pressed while it was being stopped
        return key, True


async def next_key(keys: "asyncio.Queue[str]", finished: "asyncio.Task[bool]") -> str | None:
    """Return the next key, or None when the media ends before one is pressed."""
    getting = asyncio.create_task(keys.get())
    try:
        await asyncio.wait({getting, finished}, return_when=asyncio.FIRST_COMPLETED)
        return getting.result() if getting.done() else None
    finally:
        getting.cancel()


async def _finished(leg: Leg, playback: Playback, events: Subscription) -> bool:
    while True:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                event = await events.get()
        except TimeoutError:
            event = None
        if isinstance(event, PlaybackFinished):
            return event.playback.state != "failed"
        if event is None or isinstance(event, Gap):
            # Some media never report their end, and an end may have fallen into a gap.
            try:
                await playback.details()
            except Gone:
                await leg.outlived()
                return True
            except AriError as error:
                logger.info("playback %s: not known whether it ended: %s", playback.id, error)


async def _stop(playback: Playback, finished: "asyncio.Task[bool]") -> None:
    try:
        await playback.stop()
    except AriError as error:
        logger.info("playback %s could not be stopped: %s", playback.id, error)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            await asyncio.wait({finished})
