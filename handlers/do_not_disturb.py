"""Switch the do-not-disturb of a user or device.

Children: `_`; with nobody to change, the caller is told so and the flow stops. Source of the
behaviour: Kazoo's `do_not_disturb`. Ours: it is saved before the caller is told, and a change that
could not be saved is not announced as one; and the number of a callflow that begins with this
action and an `id` is a lamp, lit while that user or device is not to be disturbed.
"""

from typing import Annotated, Final

from pydantic import Field

from runtime.accounts import Document
from runtime.callflow import ActionData, Call, Continue, Prompt, Stop
from runtime.errors import CallflowError
from runtime.phones.merge import is_true

CHILDREN = frozenset("_")

ACTIONS: Final = ("activate", "deactivate", "toggle")


class Data(ActionData):
    """What to do, and the user or device; without `id` the caller's user, else his device."""

    action: Annotated[str, Field(json_schema_extra={"enum": list(ACTIONS)})] | None = None
    id: str | None = None


async def handle(call: Call, data: Data) -> Continue | Stop:
    """Switch it and say what it is now."""
    document = await _document(call, data.id)
    if document is None:
        call.note(missing=data.id or "neither user nor device of the caller")
        await call.tell(Prompt("dnd-not_available"))
        return Stop()
    await call.answer()
    match data.action:
        case "activate" | "deactivate":
            wanted = data.action == "activate"
        case "toggle":
            wanted = not is_true(document.doc, "do_not_disturb", "enabled")
        case _:
            call.note(problem=f"data.action: {data.action!r} is none of {', '.join(ACTIONS)}")
            await call.tell(Prompt("dnd-not_available"))
            return Continue()
    call.note(changed=f"{document.kind} {document.id}", enabled=wanted)
    change = {"do_not_disturb": {"enabled": wanted}}
    try:
        await call.to_the_end(call.change_document(document.kind, document.id, change))
    except CallflowError as error:
        call.note(not_saved=str(error))
        await call.tell(Prompt("dnd-not_available"))
        return Continue()
    await call.tell(Prompt("dnd-activated" if wanted else "dnd-deactivated"))
    return Continue()


async def _document(call: Call, document_id: str | None) -> Document | None:
    """Return the first that there is: of this id, the caller's user, the caller's device."""
    chain = (
        ("user", document_id),
        ("device", document_id),
        ("user", call.party.owner_id),
        ("device", call.party.device_id),
    )
    for kind, name in chain:
        found = await call.document(kind, name)
        if found is not None:
            return found
    return None
