"""Recordings of real calls, as they sound."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.live.account import Node, node
from tests.live.line import Line
from tests.live.pbx import Pbx, noted
from tests.live.recorded import Recorded, all_taken_away, recorded, sound_of

TALK_SECONDS = 1.5
ALICE = node("user", id="alice")


def record(child: Node, **data: Any) -> Node:
    """Return a node that begins a recording."""
    return node("record_call", {"_": child}, **data)


async def number(pbx: Pbx, flow: Node) -> None:
    """Put a flow on 2000; «welcome» and «sales» exist, alice can be called."""
    for tone in ("welcome", "sales"):
        await pbx.home.media_tone(tone, seconds=1)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    await pbx.alice.registered()


async def talk(pbx: Pbx) -> tuple[Line, Line]:
    """Let bob call alice and both speak for a while; return their lines."""
    bob = await pbx.bob.dials("2000")
    alice = await pbx.alice.rings()
    await alice.answers()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await asyncio.sleep(TALK_SECONDS)
    return bob, alice


def assert_both_are_in(one: Recorded) -> None:
    together = one.lasts("bob's voice", "alice's voice")
    assert together >= TALK_SECONDS - 0.2, one.story()


async def test_a_conversation_is_recorded_with_both_voices(pbx: Pbx) -> None:
    play = node("play", {"_": ALICE}, id="welcome")
    await number(pbx, node("answer", {"_": record(play, label="hot line")}))
    bob, alice = await talk(pbx)
    await alice.hangs_up()
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.row.origin == "callflow : hot line"
    assert one.row.content_type == "audio/mpeg"
    assert one.lasts("welcome") == pytest.approx(1, abs=0.3), one.story()
    assert_both_are_in(one)
    call = (await pbx.trace_of(bob)).call
    assert call.ended_at is not None
    assert call.answered_at is not None
    lasted = (call.ended_at - call.answered_at).total_seconds()
    assert one.seconds == pytest.approx(lasted, abs=0.5)
    assert one.row.seconds == pytest.approx(one.seconds, abs=0.3)
    await all_taken_away(pbx)


async def test_a_caller_who_hangs_up_leaves_the_recording(pbx: Pbx) -> None:
    await number(pbx, record(ALICE, format="wav"))
    bob, alice = await talk(pbx)
    await bob.hangs_up()
    await alice.ended()
    [one] = await recorded(pbx)
    assert one.row.content_type == "audio/wav"
    assert_both_are_in(one)


async def test_it_can_begin_with_the_conversation(pbx: Pbx) -> None:
    play = node("play", {"_": ALICE}, id="welcome")
    await number(pbx, record(play, record_on_bridge=True, format="wav"))
    bob, alice = await talk(pbx)
    await alice.hangs_up()
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.lasts("welcome") == 0
    assert_both_are_in(one)


async def test_what_comes_after_its_end_is_not_in_it(pbx: Pbx) -> None:
    stop = node("record_call", {"_": node("play", id="sales")}, action="stop")
    await number(pbx, record(node("play", {"_": stop}, id="welcome"), format="wav"))
    bob = await pbx.bob.dials("2000")
    await bob.hears("sales")
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.lasts("welcome") == pytest.approx(1, abs=0.3)
    assert one.lasts("sales") == 0
    assert noted(await pbx.trace_of(bob), 2) == {"stopped": True}


async def test_what_is_masked_is_silent(pbx: Pbx) -> None:
    await pbx.home.media_tone("secret", seconds=1)
    unmask = node("record_call", {"_": node("play", id="sales")}, action="unmask")
    secret = node("play", {"_": unmask}, id="secret")
    mask = node("record_call", {"_": secret}, action="mask")
    await number(pbx, record(node("play", {"_": mask}, id="welcome"), format="wav"))
    bob = await pbx.bob.dials("2000")
    await bob.hears("sales")
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.lasts("secret") == 0, one.story()
    assert one.lasts("welcome") == pytest.approx(1, abs=0.3), one.story()
    assert one.lasts("sales") == pytest.approx(1, abs=0.3), one.story()
    assert one.silent() >= 0.9, one.story()


async def test_the_time_limit_ends_it_and_not_the_call(pbx: Pbx) -> None:
    await pbx.home.media_tone("long", seconds=7)
    play = node("play", {"_": node("play", id="sales")}, id="long")
    await number(pbx, record(play, time_limit=5, format="wav"))
    bob = await pbx.bob.dials("2000")
    await bob.hears("long")
    [one] = await recorded(pbx)
    assert one.seconds == pytest.approx(5, abs=1.1)
    await bob.hears("sales")
    await bob.ended()


async def test_more_samples_can_be_asked_for(pbx: Pbx) -> None:
    flow = record(node("play", id="welcome"), record_sample_rate=16000, format="wav")
    await number(pbx, flow)
    bob = await pbx.bob.dials("2000")
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.rate == 16000
    assert one.lasts("welcome") == pytest.approx(1, abs=0.3)


async def test_a_caller_is_recorded_until_he_is_silent(pbx: Pbx) -> None:
    await number(pbx, node("record_caller", {"_": node("play", id="sales")}, format="wav"))
    bob = await pbx.bob.dials("2000")
    await bob.answered()
    await bob.speaks("bob's voice")
    await asyncio.sleep(TALK_SECONDS)
    await bob.hushes()
    pbx.tones.define("silence", 0)
    await bob.speaks("silence")  # a telephone goes on sending
    await bob.hears("sales", within=8)
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.lasts("bob's voice") == pytest.approx(TALK_SECONDS, abs=0.5), one.story()
    assert one.seconds < TALK_SECONDS + 1.5, one.story()
    assert one.row.name == f"{(await pbx.trace_of(bob)).call.id}.wav"


async def test_a_key_ends_the_recording_of_a_caller(pbx: Pbx) -> None:
    await number(pbx, node("record_caller", {"_": node("play", id="sales")}))
    bob = await pbx.bob.dials("2000")
    await bob.answered()
    await bob.speaks("bob's voice")
    await asyncio.sleep(TALK_SECONDS)
    await bob.presses("5")
    await bob.hears("sales", within=2)
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.lasts("bob's voice") == pytest.approx(TALK_SECONDS, abs=0.6), one.story()


async def test_a_recorded_caller_who_hangs_up_is_kept(pbx: Pbx) -> None:
    await number(pbx, node("record_caller", format="wav"))
    bob = await pbx.bob.dials("2000")
    await bob.answered()
    await bob.speaks("bob's voice")
    await asyncio.sleep(TALK_SECONDS)
    await bob.hangs_up()
    [one] = await recorded(pbx)
    assert one.lasts("bob's voice") == pytest.approx(TALK_SECONDS, abs=0.5), one.story()


# Automatic recording.


@pytest.mark.parametrize(
    ("doc", "origin"),
    [
        ({"account": {"inbound": {"onnet": {}}}}, "inbound from onnet to account"),
        ({"account": {"any": {"any": {}}}}, "inbound from onnet to account"),
        ({"account": {"outbound": {"any": {}}}}, "outbound to onnet from account"),
        ({"endpoint": {"outbound": {"onnet": {}}}}, "outbound to onnet from endpoint"),
    ],
    ids=str,
)
async def test_an_account_records_its_calls_without_being_asked(
    pbx: Pbx, doc: dict[str, dict[str, Any]], origin: str
) -> None:
    parameters = {"enabled": True, "format": "wav"}
    filled = {
        who: {way: dict.fromkeys(nets, parameters) for way, nets in ways.items()}
        for who, ways in doc.items()
    }
    await pbx.home.change(call_recording=filled)
    await number(pbx, ALICE)
    bob, alice = await talk(pbx)
    await alice.hangs_up()
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.row.origin == origin
    assert_both_are_in(one)


async def test_a_called_phone_is_recorded_where_its_user_wants_it(pbx: Pbx) -> None:
    wanted = {"inbound": {"onnet": {"enabled": True, "format": "wav"}}}
    await pbx.home.user("alice", call_recording=wanted)
    await number(pbx, node("answer", {"_": node("play", {"_": ALICE}, id="welcome")}))
    bob, alice = await talk(pbx)
    await alice.hangs_up()
    await bob.ended()
    [one] = await recorded(pbx)
    assert one.row.origin == "inbound from onnet to endpoint"
    assert (one.row.direction, one.row.owner_id) == ("outbound", "alice")
    assert one.lasts("welcome") == 0
    assert_both_are_in(one)


# Sending it away.


@dataclass
class Receiver:
    """A server that takes recordings; the first `refusals` times it does not."""

    bodies: list[bytes] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append(
            (request.method, request.path, dict(request.query), request.content_type)
        )
        self.bodies.append(body)
        self.came.set()
        return web.Response(status=201)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    """Yield a server and its URL."""
    taking = Receiver()
    app = web.Application(client_max_size=50_000_000)
    app.router.add_route("*", "/in/{name}", taking.take)
    async with TestServer(app, host="127.0.0.1") as server:
        yield taking, str(server.make_url("/in"))


@pytest.mark.parametrize("method", ["put", "post"])
async def test_a_recording_is_sent_where_its_url_says(
    pbx: Pbx, receiver: tuple[Receiver, str], method: str
) -> None:
    server, url = receiver
    flow = record(ALICE, url=url, method=method, format="wav")
    await number(pbx, flow)
    bob, alice = await talk(pbx)
    await alice.hangs_up()
    await bob.ended()
    async with asyncio.timeout(10):
        await server.came.wait()
    [one] = await recorded(pbx)
    call_id = (await pbx.trace_of(bob)).call.id
    [(used, path, query, content_type)] = server.requests
    assert (used, content_type) == (method.upper(), "audio/wav")
    assert path == f"/in/call_recording_{call_id}.wav"
    assert query["from"] == f"2002@{pbx.home.realm}"
    assert query["caller_id_number"] == "2002"
    assert query["account_id"] == pbx.home.id
    sent = Recorded(one.row, *sound_of(server.bodies[0]), pbx.tones)
    assert_both_are_in(sent)
    assert one.seconds == 0  # it is there and not here
    assert one.row.url == url
    assert one.row.uploaded_at is not None
    assert one.row.seconds == pytest.approx(sent.seconds, abs=0.1)
    await all_taken_away(pbx)
