"""Bringing one recording from Asterisk's disk to where it belongs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from runtime.ari import AriClient, RecordingFailed, RecordingFinished, Subscription
from runtime.errors import Gone, MediaError, StorageRefused, UploadError
from runtime.recording.ledger import Pending
from runtime.recording.sound import Sound, encoded, joined
from runtime.recording.upload import Carrier, Parcel
from runtime.storage.recordings import RecordingRow

logger = logging.getLogger(__name__)

FINISH_SECONDS = 5.0
"""How long a recording that is stopped may take to report its end."""

Keep = Callable[[RecordingRow, bytes | None], Awaitable[None]]
"""Writes a recording into the database, with its sound unless that is elsewhere."""

Note = Callable[[Pending], Awaitable[None]]


class Delivery:
    """Delivers one recording at a time; what fails on the way can be tried again.

    Raises UploadError, AriError and StorageError for what may work later. What can never work is
    logged and given up.
    """

    def __init__(self, ari: AriClient, keep: Keep, carrier: Carrier, note: Note) -> None:
        """Make one; `note` is told how far a recording has come."""
        self._ari = ari
        self._keep = keep
        self._carrier = carrier
        self._note = note

    async def deliver(self, pending: Pending, *, last: bool = False) -> None:
        """Deliver it, and delete it from Asterisk's disk.

        `last`: when the server does not take it this time, it is kept in the database instead.
        """
        if not pending.kept:
            await self._bring(pending, last=last)
            # With some takes deleted, a second attempt would keep only the rest.
            await self._note(replace(pending, kept=True))
        for name in pending.takes:
            await self._ari.stored_recording(name).delete()

    async def _bring(self, pending: Pending, *, last: bool) -> None:
        if pending.row.uploaded_at is not None:
            await self._kept(pending.row, None)  # only the database does not know of it yet
            return
        row, content = await self._made(pending, last=last)
        if row is not None:
            await self._kept(row, content)

    async def _made(
        self, pending: Pending, *, last: bool
    ) -> tuple[RecordingRow | None, bytes | None]:
        """Return what is to be kept in the database; no row when it comes to nothing."""
        row = pending.row
        sound = await self._sound(pending)
        if sound is None or sound.seconds < pending.min_seconds or not sound.samples:
            seconds = sound.seconds if sound is not None else 0.0
            logger.info("recording %s: %.1f s, too short to be kept", row.id, seconds)
            return None, None
        row = replace(row, seconds=round(sound.seconds, 3))
        content = await asyncio.to_thread(
            encoded, sound, "mp3" if row.media_type == "mp3" else "wav"
        )
        if pending.url is None:
            return row, content
        try:
            await self._carrier.send(_parcel(pending, pending.url, row, content))
        except UploadError as error:
            logger.warning("recording %s: %s does not take it: %s", row.id, row.url, error)
            if not last:
                raise
            return replace(row, problem=str(error)), content
        row = replace(row, uploaded_at=datetime.now(UTC))
        # Not sent twice when the database is away just now.
        await self._note(replace(pending, row=row))
        return row, None

    async def _sound(self, pending: Pending) -> Sound | None:
        files = []
        for name in pending.takes:
            await self._finish(name)
            try:
                files.append(await self._ari.stored_recording(name).file())
            except Gone:
                logger.info("recording %s: Asterisk has no %s", pending.id, name)
        if not files:
            return None
        try:
            return await asyncio.to_thread(joined, files)
        except MediaError as error:
            logger.error("recording %s is lost: %s", pending.id, error)  # noqa: TRY400
            return None

    async def _finish(self, name: str) -> None:
        """Stop a recording of which nobody saw the end: a runtime that died may have left it."""
        with self._ari.subscribe(name) as events:
            if await self._ari.live_recording(name).stop():
                try:
                    async with asyncio.timeout(FINISH_SECONDS):
                        await _end_of(events)
                except TimeoutError:
                    logger.warning("recording %s did not report its end", name)

    async def _kept(self, row: RecordingRow, content: bytes | None) -> None:
        try:
            await self._keep(row, content)
        except StorageRefused as error:
            # As when its account has been deleted meanwhile.
            logger.error("recording %s cannot be kept: %s", row.id, error)  # noqa: TRY400


def _parcel(pending: Pending, url: str, row: RecordingRow, content: bytes) -> Parcel:
    return Parcel(
        url=url,
        method=pending.method,
        file_name=pending.file_name,
        content_type=row.content_type,
        content=content,
        query=_told(row),
    )


def _told(row: RecordingRow) -> Mapping[str, str]:
    """Return what the server is told of a recording, under Kazoo's names."""
    told = {
        "from": row.from_address,
        "to": row.to_address,
        "caller_id_name": row.caller_name,
        "caller_id_number": row.caller_number,
        "call_id": row.call_id,
        "cdr_id": row.cdr_id,
        "interaction_id": row.interaction_id,
        "account_id": row.account_id,
    }
    return {name: value for name, value in told.items() if value}


async def _end_of(events: Subscription) -> None:
    while not isinstance(await events.get(), RecordingFinished | RecordingFailed):
        pass
