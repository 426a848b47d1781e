"""Recordings in the database, their sound in the object store."""

from runtime.objects import Contents
from runtime.storage import Database, recordings
from runtime.storage.recordings import RecordingRow


async def keep(db: Database, contents: Contents, row: RecordingRow, content: bytes | None) -> None:
    """Write a recording; writing it again is harmless.

    Raises StorageUnavailable while PostgreSQL or the object store is away, and StorageRefused when
    the account is gone.
    """
    sound = None if content is None else await contents.store(row.account_id, content)
    await recordings.keep(db, row, sound)
