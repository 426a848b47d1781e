"""Binary content of documents: recorded and uploaded sound."""

from dataclasses import dataclass

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
