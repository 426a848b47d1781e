"""Lamps: the names that telephones may watch, and whose state each shows."""

from dataclasses import dataclass

from runtime.storage.pool import Database

ALL_SECONDS = 60.0
"""How long it may take to read the lamps of every account."""


@dataclass(frozen=True, slots=True)
class LampRow:
    """One reason why a lamp is lit.

    Either a telephone by the name of its SIP endpoint, or a `state` of its own: idle, ringing or
    busy. `lamp` is None in the row of an account without lamps.
    """

    account_id: str
    lamp: str | None
    endpoint: str | None
    state: str | None


_ALL = """
select a.id as account_id, l.lamp, l.endpoint, l.state
from accounts a left join lamps l on l.account_id = a.id and l.lamp is not null
where a.enabled
"""

_OF_ACCOUNT = """
select a.id as account_id, l.lamp, l.endpoint, l.state
from accounts a left join lamps l on l.account_id = $1 and l.lamp is not null
where a.enabled and a.id = $1
"""


async def lamps(db: Database, account_id: str | None = None) -> list[LampRow]:
    """Return the lamps of one account, or of all, in no order; of no or a disabled account none.

    An account that is there has one row at least.
    """
    if account_id is not None:
        async with db.connection() as connection:
            rows = await connection.fetch(_OF_ACCOUNT, account_id)
    else:
        async with db.connection(ALL_SECONDS) as connection:
            rows = await connection.fetch(_ALL)
    return [LampRow(**row) for row in rows]
