"""Mail that waits to be sent, and what was refused for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runtime.storage.pool import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One message to one recipient; `kind` says what it tells of, `attempts` were made so far."""

    id: str
    account_id: str
    kind: str
    recipient: str
    subject: str
    body: str
    created_at: datetime
    call_id: str | None = None
    attempts: int = 0


_COLUMNS = "id", "account_id", "kind", "recipient", "subject", "body", "created_at", "call_id"
_POST = """
insert into mails (id, account_id, kind, recipient, subject, body, created_at, call_id)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing
"""
_CLAIM = """
update mails set attempts = attempts + 1, due_at = now() + make_interval(secs => $2)
where id in (
    select id from mails where given_up_at is null and due_at <= now()
    order by due_at limit $1 for update skip locked
)
returning id, account_id, kind, recipient, subject, body, created_at, call_id, attempts
"""
_DELIVERED = "delete from mails where id = $1"
_LATER = """
update mails set due_at = now() + make_interval(secs => $2), problem = $3 where id = $1
"""
_GIVE_UP = "update mails set given_up_at = now(), problem = $2 where id = $1"
_RELEASE = """
update mails set due_at = now(), attempts = attempts - 1
where id = any($1::text[]) and given_up_at is null
"""
_NEXT = """
select extract(epoch from min(due_at) - now())::float8 from mails where given_up_at is null
"""


async def post(db: Database, rows: Sequence[MailRow]) -> None:
    """Write mail that is to be sent at once; writing it again is harmless."""
    async with db.connection() as connection:
        await connection.executemany(
            _POST,
            [tuple(getattr(row, name) for name in _COLUMNS) for row in rows],
        )


async def claim(db: Database, limit: int, seconds: float) -> list[MailRow]:
    """Take mail that is due; for so many seconds no other runtime takes it."""
    async with db.connection() as connection:
        rows = await connection.fetch(_CLAIM, limit, seconds)
    return [MailRow(**row) for row in rows]


async def delivered(db: Database, mail_id: str) -> None:
    """Forget a mail, since the mail server has it."""
    async with db.connection() as connection:
        await connection.execute(_DELIVERED, mail_id)


async def later(db: Database, mail_id: str, seconds: float, problem: str) -> None:
    """Let a mail be tried again in so many seconds."""
    async with db.connection() as connection:
        await connection.execute(_LATER, mail_id, seconds, problem)


async def give_up(db: Database, mail_id: str, problem: str) -> None:
    """Try a mail no more; it stays in the table with the reason."""
    async with db.connection() as connection:
        await connection.execute(_GIVE_UP, mail_id, problem)


async def release(db: Database, mail_ids: Sequence[str]) -> None:
    """Give back what was claimed and not tried: another runtime may take it at once."""
    async with db.connection() as connection:
        await connection.execute(_RELEASE, list(mail_ids))


async def next_due(db: Database) -> float | None:
    """Return in how many seconds the next mail is due (<= 0: now); None when none waits."""
    async with db.connection() as connection:
        seconds: float | None = await connection.fetchval(_NEXT)
    return seconds
