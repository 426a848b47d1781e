"""Jump into another callflow of the account, and come back when it stops.

Children: `_` runs when the other flow has stopped, or at once when there is no such callflow.
Source of the behaviour: Kazoo's `callflow`; what the call captured stays as it is.
"""

from runtime.callflow import ActionData, Branch, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """The callflow document to run."""

    id: str | None = None


async def handle(call: Call, data: Data) -> Branch | Continue:
    """Branch to the callflow, if the account has it."""
    found = await call.callflow(data.id)
    if found is None:
        call.note(missing=data.id)
        return Continue()
    return Branch(found)
