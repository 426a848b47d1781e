"""Hide the caller's name or number for the rest of the call, and call what was captured, if any.

Children: the captured number's flow, then `_`; `_` when nothing was captured. A captured number
that leads nowhere ends the flow. Source of the behaviour: Kazoo's `privacy`; the account's own
phones are shown neither, too.
"""

from typing import Literal

from runtime.callflow import ActionData, Branch, Call, Continue, Stop

CHILDREN = frozenset("_")

_NAME_ONLY = ("name", "hide_name")
_NUMBER_ONLY = ("number", "hide_number")
_NOTHING = "none"


class Data(ActionData):
    """`mode`: full, name, number or none (as the documents have it); any other is full.

    `endpoint_strategy`: `merge` lets what the caller's documents hide outside count as well.
    """

    mode: str = "full"
    endpoint_strategy: Literal["overwrite", "merge"] = "overwrite"


async def handle(call: Call, data: Data) -> Branch | Continue | Stop:
    """Hide, and dial."""
    number = call.account.normalise(call.capture_group or "")
    if not number:
        await _hide(call, data)
        return Continue()
    match = await call.find(number, allow_no_match=True)
    call.note(number=number)
    if match is None:
        return Stop()
    await _hide(call, data)
    call.note(match=match.as_json())
    call.redialled(number)
    return Branch(match.callflow)


async def _hide(call: Call, data: Data) -> None:
    hides = data.mode != _NOTHING
    await call.hide(
        name=hides and data.mode not in _NUMBER_ONLY,
        number=hides and data.mode not in _NAME_ONLY,
        endpoint_privacy=not hides or data.endpoint_strategy == "merge",
    )
