"""Recordings on Asterisk's disk of which nobody knows more than their names."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from runtime.ari import AriClient
from runtime.recording.ledger import Pending
from runtime.recording.names import taken
from runtime.recording.sound import Format
from runtime.storage.recordings import RecordingRow

ORIGIN = "found on Asterisk's disk"


async def orphans_of(
    ari: AriClient, audio_format: Format, known: Collection[str]
) -> Sequence[Pending]:
    """Return what is there of our application, but for the ids that are known; raises AriError.

    Their names tell account and id; they are kept in the database, in this format.
    """
    takes: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for stored in await ari.stored_recordings():
        found = taken(ari.app, stored.name)
        if found is not None and found[1] not in known:
            takes.setdefault(found[:2], []).append((found[2], stored.name))
    return [
        Pending(
            row=RecordingRow(
                account_id=account_id,
                id=recording_id,
                call_id="",
                name=f"{recording_id}.{audio_format}",
                media_type=audio_format,
                started_at=datetime.now(UTC),
                origin=ORIGIN,
            ),
            takes=tuple(name for _, name in sorted(parts)),
        )
        for (account_id, recording_id), parts in takes.items()
    ]
