"""Transfer the other party to a number, at once (blind) or after asking there (attended).

Source of the behaviour: Kazoo's metaflow `transfer`. The number is what was captured, else
`target`; without one nothing happens. Blind: whoever pressed is out, and the call walks the
number's callflow, whose branches decide what becomes of a failure. Attended: the other hears music
while whoever pressed asks; he hangs up to complete it, or presses `takeback_dtmf` to have the other
back.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from runtime.callflow import ActionData, Press, Stop
from runtime.errors import ActionError

_NO_TARGET = "no_match"
_MOST_SECONDS = 600


class Data(ActionData):
    """Where to and how; `timeout` (s) is how long the target rings."""

    target: str | None = None
    captures: list[str] = Field(default=[_NO_TARGET])
    leg: str | None = None
    transfer_type: Literal["blind", "attended"] = "blind"
    timeout: Annotated[int, Field(ge=1, le=_MOST_SECONDS)] = 20
    takeback_dtmf: Annotated[str, StringConstraints(pattern=r"^[0-9*#]{1,10}$")] = "*1"
    moh: str | None = None
    ringback: str | None = None


async def handle(press: Press, data: Data) -> Stop:
    """Transfer, or say why not."""
    captured = next((one for one in data.captures if one and one != _NO_TARGET), None)
    number = captured or data.target
    if not number:
        raise ActionError("transfer: there is no number: name data.target, or capture one")
    if data.transfer_type == "blind":
        await press.send_other_to(number)
        return Stop()
    await press.consult(
        number,
        seconds=data.timeout,
        takeback=data.takeback_dtmf,
        music=data.moh,
        ringback=data.ringback,
    )
    return Stop()
