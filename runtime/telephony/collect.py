"""Collecting the digits a caller types, with or without a prompt."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.telephony.leg import Leg
from runtime.telephony.prompt import next_key, playing


@dataclass(frozen=True)
class Collected:
    """The digits, the terminator that ended them (or None), and whether the prompt could play."""

    digits: str
    terminator: str | None = None
    prompt_played: bool = True


async def collect(
    leg: Leg,
    media: Sequence[str] = (),
    *,
    max_digits: int,
    timeout: float,  # noqa: ASYNC109 - the first-digit timer, not a limit of the coroutine
    interdigit: float,
    terminators: frozenset[str] = frozenset("#"),
    language: str | None = None,
) -> Collected:
    """Play `media`, collect up to `max_digits`; timers in seconds.

    The first key stops the prompt. The first-digit timer starts when the prompt has ended, each
    digit starts the interdigit timer; a terminator ends the collection and is not part of it. A
    timer that runs out is no error: what was collected is returned, possibly "".
    """
    with leg.digits.listen() as keys:
        played = True
        first: str | None = None
        if media:
            async with playing(leg, media, language) as finished:
                first = await next_key(keys, finished)
                if first is None:
                    played = await finished
                    if not played:
                        await leg.settled()
        digits = ""
        seconds = timeout
        while True:
            key = first if first is not None else await _within(keys, seconds)
            first = None
            if key is None or key in terminators:
                return Collected(digits, key, played)
            digits += key
            if len(digits) >= max_digits:
                return Collected(digits, None, played)
            seconds = interdigit


async def collect_in_all(
    leg: Leg,
    recital: Coroutine[Any, Any, bool],
    *,
    max_digits: int,
    seconds: float,
    terminators: frozenset[str],
) -> str:
    """Collect digits while `recital` is heard, and for `seconds` in all after its end.

    The first key cancels the recital, which must not listen to keys itself; its errors are raised.
    A terminator ends the collection and is not part of it; so does the time, whatever there is by
    then.
    """
    digits = ""
    with leg.digits.listen() as keys:
        sounding = asyncio.create_task(recital)
        try:
            key = await next_key(keys, sounding)
            if key is None:
                await sounding
        finally:
            sounding.cancel()
            await asyncio.wait({sounding})
        try:
            async with asyncio.timeout(seconds):
                while (key := key or await keys.get()) not in terminators:
                    digits += key
                    if len(digits) >= max_digits:
                        break
                    key = None
        except TimeoutError:
            pass
    return digits


async def _within(keys: "asyncio.Queue[str]", seconds: float) -> str | None:
    try:
        async with asyncio.timeout(seconds):
            return await keys.get()
    except TimeoutError:
        return None
