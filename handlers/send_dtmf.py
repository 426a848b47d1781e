"""Send digits to the caller's phone.

Children: `_`, when they have been sent. Source of the behaviour: Kazoo's `send_dtmf`; it does not
answer. There the flow goes on at once, but here the channel can do nothing else meanwhile.
"""

from typing import Annotated

from pydantic import Field

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """The digits (`w` is a pause of 0.5 s, `W` of 1 s) and the length of each in ms."""

    digits: Annotated[str, Field(pattern=r"^[0-9A-Da-d*#wW]{1,64}$")]
    duration_ms: Annotated[int, Field(ge=1, le=10_000)] = 2000


async def handle(call: Call, data: Data) -> Continue:
    """Send them."""
    await call.send_digits(data.digits, seconds=data.duration_ms / 1000)
    return Continue()
