"""Where recordings arrive in the virtual house, in place of PostgreSQL and of other servers."""

import asyncio
from dataclasses import dataclass

from runtime.errors import StorageUnavailable, UploadError
from runtime.recording import Parcel
from runtime.storage.recordings import RecordingRow


@dataclass(frozen=True)
class Kept:
    """A recording in the database; its sound is None when it was sent elsewhere."""

    row: RecordingRow
    content: bytes | None


class Desk:
    """The database's table of recordings, and the servers to which some are sent.

    `away`: the database does not answer; `refuses`: the servers take nothing.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.parcels: list[Parcel] = []
        self.attempts = 0
        self.away = False
        self.refuses = False
        self._news = asyncio.Condition()

    async def keep(self, row: RecordingRow, content: bytes | None) -> None:
        """See runtime.recording.delivery.Keep."""
        if self.away:
            raise StorageUnavailable("PostgreSQL is away")
        async with self._news:
            self.kept[row.id] = Kept(row, content)
            self._news.notify_all()

    async def send(self, parcel: Parcel) -> None:
        """See Carrier.send."""
        self.attempts += 1
        if self.refuses:
            raise UploadError("answered 503 Service Unavailable")
        self.parcels.append(parcel)

    async def has(self, count: int, within: float = 30.0) -> list[Kept]:
        """Wait until so many recordings are kept, and return them in the order of their begin."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: len(self.kept) >= count)
        return sorted(self.kept.values(), key=lambda kept: kept.row.started_at)
