"""Carry the call over to another phone of the same user.

Source of the behaviour: Kazoo's metaflow `move`. The phones ring while the conversation goes on;
nobody answers, or there is none: nothing has changed.
"""

from typing import Literal

from runtime.callflow import ActionData, Flag, Press, Stop
from runtime.errors import ActionError


class Data(ActionData):
    """Whose phones ring: `device_id`, else those of `owner_id`, else those of whoever pressed."""

    owner_id: str | None = None
    device_id: str | None = None
    auto_answer: Flag = False
    can_call_self: Flag = True
    dial_strategy: Literal["simultaneous", "single"] = "simultaneous"


async def handle(press: Press, data: Data) -> Stop:
    """Ring them, and move to the one that answers."""
    owner_id = data.owner_id or press.owner_id
    whose = ("device", data.device_id) if data.device_id else ("user", owner_id or "")
    if not whose[1]:
        raise ActionError("move: nobody owns this phone: name data.owner_id or data.device_id")
    await press.bring_phone(
        whose,
        "self",
        one_by_one=data.dial_strategy == "single",
        auto_answer=data.auto_answer,
    )
    return Stop()
