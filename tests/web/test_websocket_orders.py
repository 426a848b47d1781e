"""What is done with live channels by frames of the WebSocket: the same as over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtime.storage import api_tokens
from tests.web.client import Client
from tests.web.conftest import BELOW_A, ROOT, A, B, Served
from tests.web.frames import Ear, connected
from tests.web.house import Office, call, office, until

NOBODY = "1234.5"


@pytest.fixture
async def opened(served: Served, tmp_path: Path) -> AsyncIterator[Office]:
    """Open the office."""
    async with office(served, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def clerk(opened: Office, account_id: str = A) -> AsyncIterator[Ear]:
    """Open a WebSocket with a token of this account."""
    async with connected(await opened.client(account_id)) as ear:
        yield ear


async def orders(ear: Ear, action: str, call_id: str, **more: Any) -> dict[str, Any]:
    """Send an order for a channel of account A, and return the reply."""
    return await ear.asks(action, data={"account_id": A, "call_id": call_id} | more)


async def test_hangup(opened: Office) -> None:
    bob, caller, _ = await call(opened)
    async with clerk(opened) as ear:
        assert await orders(ear, "hangup", caller["uuid"]) == {
            "action": "reply",
            "request_id": "r1",
            "status": "success",
            "data": {"response": "hangup initiated"},
        }
        await bob.ended()


async def test_a_metaflow_with_children(opened: Office) -> None:
    bob, _, party = await call(opened)
    transfer = {"module": "transfer", "data": {"target": "2098"}, "children": {}}
    tree = {
        "module": "audio_level",
        "data": {"action": "start", "mode": "read", "level": 0},
        "children": {"_": transfer},
    }
    async with clerk(opened) as ear:
        reply = await orders(ear, "metaflow", party["uuid"], **tree)
        assert reply["data"] == {"response": "metaflow sent"}
        await bob.hears("sales")


async def test_a_blind_transfer(opened: Office) -> None:
    bob, _, party = await call(opened)
    async with clerk(opened) as ear:
        reply = await orders(ear, "transfer", party["uuid"], target="2098")
        assert reply["data"] == {"response": "transfer initiated"}
        await bob.hears("sales")


async def test_an_attended_transfer(opened: Office) -> None:
    bob, _, party = await call(opened)
    async with clerk(opened) as ear:
        more = {"target": "2003", "transfer-type": "attended"}
        reply = await orders(ear, "transfer", party["uuid"], **more)
        assert reply["data"] == {"response": "transfer initiated"}
    await until(lambda: bool(opened.phones["carol"].lines))
    opened.phones["alice"].lines[-1].put_down()
    opened.phones["carol"].lines[0].speak("here I am")
    await bob.hears("here I am")


async def test_intercept_break_and_callflow(opened: Office) -> None:
    bob, caller, party = await call(opened)
    async with clerk(opened) as ear:
        reply = await orders(ear, "break", party["uuid"])
        assert reply["data"] == {"response": "break initiated"}
        whose = {"target_type": "user", "target_id": "carol", "unbridged_only": False}
        reply = await orders(ear, "intercept", caller["uuid"], **whose)
        assert reply["data"] == {"response": "intercept initiated"}
        await until(lambda: bool(opened.phones["carol"].lines))
        opened.phones["carol"].lines[0].speak("here I am")
        await bob.hears("here I am")
        reply = await orders(ear, "callflow", caller["uuid"], captures=["2098"])
        assert reply["data"] == {"response": "callflow initiated"}
        await bob.hears("sales")


@pytest.mark.parametrize(
    ("method", "action", "more"),
    [
        ("POST", "transfer", {}),
        ("POST", "transfer", {"target": ["2003"]}),
        ("POST", "transfer", {"target": "2003", "transfer-type": "sideways"}),
        ("POST", "transfer", {"target": "2999"}),
        ("POST", "callflow", {}),
        ("POST", "callflow", {"id": "unknown"}),
        ("POST", "intercept", {"target_type": "user"}),
        ("POST", "intercept", {"target_type": "user", "target_id": "carol"}),
        ("POST", "transfer", {"target": "a\0"}),
        ("PUT", "metaflow", {}),
        ("PUT", "metaflow", {"module": "fly"}),
        ("PUT", "metaflow", {"module": "hold", "data": {"unhold_key": 7.5, "moh_aleg": []}}),
        ("PUT", "metaflow", {"module": "play", "data": "loud"}),
    ],
)
async def test_what_is_refused_is_told_as_over_http(
    opened: Office, method: str, action: str, more: dict[str, Any]
) -> None:
    _, caller, _ = await call(opened)
    client = await opened.client()
    path = f"channels/{caller['uuid']}"
    if method == "PUT":
        http = await client.put(path, more, envelope={"action": action})
    else:
        http = await client.post(path, {"action": action} | more)
    async with clerk(opened) as ear:
        reply = await orders(ear, action, caller["uuid"], **more)
    assert reply["status"] == "error"
    said = reply["data"]
    assert (said["error"], said["message"], said["data"]) == (
        str(http.status),
        http.body["message"],
        http.data,
    )
    assert http.status == 400
    assert all(said["errors"])
    assert len((await client.get("channels")).data) == 2


async def test_a_channel_that_talks_to_nobody(opened: Office) -> None:
    bob = opened.phones["bob"].dial("2098")
    await bob.hears("sales")
    [alone] = (await (await opened.client()).get("channels")).data
    async with clerk(opened) as ear:
        reply = await orders(ear, "transfer", alone["uuid"], target="2003")
        assert reply["data"]["errors"] == ["other_leg_call_id: Channel is not bridged"]
        reply = await orders(ear, "metaflow", alone["uuid"], module="hangup")
        assert (reply["data"]["error"], reply["data"]["message"]) == ("400", "invalid data")


@pytest.mark.parametrize("action", ["hangup", "metaflow"])
async def test_a_foreign_channel_is_answered_as_one_that_is_not_there(
    opened: Office, action: str
) -> None:
    _, caller, _ = await call(opened)
    for account_id in (B, BELOW_A):
        async with clerk(opened, account_id) as ear:
            theirs, nobody = [
                await ear.asks(
                    action,
                    data={"account_id": account_id, "call_id": call_id, "module": "hangup"},
                )
                for call_id in (caller["uuid"], NOBODY)
            ]
            assert theirs["data"] == {
                "errors": ["bad_identifier"],
                "error": "404",
                "message": "bad_identifier",
                "data": [caller["uuid"]],
            }
            assert str(theirs).replace(caller["uuid"], "") == str(nobody).replace(NOBODY, "")
            for call_id in (caller["uuid"], NOBODY):
                reply = await orders(ear, action, call_id, module="hangup")
                assert reply["data"] == {"errors": [f"not authorised for account {A}"]}
    assert len((await (await opened.client()).get("channels")).data) == 2


async def test_an_account_above_orders_and_all_accounts_are_none(opened: Office) -> None:
    bob, caller, _ = await call(opened)
    async with clerk(opened, ROOT) as ear:
        data = {"account_id": "*", "call_id": caller["uuid"]}
        assert (await ear.asks("hangup", data=data))["status"] == "error"
        data["account_id"] = A.upper()
        assert (await ear.asks("hangup", data=data))["status"] == "success"
        await bob.ended()


async def of_user(opened: Office, **doc: Any) -> Client:
    """Return a client with a token of bob's, whose document is like this."""
    async with opened.api.db.connection() as connection:
        await connection.execute(
            "update documents set doc = doc || $1 where kind = 'user' and id = 'bob'", doc
        )
    return replace(await opened.served.client(A, "bob"), base=opened.base)


async def test_who_may_only_read_changes_nothing(opened: Office) -> None:
    bob, caller, _ = await call(opened)
    reader = await of_user(opened)
    async with connected(reader) as ear:
        assert (await ear.subscribes("call.*.*"))["status"] == "success"
        for action in ("hangup", "metaflow", "transfer"):
            reply = await orders(ear, action, caller["uuid"], module="hangup", target="2098")
            assert reply["data"]["errors"] == ["forbidden"]
            assert (reply["status"], reply["data"]["error"]) == ("error", "403")
        assert (await reader.post(f"channels/{caller['uuid']}", {"action": "hangup"})).status == 403
        await of_user(opened, priv_level="admin")
        assert (await orders(ear, "hangup", caller["uuid"]))["status"] == "success"
    await bob.ended()


async def test_a_token_that_was_taken_back_orders_nothing_from_then_on(opened: Office) -> None:
    _, caller, _ = await call(opened)
    client = await opened.client()
    async with connected(client) as ear:
        assert (await ear.subscribes("call.*.*"))["status"] == "success"
        async with opened.api.db.connection() as connection:
            await api_tokens.revoke(connection, client.token or "")
        reply = await orders(ear, "hangup", caller["uuid"])
        assert reply["data"] == {"errors": ["invalid auth_token"]}
    assert len((await (await opened.client()).get("channels")).data) == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, ["missing account_id", "missing call_id"]),
        ([], ["missing account_id", "missing call_id"]),
        ({"account_id": A}, ["missing call_id"]),
        ({"account_id": A, "call_id": 7}, ["missing call_id"]),
        ({"call_id": NOBODY}, ["missing account_id"]),
        ({"account_id": A, "call_id": NOBODY}, ["bad_identifier"]),
    ],
)
async def test_frames_that_name_no_channel(client: Client, data: Any, told: list[str]) -> None:
    async with connected(client) as ear:
        for action in ("metaflow", "hangup"):
            reply = await ear.asks(action, data=data)
            assert (reply["status"], reply["data"]["errors"]) == ("error", told)
