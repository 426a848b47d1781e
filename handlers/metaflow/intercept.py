"""Connect another phone to whoever pressed; his former partner is released.

Source of the behaviour: Kazoo's metaflow `intercept`. With `unbridged_only`, as by default, nothing
is taken over, for whoever can press keys here is in a conversation.
"""

from typing import Literal

from runtime.callflow import ActionData, Flag, Press, Stop
from runtime.errors import ActionError


class Data(ActionData):
    """What rings; a `number` cannot be intercepted by."""

    target_type: Literal["device", "user", "number"] | None = None
    target_id: str | None = None
    auto_answer: Flag = False
    can_call_self: Flag = True
    unbridged_only: Flag = True


async def handle(press: Press, data: Data) -> Stop:
    """Ring it, and connect the phone that answers."""
    if data.unbridged_only:
        raise ActionError("intercept: this is a conversation, and data.unbridged_only is true")
    if data.target_type not in ("device", "user") or not data.target_id:
        raise ActionError("intercept: name a device or user as data.target_type and target_id")
    whose = (data.target_type, data.target_id)
    await press.bring_phone(whose, "peer", auto_answer=data.auto_answer)
    return Stop()
