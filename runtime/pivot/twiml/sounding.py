"""Say, Play and Pause."""

import asyncio
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from runtime.callflow import Text, voice_of
from runtime.errors import MediaError
from runtime.media import Media, Sounds
from runtime.media.speech import MAX_TEXT
from runtime.pivot.twiml.course import MAX_PROBLEM, Course
from runtime.pivot.twiml.links import resolved
from runtime.pivot.twiml.verbs import ENDLESS, Pause, Play, Say

SHORTEST: Final = 0.1
"""Seconds that one repetition takes at least: a sound of no length would be a storm of commands."""
MAX_KEYS: Final = 20
"""How many of the keys that ended repetitions the trace tells."""


async def say(course: Course, verb: Say, told: dict[str, Any]) -> None:
    """Answer and speak."""
    await course.answer()
    await _repeat(course, verb, told)


async def play(course: Course, verb: Play, told: dict[str, Any]) -> None:
    """Answer and play."""
    await course.answer()
    await _repeat(course, verb, told)


async def pause(course: Course, verb: Pause) -> None:
    """Answer and wait; keys are remembered."""
    await course.answer()
    await course.call.sleep(verb.seconds, keep_digits=True)


def media_of(course: Course, verb: Say | Play) -> list[Media]:
    """Return what is heard once; nothing for an empty text."""
    if isinstance(verb, Play):
        # Streams such as tone_stream:// are no links.
        return [verb.url if "://" in verb.url else resolved(course.url, verb.url)]
    voice = voice_of(verb.gender, verb.language or course.call.language)
    # An engine speaks no more than that at a time.
    return [Text(text, voice) for text in textwrap.wrap(verb.text, MAX_TEXT)]


async def uris_of(course: Course, verb: Say | Play) -> tuple[str, ...]:
    """Return what Asterisk plays for it, nothing for an empty text; raises MediaError."""
    uris: list[str] = []
    for media in media_of(course, verb):
        uris += await course.call.resolved(media, None)
    return tuple(uris)


@asynccontextmanager
async def paced() -> AsyncIterator[None]:
    """Let the block take a moment at least."""
    clock = asyncio.get_running_loop()
    until = clock.time() + SHORTEST
    yield
    await asyncio.sleep(max(0.0, until - clock.time()))


async def _repeat(course: Course, verb: Say | Play, told: dict[str, Any]) -> None:
    """Play as often as asked; a key ends one time, and is remembered.

    What cannot be played is traced and left out, with all repetitions.
    """
    uris: tuple[str, ...] = ()
    heard = 0
    try:
        while verb.loop == ENDLESS or heard < verb.loop:
            made_now = not uris
            uris = uris or await uris_of(course, verb)
            if not uris:
                return
            try:
                async with paced():
                    key = await course.call.play(Sounds(uris), stop_on=verb.stop_on)
            except MediaError:
                if made_now:
                    raise
                # In the course of hours the audio may have been removed where it is kept.
                uris = ()
                continue
            heard += 1
            if key is not None:
                told["keys"] = (told.get("keys", "") + key)[-MAX_KEYS:]
    except MediaError as error:
        told["media_error"] = str(error)[:MAX_PROBLEM]
