"""Accounts with all that routing their calls needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from runtime.storage.pool import Database


class CallflowRow(NamedTuple):
    """One row of `callflows`; `text` is whatever JSON was stored, not necessarily a callflow."""

    id: str
    revision: int
    text: str


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


# One statement, so that account and callflows are of the same moment. Texts, because thousands of
# documents cannot be read from JSON without holding up the event loop.
_ROUTES = """
select id, name, realm, enabled, doc, c.ids, c.revisions, c.texts, array(
    select number from phone_numbers where account_id = a.id order by number
) as numbers
from accounts a, lateral (
    select coalesce(array_agg(id order by id), '{}') as ids,
        coalesce(array_agg(revision order by id), '{}') as revisions,
        coalesce(array_agg(doc::text order by id), '{}') as texts
    from callflows where account_id = a.id
) c
where a.id = $1
"""


async def routes_of(db: Database, account_id: str) -> AccountRows | None:
    """Read an account, also a disabled one, and all its callflows in one round trip."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_ROUTES, account_id)
    if row is None:
        return None
    columns = zip(row["ids"], row["revisions"], row["texts"], strict=True)
    return AccountRows(
        id=row["id"],
        name=row["name"],
        realm=row["realm"],
        enabled=row["enabled"],
        doc=row["doc"],
        callflows=tuple(map(CallflowRow._make, columns)),
        numbers=tuple(row["numbers"]),
    )


async def names(db: Database) -> dict[str, str]:
    """Return the name of every account by its id, in order of the names."""
    async with db.connection() as connection:
        rows = await connection.fetch("select id, name from accounts order by name, id")
    return {row["id"]: row["name"] for row in rows}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as its owners manage it; `tree` are the accounts above it, the topmost first."""

    id: str
    name: str
    realm: str | None
    enabled: bool
    doc: dict[str, Any]
    parent_id: str | None
    tree: tuple[str, ...]
    superadmin: bool
    revision: int
    created_at: datetime
    updated_at: datetime

    def is_reached_by(self, account_id: str) -> bool:
        """Whether a token of that account may act on this one."""
        return account_id == self.id or account_id in self.tree


ACCOUNT_COLUMNS = (
    "id, name, realm, enabled, doc, parent_id, tree, superadmin, revision, created_at, updated_at"
)
_ACCOUNT = f"select {ACCOUNT_COLUMNS} from accounts where id = $1"  # noqa: S608


async def account(db: Database, account_id: str) -> AccountRow | None:
    """Return an account, also a disabled one; None when there is none."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_ACCOUNT, account_id)
    return None if row is None else account_row(row)


def account_row(row: Any) -> AccountRow:
    """Return a row that has the columns of `AccountRow`."""
    return AccountRow(**{**row, "tree": tuple(row["tree"])})
