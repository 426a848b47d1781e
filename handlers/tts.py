"""Speak a text.

Children: `_`, also when a key stopped it; a text that cannot be spoken stops the flow. Source of
the behaviour: Kazoo's `tts`; keys go to the digit collection `default`. Our addition: `{number}`,
`{caller_number}` and `{capture_group}` in the text are filled in, digit by digit.
"""

from typing import Annotated

from pydantic import Field

from runtime.callflow import ALL_KEYS, ActionData, Call, Continue, Flag, Stop, Text, voice_of
from runtime.errors import MediaError

CHILDREN = frozenset("_")


class Data(ActionData):
    """What to say and how; `engine` is kept, every text is spoken by the engine set up here."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    voice: str = "female"
    language: str | None = None
    engine: str | None = None
    terminators: list[str] = sorted(ALL_KEYS)
    endless_playback: Flag = False


async def handle(call: Call, data: Data) -> Continue | Stop:
    """Answer and speak."""
    await call.answer()
    text = Text(_filled(call, data.text), voice_of(data.voice, data.language or call.language))
    stop_on = frozenset(data.terminators)
    try:
        key = await call.play(text, stop_on=stop_on)
        while data.endless_playback and key is None:
            key = await call.play(text, stop_on=stop_on)
    except MediaError as error:
        call.note(media_error=str(error))
        return Stop()
    if key is not None:
        call.note(stopped_by=key)
    return Continue()


def _filled(call: Call, text: str) -> str:
    values = {
        "number": call.number,
        "caller_number": call.party.number,
        "capture_group": call.capture_group or "",
    }
    for name, value in values.items():
        spelled = " ".join(value) if value.removeprefix("+").isdecimal() else value
        text = text.replace(f"{{{name}}}", spelled)
    return text
