"""Take the caller out of the conversation and into a callflow.

Source of the behaviour: Kazoo's metaflow `callflow`: by id, else by exact number; the other party
is hung up. Without such a callflow the conversation goes on.
"""

from runtime.callflow import ActionData, Press, Stop
from runtime.errors import ActionError


class Data(ActionData):
    """The callflow's id; else a number: the first of `captures`, else `collected`."""

    id: str | None = None
    captures: str | list[str] | None = None
    collected: str | None = None


async def handle(press: Press, data: Data) -> Stop:
    """Go there."""
    call = press.call
    if data.id:
        callflow = await call.callflow(data.id)
        if callflow is None:
            raise ActionError(f"callflow: the account has no callflow {data.id} that can be run")
        press.leave_for(callflow)
        return Stop()
    captures = [data.captures] if isinstance(data.captures, str) else data.captures
    number = data.collected if captures is None else next(iter(captures), None)
    match = await call.find(number) if number else None
    if match is None or match.by != "number":
        raise ActionError(f"callflow: no callflow has the number {number or '(none)'}")
    press.leave_for(match.callflow)
    return Stop()
