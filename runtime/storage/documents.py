"""Documents of every kind: users, devices, menus, media ..."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.errors import DocumentError
from runtime.storage.pool import Connection, Database


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document; `revision` counts its changes from 1."""

    id: str
    kind: str
    revision: int
    doc: dict[str, Any]


_DOC = """
select doc from documents where account_id = $1 and kind = $2 and id = $3 for update
"""
_REPLACE = "update documents set doc = $4 where account_id = $1 and kind = $2 and id = $3"

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


_MEMBERS = """
select id, kind, revision, doc from documents
where account_id = $1 and kind = 'user' and jsonb_typeof(doc -> 'directories') = 'object'
    and doc -> 'directories' ? $2
order by id
"""


async def documents_of_directory(
    db: Database, account_id: str, directory_id: str
) -> list[DocumentRow]:
    """Return the users in a directory, in order of their ids."""
    async with db.connection() as connection:
        rows = await connection.fetch(_MEMBERS, account_id, directory_id)
    return [DocumentRow(**row) for row in rows]


_OF_KIND = """
select id, kind, revision, doc from documents where account_id = $1 and kind = $2 order by id
"""


async def documents_of_kind(db: Database, account_id: str, kind: str) -> list[DocumentRow]:
    """Return all documents of a kind, in order of their ids."""
    async with db.connection() as connection:
        rows = await connection.fetch(_OF_KIND, account_id, kind)
    return [DocumentRow(**row) for row in rows]


_MAKE = """
insert into documents (account_id, kind, id, doc) values ($1, $2, $3, '{}') on conflict do nothing
"""


async def change_document(
    db: Database,
    account_id: str,
    kind: str,
    document_id: str,
    change: Mapping[str, Any],
    create: bool = False,  # noqa: FBT001, FBT002 - the place it has in Documents.change
) -> None:
    """Merge `change` into a document, deeply.

    Raises DocumentError when there is none, unless it is to be made.
    """
    async with db.connection() as connection, connection.transaction():
        if create:
            await connection.execute(_MAKE, account_id, kind, document_id)
        if not await merge_into(connection, account_id, kind, document_id, change):
            raise DocumentError(f"{kind} {document_id}: the account has no such document")


async def merge_into(
    connection: Connection, account_id: str, kind: str, document_id: str, change: Mapping[str, Any]
) -> bool:
    """Merge within a transaction of the caller's; False when there is no such document."""
    row = await connection.fetchrow(_DOC, account_id, kind, document_id)
    if row is None:
        return False
    old: dict[str, Any] = row["doc"]
    new = _merged(old, change)
    await connection.execute(_REPLACE, account_id, kind, document_id, new)
    return True


def _merged(doc: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(doc)
    for key, value in change.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = _merged(old, value)
        else:
            result[key] = value
    return result
