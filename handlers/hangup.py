"""End the call, whatever flows it came through.

Children: none. Source of the behaviour: Kazoo's `hangup`, which ignores the return stack.
"""

from runtime.callflow import ActionData, Call, Stop

CHILDREN = frozenset("_")


class Data(ActionData):
    """No fields."""


async def handle(_call: Call, _data: Data) -> Stop:
    """Hang up."""
    return Stop(hard=True)
