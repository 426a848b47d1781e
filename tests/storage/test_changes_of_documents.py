"""Documents that calls change: greetings that are recorded, fields that are set."""

import pytest

from runtime.errors import DocumentError, StorageRefused
from runtime.storage import Database
from runtime.storage.accounts import routes_of
from runtime.storage.attachments import attachment, keep_sound
from runtime.storage.documents import change_document, documents_of_directory
from runtime.storage.documents import document as read
from tests.storage.ear import A, B, account, document, run


@pytest.fixture(autouse=True)
async def _accounts(db: Database) -> None:
    await account(db, A)
    await account(db, B)


async def test_a_change_is_merged_deeply_and_counts_as_one_revision(db: Database) -> None:
    await document(db, "menu", "main", retries=3, media={"exit_media": False, "greeting": "old"})
    await change_document(db, A, "menu", "main", {"media": {"greeting": "new"}, "retries": 4})
    found = await read(db, A, "menu", "main")
    assert found is not None
    assert found.doc == {"retries": 4, "media": {"exit_media": False, "greeting": "new"}}
    assert found.revision == 2


async def test_what_is_not_there_in_this_account_cannot_be_changed(db: Database) -> None:
    await document(db, "menu", "main", B, retries=3)
    with pytest.raises(DocumentError, match="menu main"):
        await change_document(db, A, "menu", "main", {"retries": 4})


async def test_a_sound_makes_its_document_and_replaces_what_was_attached(db: Database) -> None:
    await keep_sound(db, A, "greeting", {"name": "first"}, b"one")
    await run(
        db,
        "insert into attachments (account_id, document_id, name, content_type, data)"
        f" values ('{A}', 'greeting', 'a.mp3', 'audio/mpeg', 'old')",
    )
    await keep_sound(db, A, "greeting", {"description": "by Bob"}, b"two")
    found = await read(db, A, "media", "greeting")
    assert found is not None
    assert found.doc == {"name": "first", "description": "by Bob"}
    content = await attachment(db, A, "greeting", None)
    assert content is not None
    assert (content.name, content.content_type, content.data) == (
        "recording.wav",
        "audio/wav",
        b"two",
    )


async def test_a_sound_cannot_take_the_place_of_another_kind_of_document(db: Database) -> None:
    await document(db, "user", "bob", first_name="Bob")
    with pytest.raises(StorageRefused):
        await keep_sound(db, A, "bob", {}, b"sound")
    assert await attachment(db, A, "bob", None) is None


async def test_the_users_of_a_directory_are_those_who_name_it(db: Database) -> None:
    await document(db, "user", "zoe", directories={"staff": "f1"})
    await document(db, "user", "ann", directories={"staff": "f2", "all": "f2"})
    await document(db, "user", "bob", directories={"all": "f3"})
    await document(db, "user", "eve", directories=["staff"])
    await document(db, "device", "phone", directories={"staff": "f4"})
    await document(db, "user", "uwe", B, directories={"staff": "f5"})
    assert [row.id for row in await documents_of_directory(db, A, "staff")] == ["ann", "zoe"]


async def test_an_account_comes_with_its_public_numbers(db: Database) -> None:
    await run(db, f"insert into phone_numbers values ('+15550009', '{A}'), ('+15550008', '{A}')")
    await run(db, f"insert into phone_numbers values ('+15550007', '{B}')")
    rows = await routes_of(db, A)
    assert rows is not None
    assert rows.numbers == ("+15550008", "+15550009")
