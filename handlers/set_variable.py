"""Set one of the custom channel variables that Kazoo knows.

Children: `_`; an unknown variable or a missing value sets nothing. Source of the behaviour: Kazoo's
`set_variable`.
"""

from typing import Literal

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")

_KNOWN = {"call_priority": "Call-Priority", "group_id": "Group-ID"}


class Data(ActionData):
    """`channel`: the caller's (`a`), or also those of phones that ring later (`both`)."""

    variable: str | None = None
    value: str | None = None
    channel: Literal["a", "both"] = "a"


async def handle(call: Call, data: Data) -> Continue:
    """Set it on the call and its channel."""
    name = _KNOWN.get(data.variable or "")
    if name is None or not data.value:
        call.note(not_set=data.variable)
        return Continue()
    await call.set_variable(name, data.value, export=data.channel == "both")
    return Continue()
