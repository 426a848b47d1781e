"""Set custom application variables.

Children: `_`. Source of the behaviour: Kazoo's `set_variables`: values are merged over those the
call has, and what is no text stands on the channel as JSON.
"""

from typing import Any

from runtime.callflow import ActionData, Call, Continue, Flag

CHILDREN = frozenset("_")


class Data(ActionData):
    """Names and values; `export`: phones that ring later get them, too."""

    custom_application_vars: dict[str, Any]
    export: Flag = False


async def handle(call: Call, data: Data) -> Continue:
    """Merge them."""
    await call.set_variables(data.custom_application_vars, export=data.export)
    return Continue()
