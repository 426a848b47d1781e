"""Devices as Asterisk's PJSIP realtime sees them."""

from typing import Any

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database
from runtime.storage.endpoints import endpoint_ids
from tests.storage.ear import A, B, Ear, account, column, document, phone, rows, run


async def endpoints(db: Database) -> list[str]:
    ids = await column(db, "select id from ps_endpoints order by 1")
    assert await column(db, "select id from ps_auths order by 1") == ids
    assert await column(db, "select id from ps_aors order by 1") == ids
    return ids


async def seen(db: Database, endpoint: str = "alice") -> dict[str, Any]:
    [row] = await rows(
        db, "select * from ps_endpoints join ps_auths using (id) where id = $1", endpoint
    )
    assert None not in row.values()
    return row


async def test_a_device_is_an_endpoint_at_once(db: Database) -> None:
    await account(db)
    await phone(db, "alice", name="Desk", caller_id={"internal": {"number": "2001"}})
    assert await endpoints(db) == ["alice"]
    assert await endpoint_ids(db, A, ["alice_phone", "bob_phone"]) == {"alice_phone": "alice"}
    assert await endpoint_ids(db, B, ["alice_phone"]) == {}
    row = await seen(db)
    assert row["callerid"] == '"Desk" <2001>'
    assert row["set_var"] == (
        f"CALLFLOW_ACCOUNT={A};CALLFLOW_DEVICE=alice_phone;PJSIP_TRANSFER_HANDLING()=ari-only"
    )
    assert (row["username"], row["password"], row["realm"]) == ("alice", "secret", "")
    assert (row["aors"], row["auth"], row["context"]) == ("alice", "alice", "phones")
    [aor] = await rows(db, "select * from ps_aors")
    assert (aor["max_contacts"], aor["remove_existing"]) == ("5", "yes")
    # Asterisk asks for these columns when it starts.
    assert await column(db, "select id from ps_endpoints where mailboxes <> ''") == []
    assert await column(db, "select id from ps_aors where contact <> ''") == []


async def test_who_cannot_register_has_no_endpoint(db: Database) -> None:
    await account(db)
    await phone(db, "alice", enabled=False)
    await phone(db, "bob", sip={"password": ""})
    await document(db, "device", "nothing")
    await document(db, "device", "odd", sip="text")
    assert await endpoints(db) == []
    await phone(db, "alice")
    assert await endpoints(db) == ["alice"]
    await document(db, "user", "alice_phone")
    assert await endpoints(db) == []


async def test_the_account_switches_all_its_phones(db: Database, ear: Ear) -> None:
    await account(db)
    await phone(db, "alice")
    await phone(db, "bob", sip={"realm": "Own.Example"})
    assert await ear.endpoints() == ["alice", "bob@own.example"]
    await run(db, "update accounts set realm = 'pbx.example'")
    assert await endpoints(db) == ["alice@pbx.example", "bob@own.example"]
    assert await ear.endpoints() == ["alice", "alice@pbx.example", "bob@own.example"]
    await run(db, "update accounts set enabled = false")
    assert await endpoints(db) == []
    assert await ear.endpoints() == ["alice@pbx.example", "bob@own.example"]
    await run(db, "update accounts set enabled = true")
    assert await endpoints(db) == ["alice@pbx.example", "bob@own.example"]


async def test_two_accounts_need_realms_for_the_same_username(db: Database) -> None:
    await account(db, A)
    await account(db, B)
    await phone(db, "alice")
    with pytest.raises(
        StorageRefused,
        match=r"device alice_phone: the SIP endpoint alice is already used by another account"
        r".*give the account a realm",
    ):
        await phone(db, "alice", B)
    await run(db, "update accounts set realm = 'b.example' where id = $1", B)
    await phone(db, "alice", B, sip={"password": "other"})
    assert await endpoints(db) == ["alice", "alice@b.example"]
    row = await seen(db, "alice@b.example")
    assert (row["username"], row["realm"], row["password"]) == ("alice", "b.example", "other")
    assert f"CALLFLOW_ACCOUNT={B};" in row["set_var"]
    with pytest.raises(StorageRefused, match="already used by another account"):
        await run(db, "update accounts set realm = null where id = $1", B)


async def test_a_username_twice_in_an_account_names_the_device(db: Database) -> None:
    await account(db)
    await phone(db, "alice")
    with pytest.raises(StorageRefused, match="already used by device alice_phone"):
        await phone(db, "bob", sip={"username": "alice"})


async def test_usernames_are_exchanged_by_way_of_a_third(db: Database) -> None:
    await account(db)
    await phone(db, "alice")
    await phone(db, "alice", sip={"username": "carol"})
    await phone(db, "bob", sip={"username": "alice"})
    assert await endpoints(db) == ["alice", "carol"]


async def test_nobody_takes_the_realm_of_another(db: Database) -> None:
    await account(db, A, "a.example")
    await account(db, B)
    with pytest.raises(StorageRefused, match=r"a\.example belongs to another account"):
        await phone(db, "alice", B, sip={"realm": "a.example"})
    await phone(db, "alice", B, sip={"realm": "free.example"})
    with pytest.raises(StorageRefused, match="already used by a device of another account"):
        await run(db, "update accounts set realm = 'free.example' where id = $1", A)


@pytest.mark.parametrize("username", ["a b", "a;b", "a@b", "a/b", "é", "a" * 65, "a\nb", "$x"])
async def test_a_username_is_safe_in_sip_and_asterisk(db: Database, username: str) -> None:
    await account(db)
    with pytest.raises(StorageRefused, match=r"device x_phone: sip\.username may have"):
        await phone(db, "x", sip={"username": username})


@pytest.mark.parametrize("username", ["anonymous", "trunk1", "test-line", "callflow-test"])
async def test_endpoints_of_asterisks_own_files_cannot_be_taken(
    db: Database, username: str
) -> None:
    await account(db)
    with pytest.raises(StorageRefused, match="reserved"):
        await phone(db, "x", sip={"username": username})


@pytest.mark.parametrize(
    ("user", "device", "account_doc", "callerid"),
    [
        ({}, {}, {}, "<alice>"),
        ({}, {"name": "Desk"}, {}, '"Desk" <alice>'),
        (
            {"first_name": "Alice", "last_name": "Demo"},
            {"name": "Desk"},
            {},
            '"Alice Demo" <alice>',
        ),
        (
            {"caller_id": {"internal": {"name": "Al", "number": "1"}}},
            {"caller_id": {"internal": {"name": "Desk", "number": "2"}}},
            {},
            '"Al" <1>',
        ),
        (
            {"caller_id": {"internal": {"name": "Al", "number": "1"}}},
            {"caller_id": {"internal": {"name": "Desk", "number": "2"}}},
            {"prefer_device_caller_id": True},
            '"Desk" <2>',
        ),
        ({}, {}, {"caller_id": {"internal": {"name": "Firm", "number": "9"}}}, '"Firm" <9>'),
        ({}, {"caller_id": {"internal": {"number": "2001"}}}, {}, "<2001>"),
        ({"caller_id": "text"}, {"caller_id": [1]}, {"caller_id": 3}, "<alice>"),
        ({}, {"name": 'A"B<1>\\\n\x07;^C'}, {}, '"AB1^3B^5EC" <alice>'),
        ({}, {"caller_id": {"internal": {"number": '1">;2'}}}, {}, "<12>"),
    ],
)
async def test_the_caller_id_of_internal_calls(
    db: Database,
    user: dict[str, Any],
    device: dict[str, Any],
    account_doc: dict[str, Any],
    callerid: str,
) -> None:
    await account(db, A, None, **account_doc)
    await document(db, "user", "alice", **user)
    await phone(db, "alice", owner_id="alice", **device)
    assert (await seen(db))["callerid"] == callerid


async def test_a_hot_desked_user_gives_the_name(db: Database) -> None:
    await account(db)
    await document(db, "user", "alice", first_name="Alice")
    await document(db, "user", "bob", first_name="Bob")
    await phone(db, "alice", owner_id="alice", hotdesk={"users": {"bob": {}}})
    assert (await seen(db))["callerid"] == '"Bob" <alice>'
    await phone(db, "alice", owner_id="alice", hotdesk={"users": {"bob": {}, "alice": {}}})
    assert (await seen(db))["callerid"] == "<alice>"


async def test_secrets_survive_the_driver(db: Database) -> None:
    await account(db)
    await phone(db, "alice", sip={"password": " a;b^3B c"})
    assert (await seen(db))["password"] == "^20a^3Bb^5E3B^20c"


@pytest.mark.parametrize(
    ("media", "allow"),
    [
        (None, "ulaw,alaw"),
        ({"audio": {"codecs": []}}, "ulaw,alaw"),
        ({"audio": {"codecs": ["CELT_48", 7]}}, "ulaw,alaw"),
        ({"audio": {"codecs": ["PCMA", "G722", "!all", "PCMU"]}}, "alaw,g722,ulaw"),
        ({"audio": "G722"}, "ulaw,alaw"),
    ],
)
async def test_codecs_keep_the_documents_order(db: Database, media: Any, allow: str) -> None:
    await account(db)
    await phone(db, "alice", media=media)
    assert (await seen(db))["allow"] == allow


async def test_whatever_the_views_show_is_heard_when_it_changes(db: Database, ear: Ear) -> None:
    await account(db)
    await account(db, B)
    await document(db, "user", "alice", first_name="Alice")
    await phone(db, "alice", owner_id="alice")
    assert await ear.endpoints() == ["alice"]
    await phone(db, "alice", owner_id="alice")
    assert await ear.endpoints() == []
    await phone(db, "alice", owner_id="alice", sip={"password": "new"})
    assert await ear.endpoints() == ["alice"]
    await document(db, "user", "alice", first_name="Alicia")
    assert await ear.endpoints() == ["alice"]
    await document(db, "user", "alice", B, first_name="of another account")
    assert await ear.endpoints() == []
    await run(
        db, "update accounts set doc = '{\"prefer_device_caller_id\": true}' where id = $1", A
    )
    assert await ear.endpoints() == ["alice"]
    await phone(db, "alice", owner_id="alice", sip={"username": "alicia"})
    assert await ear.endpoints() == ["alice", "alicia"]
    await run(db, "delete from documents where kind = 'device'")
    assert await ear.endpoints() == ["alicia"]
    await run(db, "truncate documents cascade")
    assert await ear.endpoints() == ["*"]


async def test_a_lookup_among_many_uses_indexes(db: Database) -> None:
    await account(db)
    await run(
        db,
        """
        insert into documents (account_id, id, kind, doc)
        select $1, 'd' || n, 'device', jsonb_build_object(
            'owner_id', 'u' || n, 'sip', jsonb_build_object('username', 'p' || n, 'password', 'x'))
        from generate_series(1, 2000) n
        """,
        A,
    )
    await run(db, "analyze")
    for view in ("ps_endpoints", "ps_auths", "ps_aors"):
        plan = "\n".join(await column(db, f"explain select * from {view} where id = 'p77'"))
        assert "Seq Scan on documents" not in plan
        assert "Seq Scan on sip_endpoints" not in plan
