"""Events over the WebSocket: frames, bindings, who may hear what, and the limits."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from runtime.events import Event
from runtime.storage import Changes, Database, api_tokens
from runtime.web import listener
from runtime.web.document_events import document_events
from runtime.web.websocket import Sockets
from tests.storage.ear import run
from tests.web.client import Client
from tests.web.conftest import BELOW_A, ROOT, A, B, Served
from tests.web.frames import Ear, connected
from tests.web.house import listening, office, until


def event(account_id: str = A, subject: str = "menu", name: str = "doc_edited") -> Event:
    return Event(
        account_id=account_id, family="object", name=name, subjects=(subject,), data={"id": "x"}
    )


async def nobody_left(served: Served) -> None:
    """Wait until no WebSocket is open, and nothing is published any more."""
    await until(lambda: not len(served.api.sockets) and served.api.events.idle)


async def test_subscribe_hear_and_unsubscribe(served: Served, client: Client) -> None:
    async with connected(client) as ear:
        assert await ear.subscribes("object.doc_edited.menu") == {
            "action": "reply",
            "request_id": "r1",
            "status": "success",
            "data": {"subscribed": ["object.doc_edited.menu"]},
        }
        more = await ear.subscribes("call.CHANNEL_ANSWER.*")
        assert more["data"]["subscribed"] == ["object.doc_edited.menu", "call.CHANNEL_ANSWER.*"]

        for other in (event(B), event(subject="device"), event(name="doc_created")):
            served.api.events.publish(other)
        served.api.events.publish(event())
        assert await ear.hears() == {
            "action": "event",
            "subscribed_key": "object.doc_edited.menu",
            "subscription_key": f"object.{A}.doc_edited.menu",
            "name": "doc_edited",
            "routing_key": f"object.{A}.doc_edited.menu",
            "data": {"id": "x"},
        }
        gone = await ear.subscribes("object.doc_edited.menu", action="unsubscribe")
        assert gone["data"] == {
            "subscribed": ["call.CHANNEL_ANSWER.*"],
            "unsubscribed": ["object.doc_edited.menu"],
        }
        again = await ear.subscribes("object.doc_edited.menu", action="unsubscribe")
        assert again["status"] == "error"
        assert (await ear.asks("ping"))["data"] == {"response": "pong"}


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ({"action": "fly"}, "unknown action"),
        ({}, "missing action"),
        ({"action": "subscribe"}, "missing account_id"),
        ({"action": "subscribe", "data": {"account_id": A}}, "missing binding"),
        ({"action": "subscribe", "data": []}, "missing binding"),
        ({"action": "subscribe", "data": {"account_id": A, "binding": 7}}, "missing binding"),
        ({"action": "ping", "auth_token": None}, "missing auth_token"),
        ({"action": "ping", "auth_token": "none of ours"}, "invalid auth_token"),
        ({"action": "ping", "auth_token": "\0"}, "invalid auth_token"),
        *(
            ({"action": "subscribe", "data": {"account_id": A, "binding": b}}, "unknown binding")
            for b in ("call", "call.CHANNEL_FLY.*", "call.*", "object.doc_edited.", "x.y.z", "a\0")
        ),
    ],
)
async def test_frames_that_are_refused(client: Client, frame: dict[str, Any], told: str) -> None:
    async with connected(client) as ear:
        await ear.socket.send_json({"auth_token": client.token, "request_id": "r2"} | frame)
        reply = await ear.hears()
        assert (reply["action"], reply["status"], reply["request_id"]) == ("reply", "error", "r2")
        assert told in reply["data"]["errors"]


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", "[" * 30_000])
async def test_what_is_no_frame_is_told(client: Client, text: str) -> None:
    async with connected(client) as ear:
        await ear.socket.send_str(text)
        assert (await ear.hears())["status"] == "error"
        assert (await ear.asks("ping"))["status"] == "success"


async def test_an_account_hears_itself_and_those_below(served: Served, client: Client) -> None:
    async with connected(client) as ear:
        assert (await ear.subscribes("object.*.*", BELOW_A))["status"] == "success"
        theirs = await ear.subscribes("object.*.*", B)
        nobody = await ear.subscribes("object.*.*", "c" * 32)
        assert theirs["status"] == nobody["status"] == "error"
        assert str(theirs["data"]).replace(B, "") == str(nobody["data"]).replace("c" * 32, "")
        assert (await ear.subscribes("object.*.*", "*"))["status"] == "error"
    async with connected(await served.client(ROOT)) as ear:
        assert (await ear.subscribes("object.*.*", "*"))["status"] == "success"
        served.api.events.publish(event(B))
        heard = await ear.hears()
        assert heard["subscription_key"] == "object.*.*.*"
        assert heard["routing_key"] == f"object.{B}.doc_edited.menu"


async def test_a_token_that_ends_hears_no_more(
    served: Served, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served.api.db.connection() as connection:
        token = await api_tokens.create(connection, A, timedelta(seconds=0.5))
    async with connected(client.with_token(token)) as ear:
        assert (await ear.subscribes("object.*.*"))["status"] == "success"
        while (await ear.asks("ping"))["status"] == "success":
            pass
        served.api.events.publish(event())
        assert await ear.is_closed() == aiohttp.WSCloseCode.POLICY_VIOLATION
    monkeypatch.setattr(listener, "CHECK_SECONDS", 0.1)
    async with connected(client) as ear:
        assert (await ear.subscribes("object.*.*"))["status"] == "success"
        async with served.api.db.connection() as connection:
            await api_tokens.revoke(connection, client.token or "")
        assert await ear.is_closed() == aiohttp.WSCloseCode.POLICY_VIOLATION
    await nobody_left(served)


async def test_documents_changed_through_the_api_and_by_sql(
    served: Served, client: Client, db: Database
) -> None:
    connected_to = asyncio.Event()
    changes = Changes(
        db,
        on_account=lambda _: None,
        on_endpoint=lambda _: None,
        on_gap=connected_to.set,
        on_document=document_events(served.api.events),
    )
    hearing = asyncio.create_task(changes.run())
    await asyncio.wait_for(connected_to.wait(), 10)
    async with connected(client) as ear:
        await ear.subscribes("object.*.menu")
        made = await client.put("menus", {"name": "Main"})
        heard = await ear.hears()
        assert heard["name"] == "doc_created"
        assert (heard["data"]["id"], heard["data"]["type"]) == (made.id, "menu")
        assert heard["data"]["rev"] == made.body["revision"]
        await run(db, "update documents set doc = doc || '{\"retries\": 2}' where kind = 'menu'")
        assert (await ear.hears())["name"] == "doc_edited"
        await run(db, "delete from documents where kind = 'menu'")
        assert (await ear.hears())["name"] == "doc_deleted"
        await ear.subscribes("object.*.callflow")
        flow = '{"numbers": ["1000"], "flow": {"module": "hangup", "data": {}}}'
        await run(db, "insert into callflows (account_id, id, doc) values ($1, 'new', $2)", A, flow)
        assert (await ear.hears())["data"]["type"] == "callflow"
    hearing.cancel()
    await asyncio.wait({hearing})


async def test_a_call_and_its_steps(served: Served, tmp_path: Path) -> None:
    async with office(served, tmp_path) as opened, connected(await opened.client()) as ear:
        await ear.subscribes("call.CHANNEL_CREATE.*")
        await ear.subscribes("trace.step.*")
        bob = opened.phones["bob"].dial("2001")
        heard = [await ear.hears() for _ in range(2)]
        assert [frame["name"] for frame in heard] == ["CHANNEL_CREATE"] * 2
        assert heard[0]["data"]["call_direction"] == "inbound"
        await bob.answered()
        await bob.hangs_up()
        step = await ear.hears()
        assert (step["name"], step["data"]["module"]) == ("step", "user")


async def test_binary_and_endless_frames_end_it(client: Client) -> None:
    async with connected(client) as ear:
        await ear.socket.send_bytes(b"{}")
        assert await ear.is_closed() == aiohttp.WSCloseCode.UNSUPPORTED_DATA
    async with connected(client) as ear:
        await ear.socket.send_str(json.dumps({"action": "x" * 100_000}))
        assert await ear.is_closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_who_reads_too_slowly_is_left_behind(served: Served, client: Client) -> None:
    bus = served.api.events
    async with connected(client) as ear:
        await ear.subscribes("object.*.*")
        large = replace(event(), data={"text": "x" * 50_000})
        for _ in range(200):  # in one breath, more than may wait
            bus.publish(large)
        assert bus.listens(A)
        assert await ear.is_closed() == aiohttp.WSCloseCode.POLICY_VIOLATION
    await nobody_left(served)


async def test_who_reads_nothing_at_all_is_left_behind(served: Served, client: Client) -> None:
    bus = served.api.events
    host, port = client.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1)
    writer.write(
        b"GET /v2/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    frame = json.dumps(
        {
            "action": "subscribe",
            "auth_token": client.token,
            "data": {"account_id": A, "binding": "object.*.*"},
        }
    ).encode()
    writer.write(bytes([0x81, 0x80 | 126]) + len(frame).to_bytes(2) + bytes(4) + frame)
    large = replace(event(), data={"text": "x" * 50_000})
    await until(lambda: not bus.idle)
    async with asyncio.timeout(20):
        while not bus.idle:
            bus.publish(large)
            await asyncio.sleep(0)
    await nobody_left(served)
    writer.close()
    del reader


async def test_how_many_one_address_may_have(served: Served, client: Client) -> None:
    api = replace(served.api, sockets=Sockets(per_address=1))
    async with listening(api) as base:
        few = replace(client, base=base)
        async with connected(few):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.session.ws_connect(f"{base}/v2/websocket")
            assert refused.value.status == 429
        await until(lambda: not len(api.sockets))
        async with connected(few) as ear:
            assert (await ear.asks("ping"))["status"] == "success"


async def test_what_is_no_websocket_or_wants_a_protocol(client: Client) -> None:
    assert (await client.get("/v2/websocket")).status == 400
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.session.ws_connect(f"{client.base}/v2/websocket", protocols=("kazoo",))
    assert refused.value.status == 400


async def test_the_server_stops(served: Served, client: Client) -> None:
    async with listening(served.api) as base:
        there = replace(client, base=base)
        socket = await there.session.ws_connect(f"{base}/v2/websocket")
        ear = Ear(socket, client.token)
        assert (await ear.subscribes("object.*.*"))["status"] == "success"
        closing = asyncio.create_task(ear.is_closed())
    assert await closing == aiohttp.WSCloseCode.GOING_AWAY


async def test_the_catalogue_and_who_listens(served: Served, client: Client) -> None:
    catalogue = await client.with_token(None).get("/v2/websockets")
    assert "call.CHANNEL_ANSWER.{call_id|*}" in catalogue.data["call"]
    assert catalogue.data.keys() == {"call", "object", "trace"}
    assert (await client.get("websockets")).data == []
    async with connected(client) as ear:
        await ear.subscribes("object.*.*")
        [row] = (await client.get("websockets")).data
        assert (row["bindings"], row["source"]) == (["object.*.*"], "127.0.0.1")
        assert (await client.get(f"websockets/{row['id']}")).data == row
        stranger = await served.client(B)
        assert (await stranger.get("websockets")).data == []
        assert (await stranger.get(f"websockets/{row['id']}")).status == 404
        assert (await client.with_token(None).get("websockets")).status == 401
