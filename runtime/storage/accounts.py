"""Accounts with all that routing their calls needs."""

from dataclasses import dataclass
from typing import Any

from runtime.storage.pool import Database


@dataclass(frozen=True, slots=True)
class CallflowRow:
    """One row of `callflows`; `doc` is whatever JSON was stored, not necessarily a callflow."""

    id: str
    revision: int
    doc: Any


@dataclass(frozen=True, slots=True)
class AccountRows:
    """One account, its callflows in order of their ids, and its public numbers in theirs."""

    id: str
    name: str
    realm: str | None
    enabled: bool
    doc: dict[str, Any]
    callflows: tuple[CallflowRow, ...]
    numbers: tuple[str, ...] = ()


# One statement, so that account and callflows are of the same moment.
_ROUTES = """
select id, name, realm, enabled, doc, (
    select coalesce(json_agg(json_build_array(c.id, c.revision, c.doc) order by c.id), '[]')
    from callflows c where c.account_id = a.id
) as callflows, array(
    select number from phone_numbers where account_id = a.id order by number
) as numbers
from accounts a where id = $1
"""


async def routes_of(db: Database, account_id: str) -> AccountRows | None:
    """Read an account, also a disabled one, and all its callflows in one round trip."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_ROUTES, account_id)
    if row is None:
        return None
    callflows = tuple(CallflowRow(*columns) for columns in row["callflows"])
    return AccountRows(
        id=row["id"],
        name=row["name"],
        realm=row["realm"],
        enabled=row["enabled"],
        doc=row["doc"],
        callflows=callflows,
        numbers=tuple(row["numbers"]),
    )


async def names(db: Database) -> dict[str, str]:
    """Return the name of every account by its id, in order of the names."""
    async with db.connection() as connection:
        rows = await connection.fetch("select id, name from accounts order by name, id")
    return {row["id"]: row["name"] for row in rows}
