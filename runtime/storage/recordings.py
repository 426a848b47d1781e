"""Recordings of calls: what they are, and the sound."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from runtime.storage.objects import Content, ObjectRef
from runtime.storage.pool import Connection, Database
from runtime.storage.spans import Span

WRITE_SECONDS = 60.0
"""How long PostgreSQL may take to store the sound of an hour and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """One recording without its sound.

    `direction` is inbound for a leg that called us, outbound for one that was called; `media_type`
    is mp3 or wav; `url` says where it was to be sent (None: it is kept here), `uploaded_at` when
    that was done, `problem` why it could not be. Times carry a zone.
    """

    account_id: str
    id: str
    call_id: str
    name: str
    media_type: str
    started_at: datetime
    origin: str = ""
    direction: str = "inbound"
    from_address: str = ""
    to_address: str = ""
    request: str = ""
    caller_name: str = ""
    caller_number: str = ""
    callee_name: str = ""
    callee_number: str = ""
    owner_id: str | None = None
    device_id: str | None = None
    interaction_id: str | None = None
    cdr_id: str | None = None
    seconds: float = 0.0
    url: str | None = None
    uploaded_at: datetime | None = None
    problem: str | None = None

    @property
    def content_type(self) -> str:
        """The type of its sound, as HTTP names it."""
        return "audio/mpeg" if self.media_type == "mp3" else "audio/wav"


_COLUMNS = tuple(column.name for column in fields(RecordingRow))
_LIST = ", ".join(_COLUMNS)
_PLACES = ", ".join(f"${n}" for n in range(1, len(_COLUMNS) + 1))
_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])

# What was written before is never lost to a second attempt that no longer has the sound.
_SOUND = ("content", "object", "size", "sha256")
_KEEP = f"""
insert into recordings ({_LIST}, {", ".join(_SOUND)})
values ({_PLACES}, {", ".join(f"${len(_COLUMNS) + n}" for n in range(1, 5))})
on conflict (account_id, id) do update set {_CHANGES}, ({", ".join(_SOUND)}) = (
    select {", ".join(f"excluded.{name}" for name in _SOUND)}
    where excluded.content is not null or excluded.object is not null
    union all
    select {", ".join(f"recordings.{name}" for name in _SOUND)}
    where excluded.content is null and excluded.object is null
)
"""  # noqa: S608 - names of our own columns
_ONE = f"select {_LIST} from recordings where account_id = $1 and id = $2"  # noqa: S608
_RECENT = f"""
select {_LIST} from recordings
where account_id = $1 and ($2::text is null or owner_id = $2)
    and ($3::timestamptz is null or started_at >= $3)
    and ($4::timestamptz is null or started_at < $4)
order by started_at desc, id desc limit $5
"""  # noqa: S608
# `doc` is what filters see: Kazoo's names.
_OF_SPAN = f"""
select {_LIST} from (
    select *, started_at as created_at, started_at as updated_at,
        jsonb_strip_nulls(jsonb_build_object(
            'call_id', call_id, 'cdr_id', cdr_id, 'interaction_id', interaction_id,
            'direction', direction, 'name', name, 'origin', origin, 'media_type', media_type,
            'caller_id_name', caller_name, 'caller_id_number', caller_number,
            'callee_id_name', callee_name, 'callee_id_number', callee_number,
            'from', from_address, 'to', to_address, 'request', request,
            'owner_id', owner_id, 'url', url
        )) as doc
    from recordings
) told
"""  # noqa: S608
_CONTENT = "select content, object, size, sha256 from recordings where account_id = $1 and id = $2"
_DELETE = "delete from recordings where account_id = $1 and id = $2 returning id"


async def keep(db: Database, row: RecordingRow, content: Content | None) -> None:
    """Write a recording; writing it again is harmless.

    `content` is None for one whose sound is elsewhere. Raises StorageRefused when there is no such
    account (any more). What no text column can hold (NUL, half characters) is replaced.
    """
    values = [_storable(getattr(row, name)) for name in _COLUMNS]
    sound: Sequence[object] = (content, None, None, None)
    if isinstance(content, ObjectRef):
        sound = (None, content.key, content.size, content.sha256)
    async with db.connection(seconds=WRITE_SECONDS) as connection:
        await connection.execute(_KEEP, *values, *sound, timeout=WRITE_SECONDS)


async def recording(db: Database, account_id: str, recording_id: str) -> RecordingRow | None:
    """Read a recording without its sound; None when the account has none of that id."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_ONE, account_id, recording_id)
    return RecordingRow(**row) if row else None


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of a recording: `data`, or the object of the key `object`; `size` is in bytes."""

    data: bytes | None
    object: str | None
    size: int
    sha256: str


async def sound(db: Database, account_id: str, recording_id: str) -> Sound | None:
    """Read where the sound of a recording is, or itself; None when it is not kept here."""
    async with db.connection(seconds=WRITE_SECONDS) as connection:
        row = await connection.fetchrow(_CONTENT, account_id, recording_id, timeout=WRITE_SECONDS)
    if row is None or row["size"] is None:
        return None
    return Sound(*row)


async def recent(
    db: Database,
    account_id: str,
    *,
    owner_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> Sequence[RecordingRow]:
    """Return an account's recordings, newest first; those of one user with `owner_id`.

    `until` is the first moment that no longer counts.
    """
    async with db.connection() as connection:
        rows = await connection.fetch(_RECENT, account_id, owner_id, since, until, limit)
    return [RecordingRow(**row) for row in rows]


async def of_span(connection: Connection, account_id: str, span: Span) -> list[RecordingRow]:
    """Return an account's recordings."""
    where, values = span.where(account_id)
    rows = await connection.fetch(f"{_OF_SPAN} {where}", *values)
    return [RecordingRow(**row) for row in rows]


async def delete(connection: Connection, account_id: str, recording_id: str) -> bool:
    """Delete a recording and its sound; False when there was none."""
    return await connection.fetchval(_DELETE, account_id, recording_id) is not None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode(errors="replace").decode()
    return value
