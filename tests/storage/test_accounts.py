"""Accounts and their public numbers."""

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database
from runtime.storage.accounts import CallflowRow, routes_of
from runtime.storage.phone_numbers import account_of_number
from tests.storage.ear import A, B, Ear, account, callflow, column, run


async def test_psql_needs_only_a_name_to_open_an_account(db: Database) -> None:
    await run(db, "insert into accounts (name) values ('New')")
    [made] = await column(db, "select id from accounts")
    rows = await routes_of(db, made)
    assert rows is not None
    assert len(made) == 32
    assert (rows.name, rows.realm, rows.enabled, rows.doc, rows.callflows) == (
        "New",
        None,
        True,
        {},
        (),
    )


@pytest.mark.parametrize(
    ("columns", "values", "message"),
    [
        ("id, name", "'ABC', 'x'", "32 lowercase hexadecimal digits"),
        ("name", "''", "an account has a name"),
        ("name, realm", "'x', 'Upper.example'", "a SIP domain in lower case"),
        ("name, realm", "'x', 'a b'", "a SIP domain in lower case"),
        ("name, doc", "'x', '[]'", "an account document is a JSON object"),
    ],
)
async def test_a_wrong_account_is_refused(
    db: Database, columns: str, values: str, message: str
) -> None:
    with pytest.raises(StorageRefused, match=message):
        await run(db, f"insert into accounts ({columns}) values ({values})")


async def test_two_accounts_cannot_share_a_realm(db: Database) -> None:
    await account(db, A, "pbx.example")
    with pytest.raises(StorageRefused, match="a realm belongs to one account"):
        await account(db, B, "pbx.example")


async def test_an_account_keeps_its_id(db: Database) -> None:
    await account(db, A)
    with pytest.raises(StorageRefused, match="cannot become account"):
        await run(db, "update accounts set id = $1", B)


async def test_all_routes_of_an_account_come_at_once(db: Database) -> None:
    await account(db, A, timezone="UTC")
    await account(db, B)
    await callflow(db, "two", {"numbers": ["2"]})
    await callflow(db, "one", {"numbers": ["1"]})
    await callflow(db, "broken", 7)
    await callflow(db, "other", {}, B)
    rows = await routes_of(db, A)
    assert rows is not None
    assert rows.doc == {"timezone": "UTC"}
    assert rows.callflows == (
        CallflowRow("broken", 1, "7"),
        CallflowRow("one", 1, '{"numbers": ["1"]}'),
        CallflowRow("two", 1, '{"numbers": ["2"]}'),
    )
    assert await routes_of(db, "c" * 32) is None


async def test_a_public_number_belongs_to_one_account(db: Database) -> None:
    await account(db, A)
    await account(db, B)
    await run(db, "insert into phone_numbers values ('+15550002000', $1)", A)
    assert await account_of_number(db, "+15550002000") == A
    assert await account_of_number(db, "+15550002001") is None
    with pytest.raises(StorageRefused, match="already exists"):
        await run(db, "insert into phone_numbers values ('+15550002000', $1)", B)
    for wrong in ("15550002000", "+0555", "+1555000200012345", "+1 555"):
        with pytest.raises(StorageRefused, match=r"E\.164"):
            await run(db, "insert into phone_numbers values ($1, $2)", wrong, A)


async def test_changes_of_accounts_and_numbers_are_heard(db: Database, ear: Ear) -> None:
    await account(db, A)
    assert await ear.accounts() == [A]
    await run(db, "update accounts set name = 'Renamed'")
    assert await ear.accounts() == [A]
    await run(db, "update accounts set name = 'Renamed'")
    assert await ear.accounts() == []
    await run(db, "insert into phone_numbers values ('+15550002000', $1)", A)
    assert await ear.accounts() == ["*"]
    await run(db, "delete from accounts")
    assert await ear.accounts() == ["*", A]
    await run(db, "truncate accounts cascade")
    assert await ear.accounts() == ["*"]
