"""Say a number, a date, a spelled name or the like to the caller.

Source of the behaviour: Kazoo's metaflow `say`.
"""

from typing import Literal

from runtime.callflow import ActionData, Continue, Press, Saying, speak, voice_of


class Data(ActionData):
    """The text and how it is said; a `type` that is not known is spelled."""

    text: str
    type: str = "name_spelled"
    method: Literal["pronounced", "iterated", "counted"] = "pronounced"
    language: str | None = None
    gender: Literal["feminine", "masculine", "neuter"] | None = None


async def handle(press: Press, data: Data) -> Continue:
    """Begin to say it."""
    call = press.call
    language = data.language or call.language
    saying = Saying(data.text, data.type, data.method, voice_of(None, language), call.local_time())
    who: Literal["self", "peer"] = "self" if press.by_caller else "peer"
    await press.play(speak(saying), who, language)
    return Continue()
