"""Play a media document, URL or tone.

Children: `_`, also when a key stopped it or there is nothing to play. Source of the behaviour:
Kazoo's `play`; keys go to the digit collection `default`.
"""

from typing import Annotated

from pydantic import Field

from runtime.callflow import ALL_KEYS, ActionData, Call, Continue, Flag

CHILDREN = frozenset("_")

_AFTER_ANSWER = 0.1  # seconds of silence before sound, while the phones' audio path opens


class Data(ActionData):
    """What to play; `terminators` are the keys that stop it, `[]` for none."""

    id: str | None = None
    answer: Flag = True
    terminators: list[str] = sorted(ALL_KEYS)
    loop_count: Annotated[int, Field(ge=1)] = 1
    endless_playback: Flag = False


async def handle(call: Call, data: Data) -> Continue:
    """Play as often as asked, or until hangup."""
    if not data.id:
        return Continue()
    if data.answer and await call.answer():
        await call.sleep(_AFTER_ANSWER, keep_digits=True)
    stop_on = frozenset() if data.endless_playback else frozenset(data.terminators)
    played = 0
    while data.endless_playback or played < data.loop_count:
        key = await call.play(data.id, stop_on=stop_on)
        if key is not None:
            call.note(stopped_by=key)
            break
        played += 1
    return Continue()
