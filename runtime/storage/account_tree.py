"""Accounts as clients manage them: made, changed and moved below each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.storage.accounts import ACCOUNT_COLUMNS, AccountRow, account_row
from runtime.storage.collection import Wanted
from runtime.storage.paging import paged
from runtime.storage.pool import Connection


@dataclass(frozen=True, slots=True)
class Named:
    """What makes an account itself: its document and what stands beside it in the table."""

    name: str
    realm: str | None
    enabled: bool
    doc: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Below:
    """A row of a listing; `descendants` is how many accounts are below it."""

    id: str
    doc: dict[str, Any]
    descendants: int


async def fetch(connection: Connection, account_id: str) -> AccountRow | None:
    """Return an account, also a disabled one; None when there is none."""
    row = await connection.fetchrow(
        f"select {ACCOUNT_COLUMNS} from accounts where id = $1",  # noqa: S608
        account_id,
    )
    return None if row is None else account_row(row)


async def insert(connection: Connection, parent_id: str, new: Named) -> AccountRow:
    """Make an account below another; raises StorageRefused when its realm is taken."""
    row = await connection.fetchrow(
        "insert into accounts (parent_id, name, realm, enabled, doc) "  # noqa: S608
        f"values ($1, $2, $3, $4, $5) returning {ACCOUNT_COLUMNS}",
        parent_id,
        new.name,
        new.realm,
        new.enabled,
        dict(new.doc),
    )
    return account_row(row)


async def replace(connection: Connection, account_id: str, new: Named) -> AccountRow | None:
    """Change an account; None when it has just gone."""
    row = await connection.fetchrow(
        "update accounts set name = $2, realm = $3, enabled = $4, doc = $5 "  # noqa: S608
        f"where id = $1 returning {ACCOUNT_COLUMNS}",
        account_id,
        new.name,
        new.realm,
        new.enabled,
        dict(new.doc),
    )
    return None if row is None else account_row(row)


async def move(connection: Connection, account_id: str, parent_id: str) -> AccountRow | None:
    """Put an account, with all below it, below another; None when it has just gone.

    Raises StorageRefused when the other is below it, or not there.
    """
    row = await connection.fetchrow(
        f"update accounts set parent_id = $2 where id = $1 returning {ACCOUNT_COLUMNS}",  # noqa: S608
        account_id,
        parent_id,
    )
    return None if row is None else account_row(row)


async def remove(connection: Connection, account_id: str) -> None:
    """Delete an account and all that it has; raises StorageRefused when others are below it."""
    await connection.execute("delete from accounts where id = $1", account_id)


async def has_descendants(connection: Connection, account_id: str) -> bool:
    """Whether there are accounts below this one."""
    return bool(
        await connection.fetchval(
            "select exists (select from accounts where parent_id = $1)", account_id
        )
    )


_LOCK = "select pg_advisory_xact_lock(hashtextextended('api names of accounts', 0))"
_TAKEN = """
select coalesce(bool_or(account_key(name) = account_key($2)), false) as name,
    coalesce(bool_or(realm = $3), false) as realm
from accounts
where (account_key(name) = account_key($2) or realm = $3) and id is distinct from $1
"""


async def taken(
    connection: Connection, account_id: str | None, name: str, realm: str | None
) -> Sequence[str]:
    """Return which of `name` and `realm` another account has.

    Until the transaction ends nobody else can ask, and so not take them either.
    """
    await connection.execute(_LOCK)
    found = (await connection.fetch(_TAKEN, account_id, name, realm))[0]
    return [field for field in ("name", "realm") if found[field]]


async def above(connection: Connection, account: AccountRow) -> Sequence[AccountRow]:
    """Return the accounts above one, the topmost first."""
    rows = await connection.fetch(
        f"select {ACCOUNT_COLUMNS} from accounts where id = any ($1) "  # noqa: S608
        "order by cardinality(tree)",
        list(account.tree),
    )
    return [account_row(row) for row in rows]


# Filters are about documents as clients see them.
_BELOW = """
select id, name as sort_key, created_at, updated_at,
    doc || jsonb_strip_nulls(
        jsonb_build_object('name', name, 'realm', realm, 'enabled', enabled)
    ) as doc,
    (select count(*) from accounts d where d.tree @> array[a.id]) as descendants
from accounts a where
"""


async def below(
    connection: Connection, account_id: str, wanted: Wanted, *, directly: bool
) -> list[tuple[str, Below]]:
    """Return accounts below one with their sort keys, in order of name and id."""
    values: list[object] = [account_id]
    scope = "parent_id = $1" if directly else "tree @> array[$1::text]"
    rows = await connection.fetch(paged(_BELOW + scope, wanted, values), *values)
    return [(row["sort_key"], Below(row["id"], row["doc"], row["descendants"])) for row in rows]


async def by_realm(connection: Connection, realm: str) -> AccountRow | None:
    """Return whose a realm is (in any case); None: nobody's."""
    row = await connection.fetchrow(
        f"select {ACCOUNT_COLUMNS} from accounts where realm = lower($1)",  # noqa: S608
        realm,
    )
    return None if row is None else account_row(row)


async def by_name(connection: Connection, name: str) -> AccountRow | None:
    """Return the account of a name, which may be written in many ways; None: no one's, or two's."""
    rows = await connection.fetch(
        f"select {ACCOUNT_COLUMNS} from accounts where account_key(name) = account_key($1) limit 2",  # noqa: S608
        name,
    )
    return account_row(rows[0]) if len(rows) == 1 else None
