"""Calls and their steps: the trace, written in batches and read back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from runtime.storage.pool import Database
from runtime.storage.rows import as_json, names


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call. `origin` is internal or external, `cause` a Q.850 cause, times carry a zone."""

    id: str
    number: str
    origin: str
    channel_id: str
    started_at: datetime
    account_id: str | None = None
    normalised_number: str | None = None
    caller_name: str = ""
    caller_number: str = ""
    device_id: str | None = None
    sip_call_id: str | None = None
    callflow_id: str | None = None
    callflow_revision: int | None = None
    match: dict[str, Any] | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    reason: str | None = None
    cause: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One node that a call ran; `duration` in seconds, `documents` their revisions by id."""

    call_id: str
    seq: int
    path: str
    module: str
    started_at: datetime
    callflow_id: str | None = None
    callflow_revision: int | None = None
    documents: dict[str, int] = field(default_factory=dict)
    duration: float | None = None
    outcome: str | None = None
    child: str | None = None
    error: str | None = None
    inputs: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A call and its steps in their order."""

    call: CallRow
    steps: tuple[StepRow, ...]


# What is known once is never lost to an older snapshot that arrives later.
_WRITE = """
with written_calls as (
    insert into calls (
        id, number, origin, channel_id, started_at, account_id, normalised_number, caller_name,
        caller_number, device_id, sip_call_id, callflow_id, callflow_revision, match, answered_at,
        ended_at, outcome, reason, cause
    )
    select
        id, number, origin, channel_id, started_at, account_id, normalised_number, caller_name,
        caller_number, device_id, sip_call_id, callflow_id, callflow_revision, match, answered_at,
        ended_at, outcome, reason, cause
    from jsonb_populate_recordset(null::calls, $1::text::jsonb)
    on conflict (id) do update set
        account_id = coalesce(excluded.account_id, calls.account_id),
        normalised_number = coalesce(excluded.normalised_number, calls.normalised_number),
        device_id = coalesce(excluded.device_id, calls.device_id),
        sip_call_id = coalesce(excluded.sip_call_id, calls.sip_call_id),
        callflow_id = coalesce(excluded.callflow_id, calls.callflow_id),
        callflow_revision = coalesce(excluded.callflow_revision, calls.callflow_revision),
        match = coalesce(excluded.match, calls.match),
        answered_at = coalesce(excluded.answered_at, calls.answered_at),
        ended_at = coalesce(excluded.ended_at, calls.ended_at),
        outcome = coalesce(excluded.outcome, calls.outcome),
        reason = coalesce(excluded.reason, calls.reason),
        cause = coalesce(excluded.cause, calls.cause)
)
insert into call_steps (
    call_id, seq, path, module, started_at, callflow_id, callflow_revision, documents, duration,
    outcome, child, error, inputs
)
select
    call_id, seq, path, module, started_at, callflow_id, callflow_revision, documents, duration,
    outcome, child, error, inputs
from jsonb_populate_recordset(null::call_steps, $2::text::jsonb)
on conflict (call_id, seq) do update set
    documents = call_steps.documents || excluded.documents,
    duration = coalesce(excluded.duration, call_steps.duration),
    outcome = coalesce(excluded.outcome, call_steps.outcome),
    child = coalesce(excluded.child, call_steps.child),
    error = coalesce(excluded.error, call_steps.error),
    inputs = coalesce(excluded.inputs, call_steps.inputs)
"""

_CALL = "select * from calls where id = $1 and ($2::text is null or account_id = $2)"
_STEPS = "select * from call_steps where call_id = $1 order by seq"
_RECENT = """
select * from calls where $1::text is null or account_id = $1
order by started_at desc limit $2
"""
_BY_SIP_CALL_ID = """
select * from calls where sip_call_id = $1 order by started_at desc limit 1
"""


Row = TypeVar("Row", CallRow, StepRow)


async def write(db: Database, calls: Sequence[CallRow], steps: Sequence[StepRow]) -> None:
    """Write snapshots of calls and steps in one statement; writing them again is harmless.

    What no text column can hold (NUL, half characters) is replaced, as callers choose it.
    """
    call_rows: dict[str, CallRow] = {}
    for call in calls:
        call_rows[call.id] = _after(call_rows.get(call.id), call)
    step_rows: dict[tuple[str, int], StepRow] = {}
    for step in steps:
        key = step.call_id, step.seq
        step_rows[key] = _after(step_rows.get(key), step)
    async with db.connection() as connection:
        await connection.execute(_WRITE, as_json(call_rows.values()), as_json(step_rows.values()))


async def trace(db: Database, call_id: str, account_id: str | None = None) -> Trace | None:
    """Read a call and its steps; None when there is no such call (of that account)."""
    async with db.connection() as connection:
        call = await connection.fetchrow(_CALL, call_id, account_id)
        if call is None:
            return None
        steps = await connection.fetch(_STEPS, call_id)
    return Trace(CallRow(**call), tuple(StepRow(**step) for step in steps))


async def recent(db: Database, account_id: str | None, limit: int = 20) -> list[CallRow]:
    """Return the latest calls of an account, or (None) of all, newest first."""
    async with db.connection() as connection:
        return [CallRow(**row) for row in await connection.fetch(_RECENT, account_id, limit)]


async def by_sip_call_id(db: Database, sip_call_id: str) -> CallRow | None:
    """Return the newest call with this SIP Call-ID, which the caller's phone chose."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_BY_SIP_CALL_ID, sip_call_id)
    return CallRow(**row) if row else None


def _after(earlier: Row | None, later: Row) -> Row:
    """Return the later of two snapshots, with what only the earlier one knew.

    One statement cannot write a row twice.
    """
    if earlier is None:
        return later
    known = {name: getattr(earlier, name) for name in names(earlier)}
    missing = {n: v for n, v in known.items() if v is not None and getattr(later, n) is None}
    return replace(later, **missing) if missing else later
