"""Speak a text to whoever pressed, or to the other.

Source of the behaviour: Kazoo's metaflow `tts`, with `leg` honoured.
"""

from typing import Annotated, Literal

from pydantic import Field

from runtime.callflow import ALL_KEYS, ActionData, Continue, Press, Text, voice_of


class Data(ActionData):
    """What to say and how; any key of who hears it ends it, whatever `terminators` says."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    voice: str = "female"
    language: str | None = None
    engine: str | None = None
    terminators: list[str] = sorted(ALL_KEYS)
    leg: Literal["self", "peer", "both"] = "self"


async def handle(press: Press, data: Data) -> Continue:
    """Begin to speak."""
    language = data.language or press.call.language
    await press.play(Text(data.text, voice_of(data.voice, language)), data.leg)
    return Continue()
