"""Callflows: what is derived from them, their history, and what makes them unusable."""

import asyncio
from typing import Any

import pytest

from runtime.errors import DocumentError, StorageRefused
from runtime.storage import Database
from runtime.storage.callflows import change_callflow, problems, save_problem
from tests.storage.ear import A, B, Ear, account, callflow, column, rows, run


async def numbers(db: Database, account_id: str = A) -> list[str]:
    return await column(
        db, "select number from callflow_numbers where account_id = $1 order by 1", account_id
    )


async def revisions(db: Database) -> list[tuple[int, Any, str]]:
    found = await rows(db, "select revision, doc, author from callflow_revisions order by revision")
    return [(row["revision"], row["doc"], row["author"]) for row in found]


@pytest.fixture(autouse=True)
async def _accounts(db: Database) -> None:
    await account(db, A)
    await account(db, B)


async def test_numbers_follow_the_document(db: Database) -> None:
    await callflow(db, "menu", {"numbers": ["2000", "2001", "2000"]})
    assert await numbers(db) == ["2000", "2001"]
    await callflow(db, "menu", {"numbers": ["2001", "2002"]})
    assert await numbers(db) == ["2001", "2002"]
    await run(db, "delete from callflows")
    assert await numbers(db) == []


async def test_a_number_twice_in_an_account_is_refused_by_name(db: Database) -> None:
    await callflow(db, "menu", {"numbers": ["2000"]})
    with pytest.raises(
        StorageRefused, match="number 2000 is already used by callflow menu of this account"
    ):
        await callflow(db, "other", {"numbers": ["1999", "2000"]})
    assert await numbers(db) == ["2000"]
    await callflow(db, "other", {"numbers": ["2000"]}, B)
    assert await numbers(db, B) == ["2000"]


async def test_a_number_moves_in_one_transaction(db: Database) -> None:
    await callflow(db, "menu", {"numbers": ["2000"]})
    async with db.connection() as connection, connection.transaction():
        await connection.execute("""update callflows set doc = '{"numbers": []}'""")
        await connection.execute(
            """insert into callflows values ($1, 'new', '{"numbers": ["2000"]}')""", A
        )
    assert await column(db, "select callflow_id from callflow_numbers") == ["new"]


async def test_patterns_keep_their_order(db: Database) -> None:
    await callflow(db, "rooms", {"patterns": ["^3(\\d{3})$", "^[", "^3(\\d{3})$"]})
    assert await column(db, "select pattern from callflow_patterns order by position") == [
        "^3(\\d{3})$",
        "^[",
        "^3(\\d{3})$",
    ]
    await callflow(db, "rooms", {"patterns": ["^4"]})
    assert await column(db, "select pattern from callflow_patterns") == ["^4"]


@pytest.mark.parametrize(
    "doc",
    [
        None,
        7,
        "text",
        [],
        {},
        {"numbers": "2000"},
        {"numbers": {"2000": True}},
        {"numbers": [2000, None, [], {}, ""]},
        {"numbers": ["9" * 3000]},
        {"patterns": 3},
    ],
)
async def test_what_is_no_callflow_is_kept_and_derives_nothing(db: Database, doc: Any) -> None:
    async with db.connection() as connection:
        # asyncpg takes None for SQL's null; this is JSON's.
        await connection.execute(
            "insert into callflows values ($1, 'x', coalesce($2, 'null'::jsonb))", A, doc
        )
    assert await numbers(db) == []
    assert await column(db, "select pattern from callflow_patterns") == []
    assert await column(db, "select doc from callflows") == [doc]


async def test_every_change_is_a_revision_and_no_change_is_none(db: Database) -> None:
    [user] = await column(db, "select session_user::text")
    await callflow(db, "menu", {"name": "first"})
    await callflow(db, "menu", {"name": "first"})
    await run(db, "update callflows set revision = 40, updated_at = now()")
    await callflow(db, "menu", {"name": "second"})
    await run(db, "delete from callflows")
    await callflow(db, "menu", {"name": "third"})
    assert await column(db, "select revision from callflows") == [4]
    assert await revisions(db) == [
        (1, {"name": "first"}, user),
        (2, {"name": "second"}, user),
        (3, None, user),
        (4, {"name": "third"}, user),
    ]


async def test_history_outlives_the_account(db: Database) -> None:
    await callflow(db, "menu", {"name": "first"})
    await run(db, "delete from accounts")
    assert [doc for _, doc, _ in await revisions(db)] == [{"name": "first"}, None]


async def test_the_author_can_be_told(db: Database) -> None:
    async with db.connection() as connection, connection.transaction():
        await connection.execute("select set_config('callflow.author', 'alice', true)")
        await connection.execute("insert into callflows values ($1, 'x', '{}')", A)
    assert [author for _, _, author in await revisions(db)] == ["alice"]


async def test_a_callflow_keeps_its_id(db: Database) -> None:
    await callflow(db, "menu", {})
    with pytest.raises(StorageRefused, match="insert a new row"):
        await run(db, "update callflows set id = 'other'")
    with pytest.raises(StorageRefused, match="insert a new row"):
        await run(db, "update callflows set account_id = $1", B)


async def test_a_problem_is_stored_until_the_callflow_changes(db: Database) -> None:
    await callflow(db, "menu", 7)
    await save_problem(db, A, "menu", 1, "not an object")
    await save_problem(db, A, "menu", 1, "not an object")
    await save_problem(db, A, "menu", 9, "of a revision that is not there")
    await save_problem(db, A, "nowhere", 1, "of a callflow that is not there")
    [problem] = await problems(db, A)
    assert (problem.callflow_id, problem.revision, problem.problem) == ("menu", 1, "not an object")
    await callflow(db, "menu", {})
    assert await problems(db, A) == []


async def test_changes_are_heard_once_per_transaction(db: Database, ear: Ear) -> None:
    await callflow(db, "menu", {"numbers": ["1"]})
    assert await ear.accounts() == [A]
    await callflow(db, "menu", {"numbers": ["1"]})
    assert await ear.accounts() == []
    await callflow(db, "menu", {"numbers": ["2"]}, B)
    await run(db, "delete from callflows")
    assert await ear.accounts() == [A, B]
    await run(db, "truncate callflows cascade")
    assert await ear.accounts() == ["*"]


async def test_the_runtime_changes_a_callflow_and_says_who_did_it(db: Database, ear: Ear) -> None:
    await callflow(db, "menu", {"numbers": ["2000"], "flow": {}})
    assert await ear.accounts() == [A]

    def rename(doc: dict[str, Any]) -> None:
        doc["name"] = "sales"

    await change_callflow(db, A, "menu", rename, "call 7")
    assert await ear.accounts() == [A]
    changed = {"numbers": ["2000"], "flow": {}, "name": "sales"}
    assert (await revisions(db))[1] == (2, changed, "call 7")
    await change_callflow(db, A, "menu", rename, "call 8")
    assert len(await revisions(db)) == 2


async def test_two_changes_at_once_are_both_kept(db: Database) -> None:
    await callflow(db, "menu", {"flow": {}, "seen": []})

    async def add(number: int) -> None:
        await change_callflow(db, A, "menu", lambda doc: doc["seen"].append(number), "test")

    await asyncio.gather(*(add(number) for number in range(8)))
    [seen] = await column(db, "select doc -> 'seen' from callflows")
    assert sorted(seen) == list(range(8))


async def test_no_callflow_of_another_account_is_changed(db: Database) -> None:
    await callflow(db, "menu", {"flow": {}})
    await callflow(db, "broken", "a text")
    with pytest.raises(DocumentError, match="callflow menu: the account has no such callflow"):
        await change_callflow(db, B, "menu", dict.clear, "test")
    with pytest.raises(DocumentError, match="callflow broken"):
        await change_callflow(db, A, "broken", dict.clear, "test")
    assert {"flow": {}} in await column(db, "select doc from callflows")
