"""What a caller hears when the call cannot go on through no fault of his."""

import asyncio
import logging

from runtime.ari import AriClient, PlaybackFinished, new_id
from runtime.errors import AriError

logger = logging.getLogger(__name__)

SORRY = "sound:sorry-youre-having-problems"

LONGEST_SECONDS = 8.0
"""How long it may take; something else may still play or record on the channel."""


async def apologise(ari: AriClient, channel_id: str) -> None:
    """Play the apology to its end, as early media to a caller who is not answered."""
    playback_id = new_id("apology")
    with ari.subscribe(playback_id) as events:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await ari.channel(channel_id).play(playback_id, [SORRY])
                while not isinstance(await events.get(), PlaybackFinished):
                    pass
        except TimeoutError:
            logger.info("channel %s: the apology was not played to its end", channel_id)
        except AriError as error:
            logger.info("channel %s: no apology could be played: %s", channel_id, error)
