"""Let a user switch his own call waiting.

Children: `_`; without a device or user to change, the caller is told so and the flow stops. Source
of the behaviour: Kazoo's `call_waiting`. Ours: it is saved before the caller is told, and a change
that could not be saved is not announced as one.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from runtime.callflow import ActionData, Call, Continue, Prompt, Stop
from runtime.errors import CallflowError
from runtime.phones.merge import is_false

CHILDREN = frozenset("_")

ACTIONS: Final = ("toggle", "activate", "deactivate")


class Data(ActionData):
    """What to do, and with whom: the calling device, or the user it belongs to."""

    action: Annotated[str, Field(json_schema_extra={"enum": list(ACTIONS)})] = "toggle"
    scope: Literal["device", "user"] = "device"


async def handle(call: Call, data: Data) -> Continue | Stop:
    """Switch it and say what it is now; who has never switched it has call waiting."""
    own = call.party.device_id if data.scope == "device" else call.party.owner_id
    document = await call.document(data.scope, own)
    if document is None:
        call.note(missing=f"{data.scope} of the caller")
        await call.tell(Prompt("cw-not_available"))
        return Stop()
    await call.answer()
    enabled = not is_false(document.doc, "call_waiting", "enabled")
    match data.action:
        case "activate" | "deactivate":
            wanted = data.action == "activate"
        case "toggle":
            wanted = not enabled
        case _:
            call.note(problem=f"data.action: {data.action!r} is none of {', '.join(ACTIONS)}")
            await call.tell(Prompt("cw-not_available"))
            return Continue()
    call.note(changed=f"{document.kind} {document.id}", enabled=wanted)
    if wanted != enabled:
        change = {"call_waiting": {"enabled": wanted}}
        try:
            await call.to_the_end(call.change_document(document.kind, document.id, change))
        except CallflowError as error:
            call.note(not_saved=str(error))
            await call.tell(Prompt("cw-not_available"))
            return Continue()
    await call.tell(Prompt("cw-activated" if wanted else "cw-deactivated"))
    return Continue()
