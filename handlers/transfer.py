"""Send the call to another number, and leave this callflow for good.

Children: none run; `_` when the data name no number. A number that leads nowhere ends the call, as
does one that the caller may not call. Source of the behaviour: Kazoo's `transfer`. In a callflow
nobody else takes part in the call: whoever is to be moved, it is the caller, and there is nobody
to consult before.
"""

from typing import Annotated, Literal

from pydantic import Field

from runtime.callflow import ActionData, Branch, Call, Continue, Stop, q850_of_sip
from runtime.errors import ActionError

CHILDREN = frozenset("_")

Text = Annotated[str, Field(coerce_numbers_to_str=True)]

_NO_TARGET = "no_match"
_NOT_FOUND = 404


class Data(ActionData):
    """`target` is the number, else the first of `captures`."""

    target: Text = ""
    captures: list[Text] = Field(default_factory=lambda: [_NO_TARGET])
    leg: Literal["self", "bleg"] | None = None
    transfer_type: Literal["attended", "blind"] = "blind"


async def handle(call: Call, data: Data) -> Branch | Continue | Stop:
    """Look the number up, and go there."""
    target = data.target or next(iter(data.captures), "")
    if target in ("", _NO_TARGET):
        raise ActionError("transfer: data.target is missing: name the number to call")
    number = call.account.normalise(target)
    call.note(number=number)
    match = await call.find(number, allow_no_match=call.internal)
    if match is None or (match.callflow.is_no_match and not call.internal):
        call.note(problem=f"no callflow for {number}")
        return Stop(cause=q850_of_sip(_NOT_FOUND), hard=True)
    if (reason := await call.restriction(target, match)) is not None:
        await call.refuse(reason)
        return Stop(hard=True)
    call.note(match=match.as_json())
    call.handed_over()
    call.redialled(number)
    call.captured(match)
    return Branch(match.callflow, returns="nowhere")
