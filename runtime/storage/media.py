"""Media documents by their language, and by the prompt that they replace."""

from collections.abc import Sequence
from typing import Literal

from runtime.storage.pool import Connection

By = Literal["language", "prompt_id"]

MISSING = "missing"
"""Stands for the language of those that name none, as in Kazoo."""

_VALUES = {
    "language": f"coalesce(lower(doc ->> 'language'), '{MISSING}')",
    "prompt_id": "doc ->> 'prompt_id'",
}


async def counts(connection: Connection, account_id: str, by: By) -> dict[str, int]:
    """Return how many media documents of an account have each value."""
    value = _VALUES[by]
    rows = await connection.fetch(
        f"select {value} as value, count(*) as count from documents "  # noqa: S608
        f"where account_id = $1 and kind = 'media' and {value} is not null "
        "group by 1 order by 1",
        account_id,
    )
    return {row["value"]: row["count"] for row in rows}


async def members(
    connection: Connection, account_id: str, by: By, value: str, limit: int
) -> Sequence[str]:
    """Return the ids of those that have a value, in order; `limit` at most."""
    rows = await connection.fetch(
        "select id from documents where account_id = $1 and kind = 'media' "  # noqa: S608
        f"and {_VALUES[by]} = $2 order by id limit $3",
        account_id,
        value,
        limit,
    )
    return [row["id"] for row in rows]
