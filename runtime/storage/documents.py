"""Documents of every kind: users, devices, menus, media ..."""

from dataclasses import dataclass
from typing import Any

from runtime.storage.pool import Database


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document; `revision` counts its changes from 1."""

    id: str
    kind: str
    revision: int
    doc: dict[str, Any]


_DOCUMENT = """
select id, kind, revision, doc from documents
where account_id = $1 and kind = $2 and id = $3
"""

# Kazoo's rule: whoever is hot-desked on a device has it, its owner only while nobody is.
_DEVICES_OF_OWNER = """
select id, kind, revision, doc from documents
where account_id = $1 and kind = 'device' and case
    when jsonb_typeof(doc -> 'hotdesk' -> 'users') = 'object'
        and doc -> 'hotdesk' -> 'users' <> '{}'
    then doc -> 'hotdesk' -> 'users' ? $2
    else doc ->> 'owner_id' = $2
end
order by id
"""


async def document(
    db: Database, account_id: str, kind: str, document_id: str
) -> DocumentRow | None:
    """Read one document; None when the account has none of that kind and id."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_DOCUMENT, account_id, kind, document_id)
    return DocumentRow(**row) if row else None


async def documents_of_owner(db: Database, account_id: str, user_id: str) -> list[DocumentRow]:
    """Return the devices that ring for a user, in order of their ids."""
    async with db.connection() as connection:
        rows = await connection.fetch(_DEVICES_OF_OWNER, account_id, user_id)
    return [DocumentRow(**row) for row in rows]
