"""Public numbers as clients see and change them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from runtime.accounts import to_e164
from runtime.errors import RequestRefused
from runtime.storage import phone_numbers
from runtime.storage.phone_numbers import NumberRow
from runtime.web import refusals
from runtime.web.api import Write
from runtime.web.documents import public
from runtime.web.etag import revision_of
from runtime.web.listing import GREGORIAN_EPOCH
from runtime.web.request import Answer, ApiRequest

E164: Final = re.compile(r"\+[1-9][0-9]{1,14}")
_FEATURES: Final = ("cnam", "e911")
_COMPUTED: Final = frozenset(
    ("assigned_to", "created", "features", "numbers", "state", "updated", "used_by")
)


def number_of(request: ApiRequest) -> str:
    """Return the number in the path in E.164; raises RequestRefused for what is none."""
    number = to_e164(request.parts["number"])
    if not E164.fullmatch(number):
        raise refusals.bad_identifier(request.parts["number"])
    return number


def may_add(request: ApiRequest) -> bool:
    """Whether the token may give numbers to the account.

    Whoever has the carriers does: the accounts above it. Only one without any does so itself.
    """
    who, account = request.who, request.account
    return who.superadmin or who.account_id != account.id or account.parent_id is None


async def existing(write: Write, number: str) -> NumberRow:
    """Return a number of the account; raises RequestRefused, also for another's."""
    row = await phone_numbers.fetch(write.connection, write.account_id, number)
    if row is None:
        raise refusals.bad_identifier(number)
    write.request.must_match(_revision(row))
    return row


async def create(write: Write, number: str, doc: Mapping[str, Any]) -> NumberRow:
    """Give a number to the account; raises RequestRefused when somebody has it."""
    owner = await phone_numbers.owner(write.connection, number)
    if owner == write.account_id:
        raise RequestRefused(409, "number_exists", {"message": "number exists", "cause": number})
    row = None
    if owner is None and may_add(write.request):
        state = doc.get("create_with_state", "in_service")
        stored = _stored(doc)
        row = await phone_numbers.insert(write.connection, write.account_id, number, state, stored)
    if row is None:
        raise refusals.forbidden(f"unauthorized to use {number}")
    await write.audit("phone_number", number, None, document(row))
    return row


async def change(
    write: Write, before: NumberRow, doc: Mapping[str, Any], state: str | None = None
) -> NumberRow:
    """Store what is known of a number; raises RequestRefused when it has just gone."""
    row = await phone_numbers.replace(
        write.connection, write.account_id, before.number, state or before.state, _stored(doc)
    )
    if row is None:
        raise refusals.bad_identifier(before.number)
    await write.audit("phone_number", row.number, document(before), document(row))
    return row


async def remove(write: Write, before: NumberRow) -> None:
    """Take a number from the account."""
    await phone_numbers.remove(write.connection, write.account_id, before.number)
    await write.audit("phone_number", before.number, document(before), None)


def told(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a client says of a number, without what the server knows itself."""
    return {key: value for key, value in public(doc).items() if key not in _COMPUTED}


def document(row: NumberRow) -> dict[str, Any]:
    """Return a number's document as the audit keeps it."""
    return row.doc | {"state": row.state}


def computed(row: NumberRow) -> dict[str, Any]:
    """Return what is known of a number; times are Gregorian seconds."""
    return {
        "assigned_to": row.account_id,
        "state": row.state,
        "features": [feature for feature in _FEATURES if row.doc.get(feature)],
        "created": int(row.created_at.timestamp()) + GREGORIAN_EPOCH,
        "updated": int(row.updated_at.timestamp()) + GREGORIAN_EPOCH,
        **({"used_by": "callflow"} if row.used else {}),
    }


def answer(row: NumberRow, **more: Any) -> Answer:
    """Answer one number."""
    data = public(row.doc) | computed(row) | {"id": row.number}
    return Answer(data, revision=_revision(row), **more)


def _revision(row: NumberRow) -> str:
    return revision_of(row.revision, row.number)


def _stored(doc: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in doc.items() if key != "create_with_state"}
