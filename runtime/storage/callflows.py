"""Why callflows cannot be used, as the runtime found out."""

from dataclasses import dataclass
from datetime import datetime

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
