"""Every state that callflows ever had."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime.storage.pool import Connection, Database


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One state of a callflow: who made it, when and why; `deleted`: it was gone from then on."""

    revision: int
    changed_at: datetime
    author: str
    message: str
    deleted: bool


_ROW = "revision, changed_at, author, message, doc is null as deleted"
_REVISIONS = f"""
select {_ROW} from callflow_revisions
where account_id = $1 and callflow_id = $2 and ($3::integer is null or revision <= $3)
order by revision desc limit $4
"""  # noqa: S608
_ONE = f"""
select {_ROW}, doc from callflow_revisions
where account_id = $1 and callflow_id = $2 and revision = $3
"""  # noqa: S608
_AS_OF = """
select callflow_id, revision, doc::text as text from (
    select distinct on (callflow_id) callflow_id, revision, doc from callflow_revisions
    where account_id = $1 and changed_at <= $2
    order by callflow_id, revision desc
) last
where doc is not null order by callflow_id
"""


async def revisions(
    connection: Connection,
    account_id: str,
    callflow_id: str,
    *,
    start: int | None = None,
    limit: int | None = None,
) -> list[RevisionRow]:
    """Return a callflow's revisions, the newest first, from `start` down; deleted ones have some.

    None for a callflow that never was.
    """
    rows = await connection.fetch(_REVISIONS, account_id, callflow_id, start, limit)
    return [RevisionRow(**row) for row in rows]


async def revision(
    connection: Connection, account_id: str, callflow_id: str, number: int
) -> tuple[RevisionRow, Any] | None:
    """Return a revision with its document, whatever JSON that is; None when there is none."""
    row = await connection.fetchrow(_ONE, account_id, callflow_id, number)
    if row is None:
        return None
    columns = dict(row)
    doc = columns.pop("doc")
    return RevisionRow(**columns), doc


async def as_of(db: Database, account_id: str, at: datetime) -> list[tuple[str, int, str]]:
    """Return the callflows of an account as they were then: id, revision and JSON text."""
    async with db.connection() as connection:
        rows = await connection.fetch(_AS_OF, account_id, at)
    return [(row["callflow_id"], row["revision"], row["text"]) for row in rows]


async def give_reason(connection: Connection, message: str) -> None:
    """Say why this transaction changes callflows, unless its author has said so."""
    await connection.execute(
        "select set_config('callflow.message', $1, true)"
        " where coalesce(current_setting('callflow.message', true), '') = ''",
        message,
    )
