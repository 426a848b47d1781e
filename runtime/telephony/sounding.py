"""What is played to each of two who talk: sounds that come and go, and music while one holds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from runtime.errors import AriError
from runtime.telephony.completed import completed
from runtime.telephony.leg import Leg
from runtime.telephony.prompt import playing

logger = logging.getLogger(__name__)

Music: TypeAlias = Callable[[Leg], Awaitable[Sequence[str]]]
"""What is heard (URIs) while this leg holds; nothing stands for Asterisk's own music."""


class Sounding:
    """What is played to whom; a base of Conversation."""

    def __init__(self, music: Music | None) -> None:
        self._music = music
        self._sounds: dict[Leg, asyncio.Task[None]] = {}
        self._playing: dict[Leg, asyncio.Task[None]] = {}

    def sound(self, listener: Leg, media: Sequence[str]) -> None:
        """Begin to play something (URIs) to one of them, who hears the other again afterwards."""
        before = self._sounds.get(listener)
        if before is not None:
            before.cancel()
        self._sounds[listener] = asyncio.create_task(self._sound(listener, media, before))

    def quiet(self, listener: Leg) -> None:
        """Begin to stop what `sound` plays."""
        if (sound := self._sounds.get(listener)) is not None:
            sound.cancel()

    async def _sound(
        self, listener: Leg, media: Sequence[str], before: "asyncio.Task[None] | None"
    ) -> None:
        if before is not None:
            await completed(asyncio.wait({before}))
        try:
            async with playing(listener, media) as finished:
                await finished
        except AriError as error:
            logger.info("channel %s: nothing is played to it: %s", listener.id, error)

    async def hush(self, listener: Leg) -> None:
        """Stop all that is played to one: until then Asterisk does not move its channel."""
        for playing_to in (self._playing, self._sounds):
            task = playing_to.pop(listener, None)
            if task is not None:
                task.cancel()
                await asyncio.wait({task})

    def _begin_music(self, holder: Leg, listener: Leg) -> None:
        before = self._playing.get(listener)
        if before is None or before.done() or before.cancelling():
            music = self._play_music(holder, listener, before)
            self._playing[listener] = asyncio.create_task(music)

    async def _play_music(
        self, holder: Leg, listener: Leg, before: "asyncio.Task[None] | None"
    ) -> None:
        if before is not None:
            await completed(asyncio.wait({before}))
        uris = await self._music(holder) if self._music is not None else ()
        if not uris:
            return
        try:
            while not listener.gone:
                async with playing(listener, uris) as finished:
                    if not await finished:
                        await listener.settled()
                        return
        except AriError as error:
            logger.info("channel %s: no music on hold: %s", listener.id, error)
