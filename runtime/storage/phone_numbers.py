"""Public numbers (DIDs): which account a call from outside belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime.storage.collection import Wanted
from runtime.storage.paging import paged
from runtime.storage.pool import Connection, Database

# Of a reserved number nobody knows yet that calls arrive here.
_ACCOUNT = "select account_id from phone_numbers where number = $1 and state <> 'reserved'"


async def account_of_number(db: Database, number: str) -> str | None:
    """Return the id of the account that calls to `number` (E.164, with its +) are for, or None."""
    async with db.connection() as connection:
        account_id: str | None = await connection.fetchval(_ACCOUNT, number)
    return account_id


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number; `state` is `in_service`, `port_in` or `reserved`, `used` means by a callflow."""

    number: str
    account_id: str
    state: str
    doc: dict[str, Any]
    revision: int
    created_at: datetime
    updated_at: datetime
    used: bool


_COLUMNS = """
number, account_id, state, doc, revision, created_at, updated_at, exists (
    select from callflow_numbers c where c.account_id = n.account_id and c.number = n.number
) as used
"""


async def owner(connection: Connection, number: str) -> str | None:
    """Return the id of the account that has a number, in whatever state; None: nobody has it."""
    account_id: str | None = await connection.fetchval(
        "select account_id from phone_numbers where number = $1", number
    )
    return account_id


async def taken(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Return those of `numbers` that some account has."""
    rows = await connection.fetch(
        "select number from phone_numbers where number = any ($1)", list(numbers)
    )
    return {row["number"] for row in rows}


async def fetch(connection: Connection, account_id: str, number: str) -> NumberRow | None:
    """Return a number of an account; None when it has no such number."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from phone_numbers n where account_id = $1 and number = $2",  # noqa: S608
        account_id,
        number,
    )
    return None if row is None else NumberRow(**row)


async def insert(
    connection: Connection, account_id: str, number: str, state: str, doc: Mapping[str, Any]
) -> NumberRow | None:
    """Give a number to an account; None when some account has it already."""
    row = await connection.fetchrow(
        "insert into phone_numbers as n (account_id, number, state, doc) "  # noqa: S608
        f"values ($1, $2, $3, $4) on conflict (number) do nothing returning {_COLUMNS}",
        account_id,
        number,
        state,
        dict(doc),
    )
    return None if row is None else NumberRow(**row)


async def replace(
    connection: Connection, account_id: str, number: str, state: str, doc: Mapping[str, Any]
) -> NumberRow | None:
    """Change a number of an account; None when it has just gone."""
    row = await connection.fetchrow(
        "update phone_numbers n set state = $3, doc = $4 "  # noqa: S608
        f"where account_id = $1 and number = $2 returning {_COLUMNS}",
        account_id,
        number,
        state,
        dict(doc),
    )
    return None if row is None else NumberRow(**row)


async def remove(connection: Connection, account_id: str, number: str) -> None:
    """Take a number from an account: nobody has it then."""
    await connection.execute(
        "delete from phone_numbers where account_id = $1 and number = $2", account_id, number
    )


# Filters are about documents as clients see them.
_PAGE = f"""
select number as id, number as sort_key, {_COLUMNS.replace("state, doc", "state")},
    doc || jsonb_build_object('state', state, 'assigned_to', account_id) as doc
from phone_numbers n where account_id = $1
"""  # noqa: S608


async def page(connection: Connection, account_id: str, wanted: Wanted) -> Sequence[NumberRow]:
    """Return numbers of an account in order."""
    values: list[object] = [account_id]
    rows = await connection.fetch(paged(_PAGE, wanted, values), *values)
    return [
        NumberRow(**{name: v for name, v in row.items() if name not in ("id", "sort_key")})
        for row in rows
    ]


_CASCADE = """
select count(*) from phone_numbers n join accounts a on a.id = n.account_id
where a.id = $1 or a.tree @> array[$1::text]
"""


async def count_with_descendants(connection: Connection, account_id: str) -> int:
    """Return how many numbers an account and those below it have."""
    return int(await connection.fetchval(_CASCADE, account_id))
