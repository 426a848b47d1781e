"""Callflows: changed by the runtime, and why some cannot be used, as it found out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime.errors import DocumentError
from runtime.storage.pool import Database


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """The problem that makes one revision of a callflow unusable."""

    callflow_id: str
    revision: int
    problem: str
    seen_at: datetime


_SAVE_PROBLEM = """
insert into callflow_problems (account_id, callflow_id, revision, problem)
select account_id, id, revision, $4 from callflows
where account_id = $1 and id = $2 and revision = $3
on conflict (account_id, callflow_id) do update
set revision = excluded.revision, problem = excluded.problem, seen_at = now()
where (callflow_problems.revision, callflow_problems.problem)
    is distinct from (excluded.revision, excluded.problem)
"""

_PROBLEMS = """
select callflow_id, revision, problem, seen_at from callflow_problems
where account_id = $1 order by callflow_id
"""


async def save_problem(
    db: Database, account_id: str, callflow_id: str, revision: int, problem: str
) -> None:
    """Store why this revision is unusable, unless the callflow has changed or gone since."""
    async with db.connection() as connection:
        await connection.execute(_SAVE_PROBLEM, account_id, callflow_id, revision, problem)


async def problems(db: Database, account_id: str) -> list[ProblemRow]:
    """Return the problems of an account's callflows; changing a callflow removes its problem."""
    async with db.connection() as connection:
        return [ProblemRow(**row) for row in await connection.fetch(_PROBLEMS, account_id)]


_DOC = "select doc from callflows where account_id = $1 and id = $2 for update"
_REPLACE = "update callflows set doc = $3 where account_id = $1 and id = $2"
_AUTHOR = "select set_config('callflow.author', $1, true)"


async def change_callflow(
    db: Database,
    account_id: str,
    callflow_id: str,
    edit: Callable[[dict[str, Any]], None],
    author: str,
) -> None:
    """Let `edit` change a callflow document in place, while nobody else can; keep who did it.

    Raises DocumentError when the account has no such callflow.
    """
    async with db.connection() as connection, connection.transaction():
        row = await connection.fetchrow(_DOC, account_id, callflow_id)
        if row is None or not isinstance(row["doc"], dict):
            raise DocumentError(f"callflow {callflow_id}: the account has no such callflow")
        edit(row["doc"])
        await connection.execute(_AUTHOR, author)
        await connection.execute(_REPLACE, account_id, callflow_id, row["doc"])
