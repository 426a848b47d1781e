"""What rows have in the object store: nothing is lost, and nothing is left for ever."""

from datetime import timedelta

import pytest
from obstore.store import S3Store

from runtime.errors import ObjectsUnavailable, StorageRefused
from runtime.media import attached
from runtime.objects import Contents, Objects
from runtime.recording import kept
from runtime.storage import Database, attachments, objects, recordings
from runtime.storage.objects import ObjectRef
from tests.ports import free_port
from tests.storage.ear import A, rows
from tests.storage.test_recordings import SOUND, TALK

NOW = timedelta()


@pytest.fixture
async def contents(db: Database, store: Objects) -> Contents:
    async with db.connection() as connection:
        await connection.execute("insert into accounts (id, name) values ($1, 'A')", A)
    return Contents(db, store)


async def run(db: Database, sql: str) -> None:
    async with db.connection() as connection:
        await connection.execute(sql)


async def keep_greeting(db: Database, contents: Contents, sound: bytes) -> str:
    """Attach a sound to the media `greeting`; return the key of its object."""
    await attached.keep_sound(db, contents, A, "greeting", {"name": "Hello"}, sound)
    found = await attachments.attachment(db, A, "greeting", None)
    assert found is not None
    assert found.data is None
    assert found.size == len(sound)
    return str(found.object)


async def test_a_sound_is_kept_in_the_object_store(db: Database, contents: Contents) -> None:
    await keep_greeting(db, contents, SOUND)
    assert await attached.sound(db, contents, A, "greeting", "recording.wav") == SOUND
    assert await attached.sound(db, contents, A, "greeting", "other.wav") is None
    assert await contents.sweep(NOW) == 0


async def test_one_that_takes_its_place_leaves_it_to_the_sweep(
    db: Database, contents: Contents
) -> None:
    first = await keep_greeting(db, contents, b"first")
    second = await keep_greeting(db, contents, b"second")
    assert await contents.sweep() == 0  # not yet
    assert await contents.sweep(NOW) == 1
    assert await contents.objects.open(first) is None
    assert await contents.objects.open(second) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "delete from attachments",
        "delete from documents",
        "delete from accounts",
        "truncate documents cascade",
        "update attachments set object = null, data = 'x'",
    ],
)
async def test_whatever_sql_does_the_object_goes_in_the_end(
    db: Database, contents: Contents, sql: str
) -> None:
    key = await keep_greeting(db, contents, SOUND)
    await run(db, sql)
    assert await contents.sweep(NOW) == 1
    assert await contents.objects.open(key) is None
    assert await rows(db, "select * from unused_objects") == []


async def test_one_for_which_no_row_comes_goes_too(db: Database, contents: Contents) -> None:
    ref = await contents.store(A, SOUND)
    assert await contents.sweep() == 0
    assert await contents.sweep(NOW) == 1
    with pytest.raises(StorageRefused, match="is not there"):
        await attachments.keep_sound(db, A, "greeting", {}, ref)


async def test_no_two_rows_have_one_object(db: Database, contents: Contents) -> None:
    key = await keep_greeting(db, contents, SOUND)
    for ref in (ObjectRef(key, 1, "0"), ObjectRef("made/up", 1, "0")):
        with pytest.raises(StorageRefused):
            await attachments.keep_sound(db, A, "other", {}, ref)
    assert await contents.sweep(NOW) == 0


async def test_an_object_cannot_be_taken_while_it_is_swept(
    db: Database, contents: Contents
) -> None:
    ref = await contents.store(A, SOUND)
    async with db.connection() as connection, connection.transaction():
        assert await objects.unused(connection, NOW, 10) == [ref.key]
        assert await contents.sweep(NOW) == 0  # another runtime's sweep passes by


async def test_many_are_swept_in_one_go(db: Database, contents: Contents) -> None:
    await run(
        db, "insert into unused_objects (key) select 'a/' || n from generate_series(1, 120) n"
    )
    assert await contents.sweep(NOW) == 120


async def test_recordings_are_kept_there_and_deleted_with_their_rows(
    db: Database, contents: Contents
) -> None:
    await kept.keep(db, contents, TALK, SOUND)
    found = await recordings.sound(db, A, TALK.id)
    assert found is not None
    assert (found.data, found.size) == (None, len(SOUND))
    assert await contents.read(found.data, found.object) == SOUND
    # Delivered once more, with and without its sound.
    await kept.keep(db, contents, TALK, SOUND)
    await kept.keep(db, contents, TALK, None)
    again = await recordings.sound(db, A, TALK.id)
    assert again is not None
    assert again.object not in (None, found.object)
    assert await contents.sweep(NOW) == 1
    assert await contents.read(again.data, again.object) == SOUND
    await run(db, "delete from recordings")
    assert await contents.sweep(NOW) == 1


async def test_a_recording_that_was_in_the_database_moves(db: Database, contents: Contents) -> None:
    await recordings.keep(db, TALK, b"old")
    await kept.keep(db, contents, TALK, SOUND)
    found = await recordings.sound(db, A, TALK.id)
    assert found is not None
    assert (found.data, found.size) == (None, len(SOUND))


async def test_one_of_an_account_that_is_gone_is_refused_and_swept(
    db: Database, contents: Contents
) -> None:
    await run(db, "delete from accounts")
    with pytest.raises(StorageRefused, match="accounts"):
        await kept.keep(db, contents, TALK, SOUND)
    assert await contents.sweep(NOW) == 1


async def test_an_object_that_is_missing_is_nothing(db: Database, contents: Contents) -> None:
    key = await keep_greeting(db, contents, SOUND)
    await contents.objects.delete(key)
    assert await attached.sound(db, contents, A, "greeting", "recording.wav") is None


async def test_while_the_store_is_away_nothing_is_written(db: Database, contents: Contents) -> None:
    bucket = S3Store(
        "bucket",
        endpoint=f"http://127.0.0.1:{free_port()}",
        region="us-east-1",
        skip_signature=True,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=1)},
    )
    away = Contents(db, Objects(bucket))
    with pytest.raises(ObjectsUnavailable):
        await kept.keep(db, away, TALK, SOUND)
    assert await recordings.recording(db, A, TALK.id) is None
    with pytest.raises(ObjectsUnavailable):
        await away.sweep(NOW)
    assert await contents.sweep(NOW) == 1
