"""Recordings of calls: kept, listed, heard and deleted, each account's for itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database, recordings
from runtime.storage.recordings import RecordingRow
from tests.storage.ear import A, B

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
SOUND = b"ID3" + bytes(range(256)) * 100

TALK = RecordingRow(
    account_id=A,
    id="202501-" + "1" * 32,
    call_id="call-1",
    name="0a.mp3",
    media_type="mp3",
    started_at=NOON,
    origin="callflow : sales",
    caller_name="Bob",
    caller_number="2002",
    callee_number="2001",
    owner_id="bob",
    seconds=4.25,
)


@pytest.fixture
async def db(db: Database) -> Database:
    """Return the database with two accounts."""
    async with db.connection() as connection:
        for account, name in ((A, "A"), (B, "B")):
            await connection.execute(
                "insert into accounts (id, name) values ($1, $2)", account, name
            )
    return db


async def heard(db: Database, account_id: str) -> bytes | None:
    """Return the sound of TALK, which is in its row."""
    found = await recordings.sound(db, account_id, TALK.id)
    return None if found is None else found.data


async def delete(db: Database, account_id: str) -> bool:
    async with db.connection() as connection:
        return await recordings.delete(connection, account_id, TALK.id)


async def test_a_recording_is_kept_with_its_sound(db: Database) -> None:
    await recordings.keep(db, TALK, SOUND)
    assert await recordings.recording(db, A, TALK.id) == TALK
    assert await heard(db, A) == SOUND
    assert TALK.content_type == "audio/mpeg"


async def test_keeping_it_again_changes_what_it_is_and_loses_no_sound(db: Database) -> None:
    await recordings.keep(db, TALK, SOUND)
    longer = replace(TALK, seconds=5.0)
    await recordings.keep(db, longer, None)
    assert await recordings.recording(db, A, TALK.id) == longer
    assert await heard(db, A) == SOUND


async def test_one_that_was_sent_away_has_no_sound_here(db: Database) -> None:
    sent = replace(TALK, url="https://example.com/", uploaded_at=NOON)
    await recordings.keep(db, sent, None)
    assert await recordings.recording(db, A, TALK.id) == sent
    assert await heard(db, A) is None


async def test_no_account_reaches_anothers(db: Database) -> None:
    await recordings.keep(db, TALK, SOUND)
    assert await recordings.recording(db, B, TALK.id) is None
    assert await heard(db, B) is None
    assert await delete(db, B) is False
    assert await recordings.recent(db, B) == []
    await recordings.keep(db, replace(TALK, account_id=B), b"other")
    assert await heard(db, A) == SOUND


async def test_the_list_is_newest_first_and_can_be_of_one_user_and_time(db: Database) -> None:
    rows = [
        replace(
            TALK,
            id=f"202501-{n:032x}",
            started_at=NOON + timedelta(hours=n),
            owner_id="bob" if n % 2 else "alice",
        )
        for n in range(1, 6)
    ]
    for row in rows:
        await recordings.keep(db, row, None)
    newest_first = rows[::-1]
    assert await recordings.recent(db, A) == newest_first
    assert await recordings.recent(db, A, limit=2) == newest_first[:2]
    assert await recordings.recent(db, A, owner_id="alice") == [rows[3], rows[1]]
    between = await recordings.recent(
        db, A, since=NOON + timedelta(hours=2), until=NOON + timedelta(hours=4)
    )
    assert between == [rows[2], rows[1]]


async def test_a_deleted_one_is_gone(db: Database) -> None:
    await recordings.keep(db, TALK, SOUND)
    assert await delete(db, A) is True
    assert await delete(db, A) is False
    assert await heard(db, A) is None


async def test_recordings_go_with_their_account(db: Database) -> None:
    await recordings.keep(db, TALK, SOUND)
    async with db.connection() as connection:
        await connection.execute("delete from accounts where id = $1", A)
    assert await recordings.recent(db, A) == []
    with pytest.raises(StorageRefused, match="accounts"):
        await recordings.keep(db, TALK, SOUND)


async def test_what_a_hostile_caller_sends_is_stored_readably(db: Database) -> None:
    await recordings.keep(db, replace(TALK, caller_name="A\x00B\ud800"), None)
    found = await recordings.recording(db, A, TALK.id)
    assert found is not None
    assert found.caller_name == "A\ufffdB?"


@pytest.mark.parametrize(
    "wrong",
    [{"id": "mine"}, {"media_type": "ogg"}, {"direction": "sideways"}, {"seconds": -1.0}],
    ids=str,
)
async def test_what_is_no_recording_is_refused(db: Database, wrong: dict[str, object]) -> None:
    with pytest.raises(StorageRefused):
        await recordings.keep(db, replace(TALK, **wrong), None)  # type: ignore[arg-type]
