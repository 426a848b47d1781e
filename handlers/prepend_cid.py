"""Put something before the caller id that is shown to all that are rung later.

Children: `_`. Source of the behaviour: Kazoo's `prepend_cid`; the caller's own channel keeps its
caller id.
"""

from typing import Annotated, Literal

from pydantic import Field

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")

Text = Annotated[str, Field(coerce_numbers_to_str=True)]


class Data(ActionData):
    """`current` puts new prefixes before those that are there, `original` in their place."""

    action: Literal["prepend", "reset"] = "prepend"
    apply_to: Literal["current", "original"] = "current"
    caller_id_name_prefix: Text = ""
    caller_id_number_prefix: Text = ""


async def handle(call: Call, data: Data) -> Continue:
    """Add the prefixes, or take all away."""
    name, number = data.caller_id_name_prefix, data.caller_id_number_prefix
    if data.action == "reset":
        name = number = ""
    elif data.apply_to == "current":
        name += call.party.prefix_name
        number += call.party.prefix_number
    call.prefix_caller_id(name, number)
    return Continue()
