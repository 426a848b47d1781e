"""The sound that is attached to media documents, in the database or in the object store."""

from collections.abc import Mapping
from typing import Any

from runtime.objects import Contents
from runtime.storage import Database, attachments


async def sound(
    db: Database, contents: Contents, account_id: str, media_id: str, name: str
) -> bytes | None:
    """Return an attachment; None when there is none.

    Raises StorageUnavailable while PostgreSQL or the object store is away.
    """
    found = await attachments.attachment(db, account_id, media_id, name)
    return None if found is None else await contents.read(found.data, found.object)


async def keep_sound(
    db: Database,
    contents: Contents,
    account_id: str,
    media_id: str,
    doc: Mapping[str, Any],
    sound: bytes,
) -> None:
    """Make a WAV the only attachment of a media document, made or changed by `doc`.

    Raises StorageUnavailable, and StorageRefused when the id is another kind of document's.
    """
    stored = await contents.store(account_id, sound)
    await attachments.keep_sound(db, account_id, media_id, doc, stored)
