"""Mail that waits to be sent."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database, mails
from runtime.storage.mails import MailRow
from tests.storage.ear import A, account, column

MAIL = MailRow(
    id="1" * 32,
    account_id=A,
    kind="missed_call",
    recipient="alice@home.example",
    subject="Missed call",
    body="You have missed a call.\n",
    created_at=datetime(2025, 3, 1, 12, tzinfo=UTC),
    call_id="call-1",
)


@pytest.fixture(autouse=True)
async def _account(db: Database) -> None:
    await account(db, A)


async def test_a_mail_is_claimed_by_one_at_a_time(db: Database) -> None:
    await mails.post(db, [MAIL, MAIL])
    assert await mails.claim(db, 10, 60) == [replace(MAIL, attempts=1)]
    assert await mails.claim(db, 10, 60) == []
    due = await mails.next_due(db)
    assert due is not None
    assert 55 < due <= 60


async def test_what_was_not_tried_is_due_again_at_once(db: Database) -> None:
    await mails.post(db, [MAIL])
    await mails.claim(db, 10, 60)
    await mails.release(db, [MAIL.id])
    assert await mails.claim(db, 10, 60) == [replace(MAIL, attempts=1)]


async def test_what_failed_is_due_later(db: Database) -> None:
    await mails.post(db, [MAIL])
    await mails.claim(db, 10, 60)
    await mails.later(db, MAIL.id, 0, "450 later")
    assert await mails.claim(db, 10, 60) == [replace(MAIL, attempts=2)]
    await mails.later(db, MAIL.id, 30, "450 later")
    assert await mails.claim(db, 10, 60) == []
    assert await column(db, "select problem from mails") == ["450 later"]


async def test_what_was_delivered_is_forgotten(db: Database) -> None:
    await mails.post(db, [MAIL])
    await mails.delivered(db, MAIL.id)
    assert await mails.next_due(db) is None
    assert await column(db, "select id from mails") == []


async def test_what_was_given_up_stays_and_is_not_tried(db: Database) -> None:
    await mails.post(db, [MAIL])
    await mails.give_up(db, MAIL.id, "550 no such user")
    assert await mails.next_due(db) is None
    assert await mails.claim(db, 10, 60) == []
    assert await column(db, "select problem from mails where given_up_at is not null") == [
        "550 no such user"
    ]


async def test_the_oldest_come_first(db: Database) -> None:
    rows = [replace(MAIL, id=f"{number:032x}") for number in range(5)]
    for row in rows:
        await mails.post(db, [row])
    claimed = {mail.id for mail in await mails.claim(db, 2, 60)}
    assert claimed == {row.id for row in rows[:2]}


@pytest.mark.parametrize("recipient", ["", "alice", "a b@home.example", "a@home.example\nBcc: x"])
async def test_what_is_no_address_is_refused(db: Database, recipient: str) -> None:
    with pytest.raises(StorageRefused, match="an address"):
        await mails.post(db, [replace(MAIL, recipient=recipient)])
