"""Asking whoever answered whether he takes the call: a mailbox presses no key."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from runtime.telephony.leg import Leg
from runtime.telephony.prompt import next_key, playing

KEY: Final = "1"
SECONDS: Final = 7.0
"""How long after the prompt the key may be pressed."""


async def confirmed(leg: Leg, media: Sequence[str], language: str | None = None) -> bool:
    """Play the prompt and wait for the key; other keys do nothing. Raises Gone."""
    with leg.digits.listen() as keys:
        if media:
            async with playing(leg, media, language) as finished:
                while (key := await next_key(keys, finished)) is not None:
                    if key == KEY:
                        return True
        waiting = asyncio.create_task(_pressed(keys))
        try:
            either: set[asyncio.Future[Any]] = {waiting, leg.ended}
            await asyncio.wait(either, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
            return waiting.done() and not leg.gone
        finally:
            waiting.cancel()


async def _pressed(keys: "asyncio.Queue[str]") -> None:
    while await keys.get() != KEY:
        pass
