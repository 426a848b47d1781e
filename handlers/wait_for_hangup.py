"""Wait, without answering, until the caller hangs up.

Children: none. Source of the behaviour: Kazoo's `wait_for_hangup`; keys are ignored.
"""

from runtime.callflow import ActionData, Call, Stop

CHILDREN = frozenset("_")


class Data(ActionData):
    """No fields."""


async def handle(call: Call, _data: Data) -> Stop:
    """Wait."""
    await call.wait_for_hangup()
    return Stop()
