"""Holding a conversation from our side: both are taken apart, and each hears what is for him."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from runtime.errors import AriError
from runtime.telephony.completed import completed
from runtime.telephony.conversation import Conversation
from runtime.telephony.leg import Leg
from runtime.telephony.prompt import playing

logger = logging.getLogger(__name__)


async def soft_hold(
    conversation: Conversation,
    holder: Leg,
    *,
    key: str,
    resumed: asyncio.Event,
    for_holder: Sequence[str] = (),
    for_other: Sequence[str] = (),
) -> bool:
    """Hold until the holder presses `key`, `resumed` is set, or one of them is gone.

    Without media (URIs, played again and again) the holder hears nothing and the other Asterisk's
    music. Returns whether they talk again. Keys of the holder go nowhere else meanwhile. Raises
    AriError when they cannot be taken apart.
    """
    other = conversation.other(holder)
    async with conversation.apart(), AsyncExitStack() as stack:
        keys = stack.enter_context(holder.digits.listen())
        if for_holder:
            await stack.enter_async_context(_again_and_again(holder, for_holder))
        await stack.enter_async_context(kept_waiting(other, for_other))
        pressed = asyncio.create_task(_pressed(keys, key))
        told = asyncio.create_task(resumed.wait())
        ends: set[asyncio.Future[Any]] = {pressed, told, holder.ended, other.ended}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pressed.cancel()
            told.cancel()
    return not (holder.gone or other.gone)


@asynccontextmanager
async def kept_waiting(leg: Leg, media: Sequence[str]) -> AsyncIterator[None]:
    """Let somebody who is in no bridge hear media (URIs), else Asterisk's music, in the block."""
    if media:
        async with _again_and_again(leg, media):
            yield
        return
    try:
        # To its end: a music that begins after it was stopped would never stop.
        await completed(leg.channel.start_moh())
        yield
    finally:
        await completed(_without_music(leg))


@asynccontextmanager
async def _again_and_again(leg: Leg, media: Sequence[str]) -> AsyncIterator[None]:
    task = asyncio.create_task(_loop(leg, media))
    try:
        yield
    finally:
        task.cancel()
        await completed(asyncio.wait({task}))


async def _loop(leg: Leg, media: Sequence[str]) -> None:
    try:
        while not leg.gone:
            async with playing(leg, media) as finished:
                if not await finished:
                    await leg.settled()
                    return
    except AriError as error:
        logger.info("channel %s: nothing to hear while it is held: %s", leg.id, error)


async def _without_music(leg: Leg) -> None:
    if not leg.gone:
        try:
            await leg.channel.stop_moh()
        except AriError as error:
            logger.info("channel %s: its music does not stop: %s", leg.id, error)


async def _pressed(keys: "asyncio.Queue[str]", wanted: str) -> None:
    while await keys.get() != wanted:
        pass
