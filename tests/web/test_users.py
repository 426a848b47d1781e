"""Users: their credentials, features, order, and what belongs to them."""

from typing import Any

import pytest

from runtime.accounts import passwords
from runtime.storage import credentials
from runtime.storage.credentials import Credentials
from tests.web.client import Client
from tests.web.conftest import A, B, Served

NAMES = {"first_name": "Alice", "last_name": "Adams"}
ALICE = NAMES | {"username": "Alice", "password": "sesame"}


async def login(served: Served, user_id: str) -> Credentials | None:
    async with served.api.db.connection() as connection:
        return await credentials.of_user(connection, A, user_id)


async def hash_of(username: str, password: str) -> str:
    return (await passwords.hashes_of(A, username, password)).md5


async def test_a_password_is_stored_apart_and_never_told(client: Client, served: Served) -> None:
    made = await client.put("users", ALICE)

    assert made.status == 201
    assert made.data["username"] == "alice"
    assert "password" not in made.data
    known = await login(served, made.id)
    assert known is not None
    assert (known.username, known.md5) == ("alice", await hash_of("alice", "sesame"))
    read = await client.get(f"users/{made.id}")
    assert "password" not in read.data
    async with served.api.db.connection() as connection:
        kept = await connection.fetchval(
            "select (select string_agg(doc::text, '') from documents)"
            " || (select string_agg(changes::text, '') from audit)"
        )
    assert "sesame" not in kept


async def test_username_and_password_need_each_other(client: Client, served: Served) -> None:
    for doc, field in (
        (NAMES | {"username": "alice"}, "password"),
        (NAMES | {"password": "sesame"}, "username"),
    ):
        refused = await client.put("users", doc)
        assert (refused.status, list(refused.data)) == (400, [field])
        assert list(refused.data[field]) == ["required"]
    made = await client.put("users", ALICE)
    before = await login(served, made.id)
    renamed = await client.patch(f"users/{made.id}", {"username": "bob"})
    assert (renamed.status, list(renamed.data)) == (400, ["password"])
    same = await client.post(f"users/{made.id}", NAMES | {"username": "ALICE"})
    assert same.status == 200
    assert await login(served, made.id) == before


async def test_credentials_are_changed_and_removed(client: Client, served: Served) -> None:
    made = await client.put("users", ALICE)
    await client.patch(f"users/{made.id}", {"password": "other"})
    known = await login(served, made.id)
    assert known is not None
    assert known.md5 == await hash_of("alice", "other")
    await client.patch(f"users/{made.id}", {"username": "bob", "password": "other"})
    known = await login(served, made.id)
    assert known is not None
    assert (known.username, known.md5) == ("bob", await hash_of("bob", "other"))
    removed = await client.post(f"users/{made.id}", NAMES)
    assert removed.status == 200
    assert await login(served, made.id) is None
    assert (await client.put("users", ALICE | {"username": "bob"})).status == 201


async def test_a_new_password_ends_all_other_sessions_of_the_user(
    client: Client, served: Served
) -> None:
    made = await client.put("users", ALICE | {"priv_level": "admin"})
    bob = await client.put("users", NAMES | {"priv_level": "admin"})
    sessions = [await served.client(A, made.id) for _ in range(2)]
    of_bob = await served.client(A, bob.id)
    await sessions[0].patch(f"users/{made.id}", {"email": "alice@a.example"})
    assert (await sessions[1].get("users")).status == 200
    await sessions[0].patch(f"users/{made.id}", {"password": "other"})
    assert (await sessions[0].get("users")).status == 200
    assert (await sessions[1].get("users")).status == 401
    assert (await of_bob.get("users")).status == 200
    await client.patch(f"users/{made.id}", {"username": None})
    assert (await sessions[0].get("users")).status == 401


async def test_a_deleted_user_cannot_log_in_and_leaves_the_name(
    client: Client, served: Served
) -> None:
    made = await client.put("users", ALICE)
    await client.delete(f"users/{made.id}")
    assert await login(served, made.id) is None
    assert (await client.put("users", ALICE)).status == 201


async def test_a_username_is_used_once_in_an_account(client: Client, served: Served) -> None:
    await client.put("users", ALICE)
    refused = await client.put("users", ALICE | {"username": "ALICE"})
    assert refused.status == 400
    message = "Username must be unique within account"
    assert refused.data == {"username": {"unique": {"message": message, "cause": "alice"}}}
    other = await served.client(B)
    assert (await other.put("users", ALICE)).status == 201


@pytest.mark.parametrize("username", ["", "a b", "alice!", "a" * 257])
async def test_a_username_has_few_characters(client: Client, username: str) -> None:
    refused = await client.put("users", ALICE | {"username": username})
    assert (refused.status, list(refused.data)) == (400, ["username"])


async def test_a_hotdesk_id_is_used_once(client: Client) -> None:
    made = await client.put("users", NAMES | {"hotdesk": {"id": "12"}})
    refused = await client.put("users", NAMES | {"hotdesk": {"id": "12"}})
    assert (refused.status, list(refused.data["hotdesk.id"])) == (400, ["unique"])
    assert (await client.patch(f"users/{made.id}", {"hotdesk": {"enabled": True}})).status == 200


@pytest.mark.parametrize(
    ("doc", "features"),
    [
        ({}, ["vm_to_email"]),
        ({"vm_to_email_enabled": False}, []),
        ({"caller_id": {"external": {"number": "1"}}}, ["caller_id", "vm_to_email"]),
        ({"call_forward": {"enabled": True, "failover": True}}, ["call_forward", "vm_to_email"]),
        ({"call_forward": {"failover": True}}, ["call_forward_failover", "vm_to_email"]),
        ({"do_not_disturb": {"enabled": True}}, ["do_not_disturb", "vm_to_email"]),
        ({"hotdesk": {"enabled": True}}, ["hotdesk", "vm_to_email"]),
        ({"music_on_hold": {"media_id": "m"}}, ["music_on_hold", "vm_to_email"]),
        ({"smartpbx": {"find_me": {"enabled": True}, "x": {}}}, ["vm_to_email", "find_me"]),
    ],
)
async def test_a_row_tells_features(
    client: Client, doc: dict[str, Any], features: list[str]
) -> None:
    made = await client.put("users", NAMES | doc)
    assert (await client.get("users")).data == [
        {"id": made.id, "features": features, "priv_level": "user", "flags": [], **NAMES}
    ]


async def test_users_are_listed_by_last_and_first_name(client: Client) -> None:
    for first, last in (("Carol", "Adams"), ("Alice", "Brown"), ("Bob", "Adams")):
        await client.put("users", {"first_name": first, "last_name": last})
    listed = await client.get("users", params={"ascending": "true"})
    assert [row["first_name"] for row in listed.data] == ["Bob", "Carol", "Alice"]
    page = await client.get("users", params={"ascending": "true", "page_size": "2"})
    rest = await client.get(
        "users", params={"ascending": "true", "start_key": page.body["next_start_key"]}
    )
    assert [row["first_name"] for row in rest.data] == ["Alice"]


async def test_devices_groups_and_desks_of_a_user(client: Client) -> None:
    alice = (await client.put("users", NAMES)).id
    bob = (await client.put("users", NAMES | {"first_name": "Bob"})).id
    own = (await client.put("devices", {"name": "Own", "owner_id": alice})).id
    desk: dict[str, Any] = {"users": {alice: {}}}
    visited = (await client.put("devices", {"name": "Desk", "owner_id": bob, "hotdesk": desk})).id
    group = (await client.put("groups", {"name": "Sales", "endpoints": {alice: {}}})).id

    devices = await client.get(f"users/{alice}/devices")
    assert {row["id"]: row["hotdesked"] for row in devices.data} == {own: False, visited: True}
    of_bob = await client.get(f"users/{bob}/devices")
    assert {row["id"]: row["hotdesked"] for row in of_bob.data} == {visited: False}
    assert [row["id"] for row in (await client.get(f"users/{alice}/groups")).data] == [group]
    assert (await client.get(f"users/{bob}/groups")).data == []
    assert [row["id"] for row in (await client.get(f"users/{alice}/hotdesks")).data] == [visited]
    assert (await client.get(f"users/{bob}/hotdesks")).data == []
    assert [row["id"] for row in (await client.get(f"devices/{visited}/hotdesks")).data] == [alice]
    assert (await client.get(f"devices/{own}/hotdesks")).data == []
    [occupied] = (await client.get("hotdesks")).data
    assert (occupied["id"], occupied["hotdesk_users"]) == (visited, [alice])
    for path in ("users/{}/devices", "users/{}/groups", "users/{}/hotdesks", "devices/{}/hotdesks"):
        for unknown in ("f" * 32, group):
            missing = await client.get(path.format(unknown))
            assert (missing.status, missing.body["message"]) == (404, "bad_identifier")


async def test_a_directory_shows_who_is_in_it(client: Client) -> None:
    directory = await client.put("directories", {"name": "People", "users": []})
    alice = await client.put("users", NAMES | {"directories": {directory.id: "c" * 32}})
    await client.put("users", NAMES | {"first_name": "Bob"})

    read = await client.get(f"directories/{directory.id}")
    assert read.data["users"] == [{"user_id": alice.id, "callflow_id": "c" * 32}]
    sent_back = await client.post(f"directories/{directory.id}", read.data)
    assert (sent_back.status, sent_back.data["users"]) == (200, [alice.id])
    wrong = await client.post(f"directories/{directory.id}", {"name": "People", "users": [7]})
    assert list(wrong.data) == ["users.0"]
