"""Show another caller id than any other source has, to all that are rung later.

Children: `_`. Source of the behaviour: Kazoo's `set_cid`; the caller's own channel keeps its caller
id.
"""

from typing import Annotated

from pydantic import Field

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")

Text = Annotated[str, Field(coerce_numbers_to_str=True)]


class Data(ActionData):
    """An empty value takes back what an earlier `set_cid` set."""

    caller_id_name: Text = ""
    caller_id_number: Text = ""


async def handle(call: Call, data: Data) -> Continue:
    """Set or take back each of them."""
    call.rewrite_caller_id(data.caller_id_name or None, data.caller_id_number or None)
    return Continue()
