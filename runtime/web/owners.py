"""Owners of documents: ids of 32 characters as Kazoo has them, or of users with other ids.

Whoever writes documents with SQL chooses such ids himself.
"""

from typing import Final

from runtime.storage import collection
from runtime.storage.collection import Collection
from runtime.web.api import Write
from runtime.web.documents import Change

OWNER: Final = "owner_id"
_KAZOOS: Final = 32
_USERS: Final = Collection("user")


async def set_aside(write: Write, change: Change) -> None:
    """Before a document is validated: take out an owner who is known by an id of another length."""
    owner = change.doc.get(OWNER)
    if not isinstance(owner, str) or len(owner) == _KAZOOS:
        return
    known = await collection.fetch(write.connection, _USERS, write.account_id, owner)
    if known is not None:
        change.aside[OWNER] = change.doc.pop(OWNER)


def put_back(change: Change) -> None:
    """After that: put him back."""
    if OWNER in change.aside:
        change.doc[OWNER] = change.aside[OWNER]
