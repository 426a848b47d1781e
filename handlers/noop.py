"""Do nothing: media of earlier nodes has been heard when the next node runs.

Children: `_`. Source of the behaviour: Kazoo's `noop`, a marker in the media queue.
"""

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """No fields."""


async def handle(_call: Call, _data: Data) -> Continue:
    """Go on."""
    return Continue()
