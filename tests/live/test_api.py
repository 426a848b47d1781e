"""All over the HTTP API: an account from nothing, real telephones with it, live calls, events."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from runtime.phones.registered import FEW, registered
from runtime.storage import api_tokens
from tests.live.line import SOON, Line
from tests.live.pbx import Pbx
from tests.live.phones import Credentials, Phone
from tests.live.tones import sine, wav
from tests.web.client import Client, Reply


@dataclass
class Office:
    """An account that was made over the API, and its two telephones."""

    client: Client
    desk: Phone
    softphone: Phone
    realm: str
    devices: Sequence[str] = field(default_factory=tuple)


@pytest.fixture
async def root(pbx: Pbx) -> AsyncIterator[Client]:
    """Yield a client with a superadmin's token."""
    account_id = uuid4().hex
    await pbx.sql(
        "insert into accounts (id, name, superadmin) values ($1, 'root', true)", account_id
    )
    async with pbx.plant.db.connection() as connection:
        token = await api_tokens.create(connection, account_id, timedelta(hours=1))
    async with aiohttp.ClientSession() as session:
        base = f"http://127.0.0.1:{pbx.plant.settings.http_port}"
        yield Client(session, base, token, account_id)


@pytest.fixture
async def office(pbx: Pbx, root: Client) -> Office:
    """Make an account, a user and two devices, and plug telephones in with what is answered."""
    realm = f"office-{uuid4().hex[:8]}.example"
    made = await root.put("/v2/accounts", {"name": f"Office {realm}", "realm": realm})
    account = ok(made, 201)
    client = root.of(account["id"])
    user = ok(await client.put("users", {"first_name": "Alice", "last_name": "Office"}), 201)
    phones: list[Phone] = []
    devices: list[str] = []
    for name in ("desk", "softphone"):
        device = ok(
            await client.put(
                "devices", {"name": name, "device_type": "softphone", "owner_id": user["id"]}
            ),
            201,
        )
        sip = device["sip"]
        credentials = Credentials(sip["username"], sip["password"], account["realm"])
        phones.append(await pbx.phone(credentials))
        devices.append(device["id"])
    for phone in phones:
        await phone.registered()
    return Office(client, phones[0], phones[1], account["realm"], devices)


def ok(reply: Reply, status: int = 200) -> dict[str, Any]:
    """Return the data of an answer that must have this status."""
    assert reply.status == status, reply.body
    data: dict[str, Any] = reply.data
    return data


async def sound(pbx: Pbx, client: Client, name: str) -> str:
    """Upload a tone of a frequency of its own; return the media's id."""
    media = ok(await client.put("media", {"name": name, "media_source": "upload"}), 201)
    content = wav(sine(pbx.tones.named(name).hertz[0], 3))
    path = f"media/{media['id']}/raw"
    ok(await client.post(path, raw=content, headers={"Content-Type": "audio/wav"}))
    return str(media["id"])


async def test_an_account_from_nothing_and_its_flow_through_the_revisions(
    pbx: Pbx, office: Office
) -> None:
    client = office.client
    welcome = await sound(pbx, client, "welcome")
    first, second = await sound(pbx, client, "first"), await sound(pbx, client, "second")
    menu = ok(
        await client.put(
            "menus",
            {"name": "Main", "media": {"greeting": welcome}, "max_extension_length": 1},
        ),
        201,
    )

    def flow(media_id: str) -> dict[str, Any]:
        play = {"module": "play", "data": {"id": media_id}, "children": {}}
        return {"module": "menu", "data": {"id": menu["id"]}, "children": {"1": play}}

    made = await client.put("callflows", {"numbers": ["2000"], "flow": flow(first)})
    path = f"callflows/{ok(made, 201)['id']}"
    await heard(office.softphone, "welcome", "first")

    changed = {"flow": {"children": {"1": {"data": {"id": second}}}}}
    patched = ok(await client.patch(path, changed))
    assert patched["flow"]["children"]["1"]["data"]["id"] == second
    await heard(office.softphone, "welcome", "second")

    restored = ok(await client.post(f"{path}/revisions/1/restore"))
    assert restored["flow"]["children"]["1"]["data"]["id"] == first
    await heard(office.desk, "welcome", "first")

    ok(await client.delete(path))
    gone = await office.desk.dials("2000")
    assert (await gone.ended()).sip_status == 404


async def heard(phone: Phone, greeting: str, choice: str) -> None:
    """Call 2000, press 1, and hear both sounds."""
    caller = await phone.dials("2000")
    await caller.hears(greeting)
    await caller.presses("1")
    await caller.hears(choice)
    await caller.stops_hearing(greeting, within=0.5)
    await caller.hangs_up()


async def test_registrations_are_listed_and_end_with_the_device(pbx: Pbx, office: Office) -> None:
    client = office.client
    rows = (await client.get("registrations")).data
    assert {row["authorizing_id"] for row in rows} == set(office.devices)
    assert {row["realm"] for row in rows} == {office.realm}
    assert ok(await client.get("registrations/count")) == {"count": 2}
    names = {f"{row['username']}@{row['realm']}" for row in rows}
    others = {f"nobody{number}" for number in range(FEW)}
    for asked in (names, names | others):  # one by one, and all at once
        assert await registered(pbx.plant.watcher, asked) == names
    status = (await client.get("devices/status")).data
    assert {row["device_id"] for row in status} == set(office.devices)
    ok(await client.delete(f"devices/{office.devices[0]}"))
    assert ok(await client.get("registrations/count")) == {"count": 1}


async def test_a_live_call_is_transferred_and_hung_up_and_its_events_are_heard(
    pbx: Pbx, office: Office
) -> None:
    pbx.expects_log("Playback failed for")  # it is hung up while it plays
    client = office.client
    await numbers(pbx, office)

    async with listening(client, "call.*.*", "trace.step.*") as socket:
        caller, party = await call(office)
        rows = await live(client, 2)
        sides = {row["direction"]: row for row in rows}
        assert sides["outbound"]["authorizing_id"] == office.devices[0]
        assert sides["inbound"]["authorizing_id"] == office.devices[1]
        assert sides["inbound"]["other_leg"] == sides["outbound"]["uuid"]

        order = {"action": "transfer", "target": "2098"}
        reply = await client.post(f"channels/{sides['outbound']['uuid']}", order)
        assert (reply.status, reply.data) == (202, "transfer initiated")
        await party.ended()
        await caller.hears("sales")

        await live(client, 1)
        path = f"channels/{sides['inbound']['uuid']}"
        reply = await client.post(path, {"action": "hangup"})
        assert (reply.status, reply.data) == (202, "hangup initiated")
        await caller.ended()
        await live(client, 0)
        assert (await client.get(path)).status == 404

        story = await told(socket, sides["inbound"]["uuid"])
        assert story == ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_DESTROY"]


async def test_the_caller_hangs_up_by_transfer_and_the_other_goes_on(
    pbx: Pbx, office: Office
) -> None:
    client = office.client
    await numbers(pbx, office)
    caller, party = await call(office)
    rows = await live(client, 2)
    [uuid] = [row["uuid"] for row in rows if row["direction"] == "inbound"]
    refused = await client.post(f"channels/{uuid}", {"action": "transfer", "target": "2999"})
    assert (refused.status, refused.body["message"]) == (400, "invalid data")
    reply = await client.post(f"channels/{uuid}", {"action": "transfer", "target": "2098"})
    assert reply.status == 202
    await caller.ended()
    await party.hears("sales")
    await party.hangs_up()
    await live(client, 0)


async def test_a_live_call_is_changed_over_the_websocket(pbx: Pbx, office: Office) -> None:
    pbx.expects_log("Playback failed for")  # it is hung up while it plays
    client = office.client
    await numbers(pbx, office)
    caller, party = await call(office)
    sides = {row["direction"]: row["uuid"] for row in await live(client, 2)}
    flow = {"module": "transfer", "data": {"target": "2098"}, "children": {}}
    async with listening(client) as socket:
        for action, side, more, said in (
            ("metaflow", "outbound", flow, "metaflow sent"),
            ("hangup", "inbound", {}, "hangup initiated"),
        ):
            data = {"account_id": client.account_id, "call_id": sides[side]} | more
            await socket.send_json({"action": action, "auth_token": client.token, "data": data})
            reply = await socket.receive_json(timeout=SOON)
            assert (reply["status"], reply["data"]) == ("success", {"response": said})
            if action == "metaflow":
                await party.ended()
                await caller.hears("sales")
    await caller.ended()
    await live(client, 0)


async def numbers(pbx: Pbx, office: Office) -> None:
    """Let 2001 ring the desk, and play the tone "sales" at 2098."""
    data = {"id": office.devices[0], "can_call_self": True}  # both phones are one user's
    for number, flow in (
        ("2001", {"module": "device", "data": data}),
        ("2098", {"module": "play", "data": {"id": await sound(pbx, office.client, "sales")}}),
    ):
        ok(await office.client.put("callflows", {"numbers": [number], "flow": flow}), 201)


async def call(office: Office) -> tuple[Line, Line]:
    """Let the softphone call the desk, and let them hear each other."""
    caller = await office.softphone.dials("2001")
    party = await office.desk.rings()
    await party.answers()
    await caller.answered()
    await party.speaks("it is me")
    await caller.hears("it is me")
    await party.hushes()
    return caller, party


async def live(client: Client, count: int) -> list[dict[str, Any]]:
    """Wait until the account has so many channels, two of which know each other."""
    async with asyncio.timeout(SOON):
        while True:
            rows: list[dict[str, Any]] = (await client.get("channels")).data
            if len(rows) == count and (count < 2 or all("other_leg" in row for row in rows)):
                return rows
            await asyncio.sleep(0.05)


@asynccontextmanager
async def listening(
    client: Client, *bindings: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a WebSocket that hears these events of the account."""
    async with client.session.ws_connect(f"{client.base}/v2/websocket") as socket:
        for binding in bindings:
            data = {"account_id": client.account_id, "binding": binding}
            await socket.send_json(
                {"action": "subscribe", "auth_token": client.token, "data": data}
            )
            assert (await socket.receive_json(timeout=SOON))["status"] == "success"
        yield socket


async def told(socket: aiohttp.ClientWebSocketResponse, channel_id: str) -> list[str]:
    """Return what was told of a channel up to its end; the trace's steps came, too."""
    names: list[str] = []
    modules: list[str] = []
    while "CHANNEL_DESTROY" not in names or "play" not in modules:
        frame = await socket.receive_json(timeout=SOON)
        if frame["name"] == "step":
            modules.append(frame["data"]["module"])
        elif frame["data"]["call_id"] == channel_id:
            names.append(frame["name"])
    assert modules == ["device", "play"]
    return names
