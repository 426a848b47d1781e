"""Objects that no row has: not yet, or no longer; sql/0015_objects.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from runtime.storage.pool import Connection, Database


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An object of the object store: its key, its size in bytes, its SHA-256 in hexadecimal."""

    key: str
    size: int
    sha256: str


Content: TypeAlias = bytes | ObjectRef
"""Content of a row: in the row itself, or an object."""

_ANNOUNCE = "insert into unused_objects (key) values ($1)"
# Locked: a row that takes one of these waits, and is refused when it is gone.
_UNUSED = """
select key from unused_objects where since < now() - $1::interval
order by since limit $2 for update skip locked
"""
_FORGET = "delete from unused_objects where key = any ($1::text[])"


async def announce(db: Database, key: str) -> None:
    """Write down an object that is about to be stored, and that a row may take after that."""
    async with db.connection() as connection:
        await connection.execute(_ANNOUNCE, key)


async def unused(connection: Connection, since: timedelta, limit: int) -> Sequence[str]:
    """Return keys that no row has had for so long, and keep rows from taking them meanwhile.

    Within the caller's transaction.
    """
    rows = await connection.fetch(_UNUSED, since, limit)
    return [row["key"] for row in rows]


async def forget(connection: Connection, keys: Sequence[str]) -> None:
    """Write down that there are no such objects."""
    await connection.execute(_FORGET, keys)
