"""What of a callflow others have: numbers, patterns, and the documents that it refers to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from runtime.storage.pool import Connection


@dataclass(frozen=True, slots=True)
class Holder:
    """The callflow that already has a number or pattern; `name` may be empty."""

    value: str
    callflow_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A document, as whoever refers to it wants to show it; callflows have numbers."""

    id: str
    kind: str
    name: str | None
    numbers: tuple[str, ...] | None


_NUMBER = """
select n.number as value, c.id as callflow_id, coalesce(c.doc ->> 'name', '') as name
from callflow_numbers n join callflows c on (c.account_id, c.id) = (n.account_id, n.callflow_id)
where n.account_id = $1 and n.number = any ($2) and n.callflow_id is distinct from $3
order by array_position($2, n.number) limit 1
"""
_PATTERN = """
select p.pattern as value, c.id as callflow_id, coalesce(c.doc ->> 'name', '') as name
from callflow_patterns p join callflows c on (c.account_id, c.id) = (p.account_id, p.callflow_id)
where p.account_id = $1 and p.pattern = any ($2) and p.callflow_id is distinct from $3
order by array_position($2, p.pattern) limit 1
"""
_FOREIGN = """
select number from phone_numbers
where number = any ($2) and account_id <> $1
order by array_position($2, number) limit 1
"""
# A name is shown as it is, whatever it is; users have two.
_SUMMARIES = """
select id, kind, nullif(case kind
        when 'user' then trim(concat_ws(' ', doc ->> 'first_name', doc ->> 'last_name'))
        else doc ->> 'name' end, '') as name,
    null::text[] as numbers
from documents where account_id = $1 and id = any ($2)
union all
select id, 'callflow', nullif(doc ->> 'name', ''),
    array(select value from strings_of(doc -> 'numbers') order by place)
from callflows where account_id = $1 and id = any ($2)
"""
_ALL_IDS = """
select id from documents where account_id = $1
union select id from callflows where account_id = $1
"""


async def holder_of_number(
    connection: Connection, account_id: str, numbers: Collection[str], but: str | None
) -> Holder | None:
    """Return another callflow than `but` that has one of these numbers."""
    return _holder(await connection.fetchrow(_NUMBER, account_id, list(numbers), but))


async def holder_of_pattern(
    connection: Connection, account_id: str, patterns: Collection[str], but: str | None
) -> Holder | None:
    """Return another callflow than `but` that has one of these patterns."""
    return _holder(await connection.fetchrow(_PATTERN, account_id, list(patterns), but))


async def foreign_number(
    connection: Connection, account_id: str, numbers: Collection[str]
) -> str | None:
    """Return one of these numbers that is a public one of another account."""
    number: str | None = await connection.fetchval(_FOREIGN, account_id, list(numbers))
    return number


async def summaries(
    connection: Connection, account_id: str, ids: Collection[str]
) -> dict[str, Summary]:
    """Return those documents and callflows of an account that have one of these ids."""
    rows = await connection.fetch(_SUMMARIES, account_id, list(ids))
    found: dict[str, Summary] = {}
    for row in rows:
        numbers: list[Any] | None = row["numbers"]
        found[row["id"]] = Summary(
            row["id"], row["kind"], row["name"], None if numbers is None else tuple(numbers)
        )
    return found


async def every_id(connection: Connection, account_id: str) -> frozenset[str]:
    """Return the ids of all documents and callflows of an account."""
    rows = await connection.fetch(_ALL_IDS, account_id)
    return frozenset(row["id"] for row in rows)


def _holder(row: Any) -> Holder | None:
    return None if row is None else Holder(**row)
