"""Answer and stay silent until the caller hangs up.

Children: none. Source of the behaviour: Kazoo's `dead_air`.
"""

from runtime.callflow import ActionData, Call, Stop

CHILDREN = frozenset("_")


class Data(ActionData):
    """No fields."""


async def handle(call: Call, _data: Data) -> Stop:
    """Answer and wait."""
    await call.answer()
    await call.wait_for_hangup()
    return Stop()
