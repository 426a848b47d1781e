"""Devices: credentials that register at once, and names that only one may have."""

import asyncio
from typing import Any

import pytest

from tests.web.client import Client
from tests.web.conftest import A, B, Served

ALICE = {"name": "Alice's", "sip": {"username": "alice", "password": "secret-1"}}


async def endpoints(served: Served, device_id: str) -> list[Any]:
    async with served.api.db.connection() as connection:
        return await connection.fetch(
            "select e.id, a.username, a.password from sip_endpoints e join ps_auths a using (id)"
            " where e.device_id = $1",
            device_id,
        )


@pytest.mark.parametrize("kind", ["sip_device", "softphone", "smartphone", "ata", "fax"])
async def test_a_phone_made_without_credentials_can_register_with_those_answered(
    client: Client, served: Served, kind: str
) -> None:
    made = await client.put("devices", {"name": "Phone", "device_type": kind})

    assert made.status == 201
    sip = made.data["sip"]
    [endpoint] = await endpoints(served, made.id)
    assert endpoint["id"] == f"{sip['username']}@a.example"
    assert (endpoint["username"], endpoint["password"]) == (sip["username"], sip["password"])
    read = await client.get(f"devices/{made.id}")
    assert read.data["sip"] == sip


@pytest.mark.parametrize(
    ("kind", "sip"),
    [("cellphone", {}), ("landline", {}), ("sip_uri", {}), ("sip_device", {"method": "ip"})],
)
async def test_what_does_not_register_gets_no_credentials(
    client: Client, kind: str, sip: dict[str, str]
) -> None:
    made = await client.put("devices", {"name": "Phone", "device_type": kind, "sip": sip})
    assert made.status == 201
    assert not {"username", "password"} & made.data["sip"].keys()


async def test_what_is_missing_is_generated_and_replacing_takes_it_away(
    client: Client, served: Served
) -> None:
    made = await client.put("devices", {"name": "Phone", "sip": {"username": "alice"}})
    assert made.data["sip"]["username"] == "alice"
    assert len(await endpoints(served, made.id)) == 1
    replaced = await client.post(f"devices/{made.id}", {"name": "Phone"})
    assert "username" not in replaced.data["sip"]
    assert await endpoints(served, made.id) == []


async def test_a_disabled_or_deleted_device_registers_no_more(
    client: Client, served: Served
) -> None:
    made = await client.put("devices", ALICE)
    await client.patch(f"devices/{made.id}", {"enabled": False})
    assert await endpoints(served, made.id) == []
    await client.patch(f"devices/{made.id}", {"enabled": None})
    assert len(await endpoints(served, made.id)) == 1
    await client.delete(f"devices/{made.id}")
    assert await endpoints(served, made.id) == []
    assert (await client.put("devices", ALICE)).status == 201


async def test_sip_credentials_are_used_once_in_a_realm(client: Client, served: Served) -> None:
    made = await client.put("devices", ALICE)
    expected = {
        "sip.username": {"unique": {"message": "SIP credentials already in use", "cause": "alice"}}
    }
    for again in (ALICE, ALICE | {"enabled": False}):
        refused = await client.put("devices", again)
        assert (refused.status, refused.data) == (400, expected)
    assert (await client.post(f"devices/{made.id}", ALICE)).status == 200
    other = await served.client(B)
    assert (await other.put("devices", ALICE)).status == 201
    elsewhere = ALICE | {"sip": {**ALICE["sip"], "realm": "else.example"}}  # type: ignore[dict-item]
    assert (await client.put("devices", elsewhere)).status == 201
    refused = await other.put("devices", elsewhere)
    assert (refused.status, refused.data) == (400, expected)


async def test_a_disabled_devices_name_is_still_its_own(client: Client) -> None:
    disabled = await client.put("devices", ALICE | {"enabled": False})
    assert (await client.put("devices", ALICE)).status == 400
    assert (await client.patch(f"devices/{disabled.id}", {"enabled": True})).status == 200


async def test_of_two_who_want_a_name_at_once_one_is_refused_as_always(
    client: Client, served: Served
) -> None:
    other = await served.client(B)
    doc = {"name": "Phone", "sip": {"username": "bob", "password": "secret", "realm": "x.example"}}
    answers = await asyncio.gather(*(c.put("devices", doc) for c in (client, other) * 4))
    assert sorted(answer.status for answer in answers) == [201] + [400] * 7
    assert all("sip.username" in answer.data for answer in answers if answer.status == 400)


async def test_accounts_without_a_realm_share_their_names(client: Client, served: Served) -> None:
    async with served.api.db.connection() as connection:
        await connection.execute("update accounts set realm = null")
    other = await served.client(B)
    assert (await client.put("devices", ALICE)).status == 201
    refused = await other.put("devices", ALICE)
    assert (refused.status, list(refused.data)) == (400, ["sip.username"])
    assert A not in str(refused.body)


async def test_realms_of_other_accounts_and_reserved_names_are_refused(client: Client) -> None:
    sip = {"username": "alice", "password": "secret", "realm": "B.example"}
    refused = await client.put("devices", {"name": "Phone", "sip": sip})
    assert (refused.status, list(refused.data["sip.realm"])) == (400, ["unique"])
    for name in ("anonymous", "trunk-1", "test-line", "callflow-x"):
        refused = await client.put("devices", {"name": "Phone", "sip": {"username": name}})
        assert (refused.status, list(refused.data["sip.username"])) == (400, ["forbidden"])


async def test_the_accounts_own_realm_is_not_kept(client: Client, served: Served) -> None:
    sip = {**ALICE["sip"], "realm": "A.example"}  # type: ignore[dict-item]
    made = await client.put("devices", {"name": "Phone", "sip": sip})
    assert made.status == 201
    assert "realm" not in made.data["sip"]
    assert [row["id"] for row in await endpoints(served, made.id)] == ["alice@a.example"]


async def test_hardware_and_ip_addresses_are_unique(client: Client, served: Served) -> None:
    other = await served.client(B)
    assert (
        await client.put("devices", {"name": "1", "mac_address": "00:1A:2b:00:00:01"})
    ).status == 201
    refused = await client.put("devices", {"name": "2", "mac_address": "001a2b000001"})
    assert (refused.status, list(refused.data)) == (400, ["mac_address"])
    assert list(refused.data["mac_address"]) == ["unique"]
    assert (await other.put("devices", {"name": "2", "mac_address": "001a2b000001"})).status == 201
    at = {"name": "3", "sip": {"method": "ip", "ip": "192.0.2.1"}}
    assert (await client.put("devices", at)).status == 201
    for one in (client, other):
        refused = await one.put("devices", at)
        assert (refused.status, list(refused.data["sip.ip"])) == (400, ["unique"])


async def test_a_mobile_device_has_a_number(client: Client) -> None:
    refused = await client.put("devices", {"name": "Mobile", "device_type": "mobile"})
    assert (refused.status, list(refused.data["mobile.mdn"])) == (400, ["required"])
    mobile = {"name": "Mobile", "device_type": "mobile", "mobile": {"mdn": "14155550100"}}
    assert (await client.put("devices", mobile)).status == 201


async def test_a_row_of_a_device(client: Client) -> None:
    made = await client.put("devices", ALICE | {"owner_id": "1" * 32, "flags": ["x"]})
    assert (await client.get("devices")).data == [
        {
            "id": made.id,
            "name": "Alice's",
            "username": "alice",
            "owner_id": "1" * 32,
            "enabled": True,
            "device_type": "sip_device",
            "flags": ["x"],
        }
    ]


async def test_an_owner_may_be_a_user_whose_id_came_with_sql(
    client: Client, served: Served
) -> None:
    async with served.api.db.connection() as connection:
        await connection.execute(
            "insert into documents (account_id, id, kind, doc) values ($1, 'alice', 'user', '{}'),"
            """ ($1, 'phone', 'device', '{"name": "Phone", "owner_id": "alice"}')""",
            A,
        )
    patched = await client.patch("devices/phone", {"name": "Desk"})
    assert (patched.status, patched.data["owner_id"]) == (200, "alice")
    for path, doc in (
        ("devices", ALICE),
        ("vmboxes", {"name": "Box", "mailbox": "1"}),
        ("conferences", {"name": "Room"}),
    ):
        made = await client.put(path, doc | {"owner_id": "alice"})
        assert (made.status, made.data["owner_id"]) == (201, "alice")
        refused = await client.put(path, doc | {"owner_id": "phone"})
        assert list(refused.data) == ["owner_id"]


async def test_recordings_go_to_no_address_of_our_own(client: Client) -> None:
    url = {"call_recording": {"any": {"any": {"url": "http://127.0.0.1/"}}}}
    for path, doc in (
        ("devices", ALICE),
        ("users", {"first_name": "Alice", "last_name": "Adams"}),
    ):
        refused = await client.put(path, doc | url)
        assert (refused.status, list(refused.data)) == (400, ["call_recording.any.any.url"])


async def test_the_audit_does_not_tell_the_password(client: Client, served: Served) -> None:
    await client.put("devices", ALICE)
    async with served.api.db.connection() as connection:
        told = await connection.fetchval("select changes::text from audit where account_id = $1", A)
    assert "alice" in told
    assert "secret-1" not in told
