"""Live channels over the API, while telephones really talk; registrations and parked calls."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import AriUnavailable
from tests.web.client import Client
from tests.web.conftest import BELOW_A, A, B, Served
from tests.web.house import Office, call, listening, office, until


@pytest.fixture
async def opened(served: Served, tmp_path: Path) -> AsyncIterator[Office]:
    """Open the office."""
    async with office(served, tmp_path) as opened:
        yield opened


async def gone(client: Client) -> None:
    """Wait until the account has no channel."""
    async with asyncio.timeout(10):
        while (await client.get("channels")).data:
            pass


async def test_nothing_is_live_where_nobody_calls(client: Client) -> None:
    reply = await client.get("channels")
    assert (reply.status, reply.data) == (200, [])
    for method in ("GET", "POST", "PUT"):
        data = None if method == "GET" else {"action": "hangup"}
        reply = await client.request(method, "channels/1234.5", data)
        assert (reply.status, reply.data) == (404, ["1234.5"])


async def test_a_call_is_listed_and_read(opened: Office) -> None:
    _, caller, party = await call(opened)
    client = await opened.client()

    assert caller == {
        "uuid": caller["uuid"],
        "answered": True,
        "authorizing_id": "bob_phone",
        "authorizing_type": "device",
        "destination": "2001",
        "direction": "inbound",
        "other_leg": party["uuid"],
        "owner_id": "bob",
        "timestamp": caller["timestamp"],
        "username": "bob",
    }
    assert caller["timestamp"] > 63_000_000_000
    assert (party["direction"], party["other_leg"]) == ("outbound", caller["uuid"])
    one = await client.get(f"channels/{party['uuid']}")
    assert one.status == 200
    assert one.data["other_leg_call_id"] == caller["uuid"]
    assert one.data["caller_id_number"] == "2002"
    assert one.data["custom_channel_vars"] == {
        "account_id": A,
        "authorizing_id": "alice_phone",
        "authorizing_type": "device",
        "owner_id": "alice",
    }


async def test_channels_of_a_user_a_device_and_a_group(opened: Office) -> None:
    _, caller, party = await call(opened)
    client = await opened.client()
    for path, expected in (
        ("users/bob", caller),
        ("devices/alice_phone", party),
        ("groups/sales", party),
    ):
        reply = await client.get(f"{path}/channels")
        assert [row["uuid"] for row in reply.data] == [expected["uuid"]], path
    assert (await client.get("users/carol/channels")).data == []
    for path in ("users/nobody", "users/bob_phone", "devices/bob", "groups/nobody"):
        reply = await client.get(f"{path}/channels")
        assert (reply.status, reply.body["message"]) == (404, "bad_identifier"), path


async def test_other_accounts_see_and_reach_nothing(opened: Office) -> None:
    _, caller, _ = await call(opened)
    for account_id in (B, BELOW_A):
        stranger = await opened.client(account_id)
        assert (await stranger.get("channels")).data == []
        reply = await stranger.post(f"channels/{caller['uuid']}", {"action": "hangup"})
        assert (reply.status, reply.data) == (404, [caller["uuid"]])
        assert (await stranger.of(A).get("channels")).status == 403
    assert len((await (await opened.client()).get("channels")).data) == 2


async def test_hangup(opened: Office) -> None:
    bob, caller, _ = await call(opened)
    client = await opened.client()
    reply = await client.post(f"channels/{caller['uuid']}", {"action": "hangup"})
    assert (reply.status, reply.data) == (202, "hangup initiated")
    assert reply.body["status"] == "success"
    await bob.ended()
    await gone(client)
    assert (await client.get(f"channels/{caller['uuid']}")).status == 404


async def test_a_blind_transfer(opened: Office) -> None:
    bob, _, party = await call(opened)
    client = await opened.client()
    order = {"action": "transfer", "target": "2098", "transfer-type": "blind"}
    reply = await client.post(f"channels/{party['uuid']}", order)
    assert (reply.status, reply.data) == (202, "transfer initiated")
    await bob.hears("sales")
    again = await client.post(f"channels/{bob.channel.id}", order)  # type: ignore[union-attr]
    assert again.status == 400
    assert again.data == {"other_leg_call_id": {"required": {"message": "Channel is not bridged"}}}


async def test_what_a_transfer_needs(opened: Office) -> None:
    _, caller, _ = await call(opened)
    client = await opened.client()

    async def transfer(**fields: Any) -> Any:
        order = {"action": "transfer", **fields}
        reply = await client.post(f"channels/{caller['uuid']}", order)
        assert reply.status == 400
        return reply.body

    assert "required" in (await transfer())["data"]["target"]
    assert "type" in (await transfer(target=["2003"]))["data"]["target"]
    wrong = await transfer(target="2003", **{"transfer-type": "sideways"})
    assert "enum" in wrong["data"]["transfer-type"]
    nowhere = await transfer(target="2999")
    assert nowhere["message"] == "invalid data"
    assert "2999" in nowhere["data"]["message"]


async def test_other_orders(opened: Office) -> None:
    bob, caller, party = await call(opened)
    client = await opened.client()
    path = f"channels/{party['uuid']}"
    for action in ("eavesdrop", ""):
        reply = await client.post(path, {"action": action})
        assert (reply.status, reply.body["message"]) == (400, "invalid data"), action
    assert (await client.post(path, {"action": "break"})).data == "break initiated"
    assert "required" in (await client.post(path, {"action": "callflow"})).data["id"]
    unknown = await client.post(path, {"action": "callflow", "id": "unknown"})
    assert (unknown.status, unknown.body["message"]) == (400, "invalid data")
    reply = await client.post(path, {"action": "callflow", "captures": ["2098"]})
    assert (reply.status, reply.data) == (202, "callflow initiated")
    await bob.hears("sales")
    assert (await client.get(f"channels/{caller['uuid']}")).status == 200


async def test_an_attended_transfer(opened: Office) -> None:
    bob, _, party = await call(opened)
    client = await opened.client()
    order = {"action": "transfer", "target": "2003", "transfer-type": "attended"}
    reply = await client.post(f"channels/{party['uuid']}", order)
    assert (reply.status, reply.data) == (202, "transfer initiated")
    await until(lambda: bool(opened.phones["carol"].lines))
    [carol] = opened.phones["carol"].lines
    alice = opened.phones["alice"].lines[-1]
    alice.speak("a question")
    await carol.hears("a question")
    alice.put_down()
    carol.speak("here I am")
    await bob.hears("here I am")


async def test_an_intercept(opened: Office) -> None:
    bob, caller, party = await call(opened)
    client = await opened.client()
    path = f"channels/{party['uuid']}"
    order: dict[str, Any] = {"action": "intercept"}
    assert "required" in (await client.post(path, order)).data["target_type"]
    order["target_type"] = "user"
    assert "required" in (await client.post(path, order)).data["target_id"]
    order["target_id"] = "carol"
    reply = await client.post(path, order)
    assert (reply.status, reply.body["message"]) == (400, "invalid data")
    order["unbridged_only"] = False
    # Carol takes the place of alice, with whom the bob of this channel talks.
    reply = await client.post(f"channels/{caller['uuid']}", order)
    assert (reply.status, reply.data) == (202, "intercept initiated")
    await until(lambda: bool(opened.phones["carol"].lines))
    opened.phones["carol"].lines[0].speak("here I am")
    await bob.hears("here I am")


async def test_a_metaflow(opened: Office) -> None:
    bob, caller, party = await call(opened)
    client = await opened.client()
    path = f"channels/{party['uuid']}"
    for wrong in ({"action": "fly"}, {}, {"data": {"module": "transfer"}}):
        reply = await client.put(path, wrong)
        assert (reply.status, reply.body["message"]) == (400, "invalid data")
    unknown = await client.put(path, {"action": "metaflow", "data": {"module": "fly"}})
    assert (unknown.status, unknown.body["message"]) == (400, "validation error")
    flow = {"module": "transfer", "data": {"target": "2098"}, "children": {}}
    reply = await client.put(path, flow, envelope={"action": "metaflow"})
    assert (reply.status, reply.data) == (202, "metaflow sent")
    await bob.hears("sales")
    within = {"action": "metaflow", "data": {"module": "hangup"}}
    late = await client.put(f"channels/{caller['uuid']}", within)
    assert (late.status, late.body["message"]) == (400, "invalid data")


async def test_registrations(opened: Office) -> None:
    asked: list[Collection[str]] = []

    async def registered(endpoint_ids: Collection[str]) -> Collection[str]:
        asked.append(endpoint_ids)
        return {"alice@a.example"}

    async def unreachable(_endpoint_ids: Collection[str]) -> Collection[str]:
        raise AriUnavailable("no answer")

    async with listening(replace(opened.api, registered=registered)) as base:
        client = replace(await opened.client(), base=base)
        assert (await client.get("registrations")).data == [
            {
                "account_id": A,
                "username": "alice",
                "realm": "a.example",
                "authorizing_id": "alice_phone",
                "authorizing_type": "device",
                "owner_id": "alice",
            }
        ]
        assert (await client.get("registrations/count")).data == {"count": 1}
        status = await client.get("devices/status")
        assert status.data == [{"device_id": "alice_phone", "registered": True}]
        assert sorted(asked[0]) == ["alice@a.example", "bob@a.example", "carol@a.example"]
        stranger = replace(await opened.client(B), base=base)
        assert (await stranger.get("registrations")).data == []
        assert (await client.delete("registrations")).status == 405
    async with listening(replace(opened.api, registered=unreachable)) as base:
        client = replace(await opened.client(), base=base)
        assert (await client.get("registrations")).status == 503


async def test_no_call_is_parked(client: Client) -> None:
    assert (await client.get("parked_calls")).data == {"slots": {}}
