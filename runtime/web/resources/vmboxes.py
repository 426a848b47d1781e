"""Voicemail boxes."""

import re
from collections.abc import Iterable
from typing import Any

from runtime.documents.vmboxes import VoicemailBox
from runtime.storage.collection import Stored
from runtime.storage.uniqueness import Claim, taken_number
from runtime.web import documents
from runtime.web.api import Api, Write
from runtime.web.declare import Route
from runtime.web.documents import Change, Kind, fields
from runtime.web.owners import put_back, set_aside
from runtime.web.refusals import invalid_field

_NUMBER = re.compile(r"[0-9]+")


def row(stored: Stored) -> dict[str, Any]:
    """Return a mailbox's row in a listing; nobody can leave a message yet."""
    of_messages = {"messages": 0, "folders": {"new": 0, "saved": 0}}
    return fields("name", "mailbox", "owner_id", flags=[])(stored) | of_messages


async def check(write: Write, change: Change) -> None:
    """Refuse a mailbox that is no number, or is another's."""
    put_back(change)
    mailbox = change.doc["mailbox"]
    claim = Claim(write.account_id, "vmbox", change.id)
    if not _NUMBER.fullmatch(mailbox) or await taken_number(
        write.connection, claim, ("mailbox",), mailbox
    ):
        message = "Invalid mailbox number or already exists"
        raise invalid_field("mailbox", "unique", message, cause=mailbox)


VMBOX = Kind(
    name="vmbox",
    path="vmboxes",
    model=VoicemailBox,
    row=row,
    order="coalesce(doc ->> 'name', '')",
    prepare=set_aside,
    check=check,
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of voicemail boxes."""
    return documents.routes(api, VMBOX)
