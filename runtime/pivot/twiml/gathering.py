"""Gather: digits, while something is heard."""

from collections.abc import AsyncIterator
from typing import Any

from runtime.callflow import DEFAULT_COLLECTION, Call
from runtime.callflow.typed import MAX_DIGITS
from runtime.errors import MediaError
from runtime.pivot.twiml.course import Course, Result
from runtime.pivot.twiml.sounding import uris_of
from runtime.pivot.twiml.verbs import ENDLESS, Gather, Pause


async def gather(course: Course, verb: Gather, told: dict[str, Any]) -> Result:
    """Answer, collect, and ask the action; without a digit go on with the next verb.

    Without sounds, what was typed ahead counts, as the beginning of the digits.
    """
    await course.answer()
    digits = await _collected(course, verb)
    told["digits"] = digits
    if not digits:
        return None
    return await course.ask(verb.action, verb.method, Digits=digits)


async def _collected(course: Course, verb: Gather) -> str:
    call = course.call
    most = min(verb.max_digits or MAX_DIGITS, MAX_DIGITS)
    typed, complete = ("", False) if verb.sounds else _typed_ahead(call, verb.finish_on)
    typed = typed[:most]
    call.flush_digits()
    if complete or len(typed) == most:
        return typed
    return typed + await call.gather(
        _sounds(course, verb),
        seconds=verb.seconds,
        terminators=verb.finish_on,
        max_digits=most - len(typed),
    )


def _typed_ahead(call: Call, finish_on: frozenset[str]) -> tuple[str, bool]:
    """Return what was typed before, and whether its end was, too.

    Finishing keys before the first digit have ended something else.
    """
    typed = call.collections[DEFAULT_COLLECTION].lstrip("".join(finish_on) or None)
    end = next((i for i, key in enumerate(typed) if key in finish_on), None)
    return typed[:end], end is not None


async def _sounds(course: Course, verb: Gather) -> AsyncIterator[tuple[str, ...] | float]:
    for sound in verb.sounds:
        if isinstance(sound, Pause):
            yield sound.seconds
            continue
        try:
            uris = await uris_of(course, sound)
        except MediaError as error:
            course.cannot_play(error)
            continue
        heard = 0
        while uris and (sound.loop == ENDLESS or heard < sound.loop):
            yield uris
            heard += 1
