"""Remember skills that the call asks of a queue's agents.

Children: `_`. Source of the behaviour: Kazoo's `set`: all data is merged into the call's skills,
new values win.
"""

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """Any fields."""

    __pydantic_extra__: dict[str, object]


async def handle(call: Call, data: Data) -> Continue:
    """Merge the data."""
    call.variables.skills |= data.model_dump(exclude_unset=True)
    return Continue()
