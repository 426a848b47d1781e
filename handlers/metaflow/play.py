"""Play something into the conversation, and go on at once.

Source of the behaviour: Kazoo's metaflow `play`. A key of whoever hears it ends it.
"""

from typing import Literal

from runtime.callflow import ActionData, Continue, Flag, Press
from runtime.errors import ActionError


class Data(ActionData):
    """A media id, URL or prompt, and who hears it; both have answered, so `answer` is idle."""

    id: str | None = None
    leg: Literal["self", "peer", "both"] = "both"
    answer: Flag = True


async def handle(press: Press, data: Data) -> Continue:
    """Begin to play it."""
    if not data.id:
        raise ActionError("play: data.id is missing: name what to play")
    await press.play(data.id, data.leg)
    return Continue()
