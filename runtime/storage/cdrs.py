"""Call detail records: written in batches, and read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime.storage.pool import Connection, Database
from runtime.storage.rows import as_json
from runtime.storage.spans import Span


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
    second_hand: bool = False
    """Whether somebody else than its call tells of it: then one that is there stays as it is."""


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

_WRITE_SECOND_HAND = f"""
insert into cdrs ({_COLUMNS})
select {_COLUMNS} from jsonb_populate_recordset(null::cdrs, $1::text::jsonb)
on conflict (id) do nothing
"""  # noqa: S608

_OF_CALL = "select * from cdrs where call_id = $1 order by started_at, id"
_OF_INTERACTION = """
select * from cdrs where interaction_id = $1 and ($2::text is null or account_id = $2)
order by started_at, id
"""


async def write(db: Database, rows: Sequence[CdrRow]) -> None:
    """Write records; writing them again is harmless."""
    latest = {row.id: row for row in rows if not row.second_hand}
    others = {row.id: row for row in rows if row.second_hand and row.id not in latest}
    async with db.connection() as connection:
        await connection.execute(_WRITE, as_json(latest.values()))
        if others:
            await connection.execute(_WRITE_SECOND_HAND, as_json(others.values()))


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


@dataclass(frozen=True, slots=True)
class Told:
    """A record as its account sees it: the channel it talked with last, and its recordings."""

    row: CdrRow
    other_channel_id: str | None
    recordings: Sequence[str]


# `doc` is what filters see: Kazoo's names.
_TOLD = f"""
select {_COLUMNS}, other_channel_id, recordings from (
    select *, started_at as created_at, ended_at as updated_at,
        (select o.channel_id from cdrs o where o.id = c.other_leg_id) as other_channel_id,
        array(
            select r.id from recordings r
            where r.account_id = c.account_id and r.call_id = c.call_id and r.cdr_id = c.id
            order by r.id
        ) as recordings,
        jsonb_strip_nulls(jsonb_build_object(
            'call_id', channel_id, 'bridge_id', call_id, 'interaction_id', interaction_id,
            'direction', direction, 'dialed_number', number,
            'caller_id_name', caller_name, 'caller_id_number', caller_number,
            'callee_id_name', callee_name, 'callee_id_number', callee_number,
            'authorizing_id', device_id, 'owner_id', owner_id, 'hangup_cause', cause_name
        )) as doc
    from {{}} c
) told
"""  # noqa: S608
_FIRST_LEGS = """(
    select distinct on (interaction_id) * from cdrs
    where account_id = $1 and started_at >= $2 and started_at <= $3
        and ($4::text is null or owner_id = $4)
    order by interaction_id, started_at, id
)"""
_OF_SPAN = _TOLD.format("cdrs")
_INTERACTIONS = _TOLD.format(_FIRST_LEGS)
_ONE = f"{_OF_SPAN} where account_id = $1 and id = any ($2::text[])"
_LEGS = f"{_OF_SPAN} where account_id = $1 and interaction_id = $2 order by started_at, id"
_SUMMARY = """
select direction, count(*) as calls, count(answered_at) as answered,
    coalesce(sum(extract(epoch from ended_at - started_at)), 0)::float8 as duration,
    coalesce(sum(extract(epoch from ended_at - answered_at)), 0)::float8 as billing
from cdrs where account_id = $1 and started_at >= $2 and started_at <= $3
group by direction order by direction
"""


async def of_span(connection: Connection, account_id: str, span: Span) -> list[Told]:
    """Return an account's records."""
    where, values = span.where(account_id)
    return [_told(row) for row in await connection.fetch(f"{_OF_SPAN} {where}", *values)]


async def interactions(connection: Connection, account_id: str, span: Span) -> list[Told]:
    """Return the first record of each interaction, of those that are in the span (and the user's).

    Conditions are over that record.
    """
    where, values = span.where(account_id)  # whose first values are those of _FIRST_LEGS
    return [_told(row) for row in await connection.fetch(f"{_INTERACTIONS} {where}", *values)]


async def one(connection: Connection, account_id: str, ids: Sequence[str]) -> Told | None:
    """Return the record that has one of these ids; None when the account has none."""
    row = await connection.fetchrow(_ONE, account_id, ids)
    return None if row is None else _told(row)


async def legs(connection: Connection, account_id: str, interaction_id: str) -> list[Told]:
    """Return an account's records of an interaction, in the order in which they began."""
    return [_told(row) for row in await connection.fetch(_LEGS, account_id, interaction_id)]


@dataclass(frozen=True, slots=True)
class Total:
    """How many records of a direction there are, and how long they are together, in seconds."""

    direction: str
    calls: int
    answered: int
    duration: float
    billing: float


async def totals(
    connection: Connection, account_id: str, since: datetime, until: datetime
) -> list[Total]:
    """Return totals of the records that began in a time."""
    rows = await connection.fetch(_SUMMARY, account_id, since, until)
    return [Total(*row) for row in rows]


def _told(row: Any) -> Told:
    values = dict(row)
    other, recordings = values.pop("other_channel_id"), values.pop("recordings")
    return Told(CdrRow(**values), other, recordings)
