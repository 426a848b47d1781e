"""Decide what becomes of the caller when a later conversation ends and he is still there.

Children: `_`. Source of the behaviour: Kazoo's `after_bridge`. What is not said stays as it was.
"""

from typing import Literal

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """`data` is on or off for `park` and `hangup`, the extension for `transfer`."""

    action: Literal["park", "transfer", "hangup"] | None = None
    data: bool | str | None = None


async def handle(call: Call, data: Data) -> Continue:
    """Take note of it."""
    on = data.data in (True, "true")
    match data.action:
        case "park":
            call.after_bridge.park = on
        case "hangup":
            call.after_bridge.hang_up = on
        case "transfer" if isinstance(data.data, str) and data.data:
            call.after_bridge.extension = data.data
        case _:
            call.note(ignored=f"action {data.action!r} with data {data.data!r}")
    return Continue()
