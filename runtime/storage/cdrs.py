"""Call detail records: written in batches, and read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runtime.storage.pool import Database
from runtime.storage.rows import as_json


@dataclass(frozen=True, slots=True, kw_only=True)
class CdrRow:
    """One channel's part in a call, when it is over; times carry a zone.

    `direction` is inbound (it called us) or outbound; `cause` a Q.850 cause; `ended_by` caller,
    callee, system or transfer. See sql/0006_cdrs.sql.
    """

    id: str
    call_id: str
    interaction_id: str
    channel_id: str
    direction: str
    number: str
    started_at: datetime
    ended_at: datetime
    account_id: str | None = None
    sip_call_id: str | None = None
    caller_name: str = ""
    caller_number: str = ""
    callee_name: str = ""
    callee_number: str = ""
    device_id: str | None = None
    owner_id: str | None = None
    other_leg_id: str | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    cause: int | None = None
    cause_name: str = ""
    sip_status: int | None = None
    ended_by: str = "system"


_COLUMNS = """
    id, call_id, interaction_id, account_id, channel_id, sip_call_id, direction, number,
    caller_name, caller_number, callee_name, callee_number, device_id, owner_id, other_leg_id,
    started_at, ringing_at, answered_at, ended_at, cause, cause_name, sip_status, ended_by
"""

# Written again it is the same, or belongs to another interaction since a transfer. What is known
# once is not lost to the little that is known after a crash.
_WRITE = f"""
insert into cdrs ({_COLUMNS})
select {_COLUMNS} from jsonb_populate_recordset(null::cdrs, $1::text::jsonb)
on conflict (id) do update set
    interaction_id = excluded.interaction_id,
    account_id = coalesce(excluded.account_id, cdrs.account_id),
    other_leg_id = coalesce(excluded.other_leg_id, cdrs.other_leg_id),
    ringing_at = coalesce(cdrs.ringing_at, excluded.ringing_at),
    answered_at = coalesce(cdrs.answered_at, excluded.answered_at)
"""  # noqa: S608 - the names of columns

_OF_CALL = "select * from cdrs where call_id = $1 order by started_at, id"
_OF_INTERACTION = """
select * from cdrs where interaction_id = $1 and ($2::text is null or account_id = $2)
order by started_at, id
"""


async def write(db: Database, rows: Sequence[CdrRow]) -> None:
    """Write records in one statement; writing them again is harmless."""
    latest = {row.id: row for row in rows}
    async with db.connection() as connection:
        await connection.execute(_WRITE, as_json(latest.values()))


async def of_call(db: Database, call_id: str) -> list[CdrRow]:
    """Return the records of a call's channels in the order in which they began."""
    async with db.connection() as connection:
        return [CdrRow(**row) for row in await connection.fetch(_OF_CALL, call_id)]


async def of_interaction(
    db: Database, interaction_id: str, account_id: str | None = None
) -> list[CdrRow]:
    """Return the records of all calls that transfers made of one (in that account)."""
    async with db.connection() as connection:
        rows = await connection.fetch(_OF_INTERACTION, interaction_id, account_id)
    return [CdrRow(**row) for row in rows]
