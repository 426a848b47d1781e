"""Set a lamp to idle, ringing or busy, and remember it.

Children: `_`. Source of the behaviour: Kazoo's `manual_presence`. The states are kept in the
account's document `manual_presence`, as Kazoo keeps them: presence id to terminated, early or
confirmed. Whoever changes it there changes the lamp, too.
"""

import re
from typing import Annotated, Final, Literal

from pydantic import Field

from runtime.callflow import ActionData, Call, Continue
from runtime.errors import ActionError
from runtime.phones.merge import text

CHILDREN = frozenset("_")

DOCUMENT: Final = "manual_presence"
STATES: Final = {"idle": "terminated", "ringing": "early", "busy": "confirmed"}

_PRESENCE_ID = re.compile(r"[0-9A-Za-z*#+_.-]{1,64}(@[0-9A-Za-z.-]{1,253})?")


class Data(ActionData):
    """The lamp, as `name` or `name@realm`; without one, what the dialled number captured."""

    presence_id: Annotated[str, Field(coerce_numbers_to_str=True)] | None = None
    status: Literal["idle", "ringing", "busy"] = "idle"


async def handle(call: Call, data: Data) -> Continue:
    """Answer, and write it down; the lamp follows the document."""
    presence_id = data.presence_id or call.capture_group or ""
    if not _PRESENCE_ID.fullmatch(presence_id):
        raise ActionError(
            f"manual_presence: data.presence_id: {presence_id!r} is no name of a lamp; "
            "use 1 to 64 of A-Z a-z 0-9 * # + _ . -, then @ and the realm if need be, "
            "or let the callflow's pattern capture it"
        )
    await call.answer()
    own = [
        realm for realm in (text(call.party.device, "sip", "realm"), call.account.realm) if realm
    ]
    name, at, realm = presence_id.partition("@")
    if not at and own:
        presence_id = f"{name}@{own[0]}"
    elif at and realm.lower() not in {known.lower() for known in own}:
        call.note(problem=f"{realm} is no realm of this caller: no lamp may be lit there")
    call.note(presence_id=presence_id, state=STATES[data.status])
    change = {presence_id: STATES[data.status]}
    await call.to_the_end(call.change_document(DOCUMENT, DOCUMENT, change, create=True))
    return Continue()
