"""Answer the call.

Children: `_`. Source of the behaviour: Kazoo's `answer`; an answered call and an answer that fails
both go on.
"""

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """No fields."""


async def handle(call: Call, _data: Data) -> Continue:
    """Answer and go on."""
    await call.answer()
    return Continue()
