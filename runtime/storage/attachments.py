"""Binary content of documents: recorded and uploaded sound."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.storage.documents import merge_into
from runtime.storage.objects import Content
from runtime.storage.pool import Connection, Database


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; `sha256` is the hexadecimal digest of its content.

    The content is `data`, or (None) the object of the key `object`; `size` is in bytes.
    """

    name: str
    content_type: str
    data: bytes | None
    sha256: str
    object: str | None = None
    size: int = field(default=0, compare=False)


_ATTACHMENT = """
select name, content_type, data, sha256, object, size from attachments
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


_TOLD = """
select content_type, size from attachments
where account_id = $1 and document_id = $2 order by name limit 1
"""


async def told(connection: Connection, account_id: str, document_id: str) -> tuple[str, int] | None:
    """Read type and size (bytes) of the first attachment by name; None when there is none."""
    row = await connection.fetchrow(_TOLD, account_id, document_id)
    return (row["content_type"], row["size"]) if row else None


_NEW = "insert into documents (account_id, id, kind, doc) values ($1, $2, 'media', $3)"
_CLEAR = "delete from attachments where account_id = $1 and document_id = $2"
_ATTACH = """
insert into attachments
    (account_id, document_id, name, content_type, data, object, size, sha256)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def detach(connection: Connection, account_id: str, document_id: str) -> None:
    """Remove all that is attached to a document."""
    await connection.execute(_CLEAR, account_id, document_id)


async def attach(
    connection: Connection,
    document: tuple[str, str],
    name: str,
    content_type: str,
    content: Content,
) -> None:
    """Make this the only attachment of a document, which is given by account and id."""
    await detach(connection, *document)
    if isinstance(content, bytes):
        kept = (content, None, None, None)
        await connection.execute(_ATTACH, *document, name, content_type, *kept)
    else:
        ref = (None, content.key, content.size, content.sha256)
        await connection.execute(_ATTACH, *document, name, content_type, *ref)


async def keep_sound(
    db: Database, account_id: str, media_id: str, doc: Mapping[str, Any], sound: Content
) -> None:
    """Make a WAV the only attachment of a media document, made or changed by `doc`.

    Raises StorageRefused when the id is another kind of document's.
    """
    async with db.connection() as connection, connection.transaction():
        if not await merge_into(connection, account_id, "media", media_id, doc):
            await connection.execute(_NEW, account_id, media_id, dict(doc))
        document = (account_id, media_id)
        await attach(connection, document, "recording.wav", "audio/wav", sound)
