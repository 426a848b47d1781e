"""What rows have in the object store: stored before the row, deleted after it."""

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator
from datetime import timedelta
from typing import Final
from uuid import uuid4

from runtime.errors import StorageError
from runtime.objects.store import Objects, Opened
from runtime.storage import Database, objects
from runtime.storage.objects import ObjectRef

logger = logging.getLogger(__name__)

UNUSED: Final = timedelta(hours=1)
"""How long an object may be without a row: at its begin that is a moment, at its end for ever."""

SWEEP_SECONDS: Final = 600.0
SWEPT_AT_A_TIME: Final = 50
_SWEEP_SECONDS_AT_MOST: Final = 120.0


class Contents:
    """Content of rows, which is in the row itself or in the object store.

    An object is announced in the database before it is stored, taken by the row that gets it, and
    given back when the row goes, whoever deletes it; so none is lost and none is left for ever.
    """

    def __init__(self, db: Database, store: Objects) -> None:
        self._db = db
        self.objects = store

    async def store(self, account_id: str, content: bytes | AsyncIterable[bytes]) -> ObjectRef:
        """Store content that a row of this account is to have within `UNUSED`.

        Raises StorageUnavailable when PostgreSQL or the object store is away.
        """
        key = f"{account_id}/{uuid4().hex}"
        await objects.announce(self._db, key)
        return await self.objects.put(key, content)

    async def open(self, data: bytes | None, key: str | None) -> Opened | None:
        """Begin to read content that is here or in the object store; None when it is nowhere.

        Raises ObjectsUnavailable.
        """
        if key is not None:
            found = await self.objects.open(key)
            if found is None:
                logger.error("object %s is missing", key)
            return found
        return None if data is None else Opened(len(data), _once(data))

    async def read(self, data: bytes | None, key: str | None) -> bytes | None:
        """Return such content as a whole."""
        found = await self.open(data, key)
        return None if found is None else await found.read()

    async def sweep(self, unused: timedelta = UNUSED) -> int:
        """Delete objects that no row has had for so long; return how many.

        Raises StorageError.
        """
        swept = 0
        while keys := await self._sweep(unused):
            swept += keys
        return swept

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                if swept := await self.sweep():
                    logger.info("%d objects that nothing refers to are deleted", swept)
            except StorageError as error:
                logger.warning("unused objects stay for now: %s", error)

    async def _sweep(self, unused: timedelta) -> int:
        db = self._db
        async with (
            db.connection(seconds=_SWEEP_SECONDS_AT_MOST) as connection,
            connection.transaction(),
        ):
            keys = await objects.unused(connection, unused, SWEPT_AT_A_TIME)
            for key in keys:
                await self.objects.delete(key)
            await objects.forget(connection, keys)
        return len(keys)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
