"""Seeds: SQL files, the demo account, and JSON bundles."""

import json
from typing import Any

import pytest

from runtime.errors import DocumentError, StorageRefused
from runtime.storage import Database
from runtime.storage.accounts import routes_of
from runtime.storage.documents import document, documents_of_owner
from runtime.storage.phone_numbers import account_of_number
from runtime.storage.seed import seed_bundle, seed_sql
from tests.storage.conftest import SQL
from tests.storage.ear import A, B, account, column, phone, run

DEMO = "de300000000000000000000000000000"
DEMO_SQL = (SQL / "seed" / "demo.sql").read_text()


def bundle(**parts: Any) -> dict[str, Any]:
    return {
        "account": {"id": A, "name": "Bundled", "realm": "B.example", "timezone": "UTC"}
    } | parts


async def test_the_demo_account_has_what_the_readme_says(db: Database) -> None:
    await seed_sql(db, DEMO_SQL)
    assert await column(db, "select number from callflow_numbers order by 1") == [
        "+15550002000",
        "2000",
        "2001",
        "2002",
        "2005",
        "2010",
        "no_match",
    ]
    assert await column(db, "select pattern from callflow_patterns") == ["^3(\\d{3})$"]
    assert await column(db, "select callerid from ps_endpoints order by id") == [
        '"Alice Demo" <2001>',
        '"Bob Demo" <2002>',
    ]
    assert await account_of_number(db, "+15550002000") == DEMO
    assert [row.id for row in await documents_of_owner(db, DEMO, "alice")] == ["alice_phone"]
    routes = await routes_of(db, DEMO)
    assert routes is not None
    for used in ("welcome", "welcome_greeting", "sales_announcement", "not_in_service"):
        assert used in str(routes.callflows) + str(await document(db, DEMO, "menu", "welcome"))


async def test_seeding_the_demo_again_keeps_passwords_and_changes(db: Database) -> None:
    await seed_sql(db, DEMO_SQL)
    passwords = await column(db, "select password from ps_auths order by id")
    assert len(set(passwords)) == 2
    assert all(len(password) == 20 for password in passwords)
    await run(db, "update callflows set doc = '{}' where id = 'main_menu'")
    await seed_sql(db, DEMO_SQL)
    assert await column(db, "select password from ps_auths order by id") == passwords
    assert await column(db, "select doc from callflows where id = 'main_menu'") == [{}]
    assert await column(db, "select max(revision) from callflow_revisions") == [2]


async def test_a_failing_statement_is_named_and_undoes_the_file(db: Database) -> None:
    text = "insert into accounts (name) values ('x');\ninsert into nowhere values (1);"
    with pytest.raises(StorageRefused, match=r'^mine\.sql:2: relation "nowhere"'):
        await seed_sql(db, text, "mine.sql")
    with pytest.raises(StorageRefused, match="nowhere"):
        await seed_sql(db, f"begin;\n{text}\ncommit;")
    assert await column(db, "select 1 from accounts") == []


async def test_a_bundle_is_loaded_and_loaded_again(db: Database) -> None:
    loaded = bundle(
        phone_numbers=["+15550001111"],
        documents=[
            {"id": "alice", "kind": "user", "first_name": "Alice"},
            {"_id": "desk", "_rev": "1-x", "pvt_type": "device", "pvt_created": 1, "name": "Desk"},
            {"id": "welcome", "kind": "menu", "doc": {"retries": 2}},
            {"kind": "media", "name": "without an id"},
        ],
        callflows=[{"id": "main", "numbers": ["100"], "flow": {"module": "noop"}}],
    )
    assert await seed_bundle(db, loaded) == A
    routes = await routes_of(db, A)
    assert routes is not None
    assert (routes.name, routes.realm, routes.enabled) == ("Bundled", "b.example", True)
    assert routes.doc == {"timezone": "UTC"}
    doc = json.loads(routes.callflows[0].text)
    assert doc == {"numbers": ["100"], "flow": {"module": "noop"}}
    assert await account_of_number(db, "+15550001111") == A
    desk = await document(db, A, "device", "desk")
    welcome = await document(db, A, "menu", "welcome")
    assert desk is not None
    assert welcome is not None
    assert (desk.doc, welcome.doc) == ({"name": "Desk"}, {"retries": 2})
    del loaded["documents"][3]
    assert await seed_bundle(db, loaded) == A
    assert await column(db, "select max(revision) from documents") == [1]
    assert await column(db, "select max(revision) from callflow_revisions") == [1]


async def test_a_bundle_may_make_a_new_account(db: Database) -> None:
    made = await seed_bundle(db, {"account": {"name": "New"}})
    assert len(made) == 32


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([], "^bundle: must be an object"),
        ({}, "^account: must be an object, not missing"),
        ({"account": {}}, r"^account\.name: must be a text"),
        ({"account": {"name": "x", "enabled": "no"}}, r"^account\.enabled: must be true or false"),
        ({"account": {"name": "x"}, "menus": []}, "^menus: a bundle has no such part"),
        (bundle(documents={}), "^documents: must be a list"),
        (bundle(documents=["x"]), r"^documents\[0\]: must be an object"),
        (bundle(documents=[{"id": "alice"}]), r"^documents\[0\] \(alice\)\.kind: must be a text"),
        (bundle(documents=[{"id": 5, "kind": "user"}]), r"^documents\[0\]\.id: must be a text"),
        (bundle(phone_numbers=[15]), r"^phone_numbers\[0\]: must be a text"),
    ],
)
async def test_a_bundle_of_the_wrong_shape_names_the_place(
    db: Database, wrong: Any, message: str
) -> None:
    with pytest.raises(DocumentError, match=message):
        await seed_bundle(db, wrong)


async def test_what_the_database_refuses_names_the_place_and_undoes_all(db: Database) -> None:
    await account(db, B)
    await run(db, "insert into phone_numbers values ('+15550001111', $1)", B)
    await phone(db, "alice", B, sip={"realm": "free.example"})
    cases = [
        (bundle(phone_numbers=["+15550001111"]), r"^phone_numbers\[0\]: .* another account"),
        (bundle(phone_numbers=["5"]), r"^phone_numbers\[0\]: .*E\.164"),
        (
            bundle(callflows=[{"id": "a", "numbers": ["1"]}, {"id": "b", "numbers": ["1"]}]),
            r"^callflows\[1\] \(b\): number 1 is already used by callflow a",
        ),
        (
            bundle(
                documents=[
                    {"id": "d", "kind": "device", "sip": {"username": "a b", "password": "x"}}
                ]
            ),
            r"^documents\[0\] \(d\): device d: sip\.username",
        ),
        ({"account": {"id": "short", "name": "x"}}, r"^account: .*32 lowercase hexadecimal digits"),
    ]
    for wrong, message in cases:
        with pytest.raises(StorageRefused, match=message):
            await seed_bundle(db, wrong)
    assert await routes_of(db, A) is None
