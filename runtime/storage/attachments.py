"""Binary content of documents: recorded and uploaded sound."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.storage.documents import merge_into
from runtime.storage.pool import Database


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; `sha256` is the hexadecimal digest of `data`."""

    name: str
    content_type: str
    data: bytes
    sha256: str


_ATTACHMENT = """
select name, content_type, data, sha256 from attachments
where account_id = $1 and document_id = $2 and ($3::text is null or name = $3)
order by name limit 1
"""


async def attachment(
    db: Database, account_id: str, document_id: str, name: str | None
) -> Attachment | None:
    """Read an attachment by name, or (name None) the first by name; None when there is none."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_ATTACHMENT, account_id, document_id, name)
    return Attachment(**row) if row else None


_HEAD = """
select name, sha256 from attachments
where account_id = $1 and document_id = $2 order by name limit 1
"""


async def head(db: Database, account_id: str, document_id: str) -> tuple[str, str] | None:
    """Read name and digest of the first attachment by name, without its content."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_HEAD, account_id, document_id)
    return (row["name"], row["sha256"]) if row else None


_NEW = "insert into documents (account_id, id, kind, doc) values ($1, $2, 'media', $3)"
_CLEAR = "delete from attachments where account_id = $1 and document_id = $2"
_ATTACH = """
insert into attachments (account_id, document_id, name, content_type, data)
values ($1, $2, 'recording.wav', 'audio/wav', $3)
"""


async def keep_sound(
    db: Database, account_id: str, media_id: str, doc: Mapping[str, Any], sound: bytes
) -> None:
    """Make a WAV the only attachment of a media document, made or changed by `doc`.

    Raises StorageRefused when the id is another kind of document's.
    """
    async with db.connection() as connection, connection.transaction():
        if not await merge_into(connection, account_id, "media", media_id, doc):
            await connection.execute(_NEW, account_id, media_id, dict(doc))
        await connection.execute(_CLEAR, account_id, media_id)
        await connection.execute(_ATTACH, account_id, media_id, sound)
