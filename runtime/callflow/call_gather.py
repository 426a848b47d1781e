"""Digits that a caller types while one thing after the other is played to him."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeAlias

from runtime.callflow.call_media import CallMedia
from runtime.callflow.typed import MAX_DIGITS
from runtime.media import sound_language
from runtime.telephony import collect_in_all
from runtime.telephony.prompt import playing

Sounding: TypeAlias = Sequence[str] | float
"""What Asterisk plays (URIs), or how many seconds nothing is heard."""

SHORTEST: Final = 0.1
"""Seconds that each takes at least: sounds of no length would be a storm of commands."""


class CallGather(CallMedia):
    """Collecting with a time limit for all digits together; a base of Call."""

    async def gather(
        self,
        sounds: AsyncIterator[Sounding],
        *,
        seconds: float,
        terminators: frozenset[str] = frozenset("#"),
        max_digits: int = MAX_DIGITS,
    ) -> str:
        """Collect digits while `sounds` are heard; after them there are `seconds` for all digits.

        The first key ends the sounds. What was typed ahead does not count. Where Asterisk cannot
        play one of the sounds they end, and that is traced.
        """
        return await collect_in_all(
            self.caller,
            self._sounding(sounds),
            max_digits=max_digits,
            seconds=seconds,
            terminators=terminators,
        )

    async def _sounding(self, sounds: AsyncIterator[Sounding]) -> bool:
        clock = asyncio.get_running_loop()
        language = sound_language(self.language)
        async for sound in sounds:
            until = clock.time() + (sound if isinstance(sound, int | float) else SHORTEST)
            if not isinstance(sound, int | float):
                async with playing(self.caller, sound, language) as finished:
                    played = await finished
                if not played:
                    await self.caller.settled()
                    self.note(media_error=f"Asterisk could not play {', '.join(sound)}")
                    return False
            await asyncio.sleep(until - clock.time())
        return True
