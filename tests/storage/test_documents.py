"""Documents and attachments."""

import hashlib

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database
from runtime.storage.attachments import Attachment, attachment
from runtime.storage.documents import DocumentRow, documents_of_owner
from runtime.storage.documents import document as read
from tests.storage.ear import A, B, Ear, account, column, document, run


@pytest.fixture(autouse=True)
async def _accounts(db: Database) -> None:
    await account(db, A)
    await account(db, B)


async def test_a_document_is_read_by_kind_and_id_in_its_account(db: Database) -> None:
    await document(db, "menu", "welcome", retries=3)
    await document(db, "menu", "welcome", B, retries=4)
    assert await read(db, A, "menu", "welcome") == DocumentRow("welcome", "menu", 1, {"retries": 3})
    assert await read(db, A, "media", "welcome") is None
    assert await read(db, A, "menu", "goodbye") is None


async def test_the_revision_counts_changes(db: Database) -> None:
    await document(db, "menu", "welcome", retries=3)
    await document(db, "menu", "welcome", retries=3)
    await document(db, "menu", "welcome", retries=4)
    await run(db, "update documents set revision = 99")
    assert await column(db, "select revision from documents") == [2]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("'a b', 'menu', '{}'", "a document id"),
        ("'', 'menu', '{}'", "a document id"),
        ("'a;b', 'menu', '{}'", "a document id"),
        ("'a', 'Menu', '{}'", "a kind is a lowercase word"),
        ("'a', 'menu', '[]'", "a document is a JSON object"),
    ],
)
async def test_a_wrong_document_is_refused(db: Database, values: str, message: str) -> None:
    with pytest.raises(StorageRefused, match=message):
        await run(
            db,
            f"insert into documents (account_id, id, kind, doc) values ('{A}', {values})",
        )


async def test_a_refusal_does_not_quote_the_row(db: Database) -> None:
    with pytest.raises(StorageRefused) as refused:
        await document(db, "Device", "alice", sip={"password": "hush"})
    assert "hush" not in str(refused.value)


async def test_devices_of_a_user(db: Database) -> None:
    await document(db, "device", "desk", owner_id="alice")
    await document(db, "device", "hall", owner_id="alice", hotdesk={"users": {"bob": {}}})
    await document(db, "device", "lab", owner_id="bob", hotdesk={"users": {}})
    await document(db, "device", "odd", owner_id="alice", hotdesk={"users": 5})
    await document(db, "user", "not_a_device", owner_id="alice")
    await document(db, "device", "desk", B, owner_id="alice")
    assert [row.id for row in await documents_of_owner(db, A, "alice")] == ["desk", "odd"]
    assert [row.id for row in await documents_of_owner(db, A, "bob")] == ["hall", "lab"]


async def test_attachments_have_their_digest_and_go_with_the_document(db: Database) -> None:
    await document(db, "media", "greeting")
    insert = (
        "insert into attachments (account_id, document_id, name, content_type, data)"
        " values ($1, 'greeting', $2, 'audio/wav', $3)"
    )
    await run(db, insert, A, "b.wav", b"RIFF b")
    await run(db, insert, A, "a.wav", b"RIFF a")
    digest = hashlib.sha256(b"RIFF b").hexdigest()
    assert await attachment(db, A, "greeting", "b.wav") == Attachment(
        "b.wav", "audio/wav", b"RIFF b", digest
    )
    first = await attachment(db, A, "greeting", None)
    assert first is not None
    assert first.name == "a.wav"
    assert await attachment(db, A, "greeting", "c.wav") is None
    with pytest.raises(StorageRefused, match="an attachment belongs to a document"):
        await run(db, insert, B, "a.wav", b"")
    await run(db, "delete from documents")
    assert await attachment(db, A, "greeting", None) is None


async def test_changes_of_documents_and_attachments_are_heard(db: Database, ear: Ear) -> None:
    await document(db, "media", "greeting")
    assert await ear.accounts() == [A]
    await document(db, "media", "greeting")
    assert await ear.accounts() == []
    await run(db, "insert into attachments values ($1, 'greeting', 'a', 'audio/wav', '')", A)
    assert await ear.accounts() == [A]
    await run(db, "update attachments set data = 'x'")
    assert await ear.accounts() == [A]
    await run(db, "truncate documents cascade")
    assert await ear.accounts() == ["*"]
