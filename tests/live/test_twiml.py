"""TwiML from a real web server, on real calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx, noted
from tests.live.recorded import Recorded, all_taken_away, recorded, sound_of
from tests.live.tones import sine, wav
from tests.live.web_server import WebServer

BEEP_HERTZ = 440.0


@dataclass
class Shop(WebServer):
    """A web server that has sounds, too, and takes files."""

    sounds: dict[str, bytes] = field(default_factory=dict)
    taken: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """The type and content of what was put, by path."""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """See WebServer.answer."""
        if request.method == "PUT":
            content = await request.read()
            async with self.news:
                self.taken[request.path] = (request.content_type, content)
                self.news.notify_all()
            return web.Response(status=201)
        if request.path in self.sounds:
            return web.Response(body=self.sounds[request.path], content_type="audio/wav")
        return await super().answer(request)

    async def has(self, count: int, within: float = 10.0) -> None:
        """Wait until so many files were put."""
        async with asyncio.timeout(within), self.news:
            await self.news.wait_for(lambda: len(self.taken) >= count)


@asynccontextmanager
async def shop(pbx: Pbx, *sounds: str, **documents: str) -> AsyncIterator[Shop]:
    """Run a server with documents `/<name>.xml` and sounds `/<name>.wav`; 2000 asks for `voice`."""
    replies: dict[str, Any] = {
        f"/{name}.xml": f"<Response>{verbs}</Response>" for name, verbs in documents.items()
    }
    one = Shop(replies)
    for sound in sounds:
        tone = pbx.tones.named(sound)
        one.sounds[f"/{sound}.wav"] = wav(sine(tone.hertz[0], 2))
    pbx.tones.define("beep", BEEP_HERTZ)
    pbx.tones.define("quiet", 0.0)
    async with RawTestServer(one.answer, host="127.0.0.1") as running:
        one.server = running
        flow = node("pivot", voice_url=one.url("/voice.xml"), req_format="twiml")
        await pbx.home.callflow(numbers=["2000"], flow=flow)
        yield one


async def is_quiet(line: Line) -> None:
    """Let a telephone send the silence of a room."""
    await line.hushes()
    await line.speaks("quiet")


async def test_a_dialogue_that_ends_in_a_talk(pbx: Pbx) -> None:
    await pbx.alice.registered()
    documents = {
        "voice": "<Say>Good morning, this is the shop</Say><Play>hello.wav</Play>"
        "<Gather action='choice.xml' finishOnKey='*'><Play loop='0'>menu.wav</Play></Gather>",
        "choice": "<Dial action='after.xml' hangupOn='#'><User>alice</User></Dial>",
        "after": "<Play>bye.wav</Play>",
    }
    async with shop(pbx, "hello", "menu", "bye", **documents) as server:
        bob = await pbx.bob.dials("2000")
        await bob.hears_speech()
        await bob.hears("hello")
        await bob.hears("menu")
        await bob.presses("42*")
        alice = await pbx.alice.rings()
        await alice.answers()
        await bob.speaks("bob")
        await alice.hears("bob")
        await alice.speaks("alice")
        await bob.hears("alice")
        await bob.presses("#")
        await alice.ended()
        await bob.hears("bye")
        await bob.ended()
        first, choice, after = server.asked
    trace = await pbx.trace_of(bob)
    assert first["CallSid"] == choice["CallSid"] == trace.call.id
    assert (choice["path"], choice["Digits"]) == ("/choice.xml", "42")
    assert (after["path"], after["DialCallStatus"]) == ("/after.xml", "completed")
    assert after["CallStatus"] == "completed"
    assert [step.module for step in trace.steps] == ["pivot"]
    verbs = [(told["verb"], told.get("digits")) for told in noted(trace)["verbs"]]
    expected = [("Say", None), ("Play", None), ("Gather", "42"), ("Dial", None), ("Play", None)]
    assert verbs == expected


@pytest.mark.parametrize("ends_by", ["key", "silence", "nothing at all", "hangup"])
async def test_a_message_arrives_at_the_server(pbx: Pbx, ends_by: str) -> None:
    documents = {
        "voice": "<Play>hello.wav</Play><Record action='done.xml' recordingUrl='in' timeout='2'/>"
        "<Play>sorry.wav</Play>",
        "done": "<Play>thanks.wav</Play>",
    }
    async with shop(pbx, "hello", "sorry", "thanks", **documents) as server:
        bob = await pbx.bob.dials("2000")
        await bob.hears("hello")
        await bob.hears("beep")
        await bob.stops_hearing("beep", within=2)
        await bob.speaks("message")
        await asyncio.sleep(2)  # as long as the message is
        match ends_by:
            case "key":
                await bob.presses("5")
            case "silence":
                await is_quiet(bob)
            case "nothing at all":
                await bob.hushes()
                pbx.expects_log("No audio available")
            case _:
                await bob.hangs_up()
        done = await server.told("/done.xml")
        if ends_by != "hangup":
            await bob.hears("thanks")
        await bob.ended()
        await server.has(1)
        [(path, (kind, content))] = server.taken.items()
        assert done["RecordingUrl"] == server.url(path)
    trace = await pbx.trace_of(bob)
    assert path == f"/in/call_recording_{trace.call.id}.mp3"
    assert kind == "audio/mpeg"
    assert done.get("Digits") == {"key": "5", "hangup": "hangup"}.get(ends_by)
    [one] = await recorded(pbx)
    sent = Recorded(one.row, *sound_of(content), pbx.tones)
    assert sent.lasts("message") == pytest.approx(2, abs=0.5), sent.story()
    assert sent.lasts("beep") == 0, sent.story()
    assert int(done["RecordingDuration"]) == pytest.approx(sent.seconds, abs=1), sent.story()
    await all_taken_away(pbx)


async def test_a_caller_who_says_nothing_leaves_no_message(pbx: Pbx) -> None:
    documents = {"voice": "<Record timeout='2'/><Play>sorry.wav</Play>"}
    async with shop(pbx, "sorry", **documents) as server:
        bob = await pbx.bob.dials("2000")
        await bob.hears("beep")
        await is_quiet(bob)
        await bob.hears("sorry")
        await bob.ended()
        assert len(server.asked) == 1
    assert noted(await pbx.trace_of(bob))["verbs"][0]["recorded"] is None
    await all_taken_away(pbx)
    assert server.taken == {}


async def test_a_number_is_dialled_through_the_callflows(pbx: Pbx) -> None:
    await pbx.alice.registered()
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    documents = {"voice": "<Dial>2001</Dial><Play>bye.wav</Play>"}
    async with shop(pbx, "bye", **documents):
        bob = await pbx.bob.dials("2000")
        await bob.answered()
        alice = await pbx.alice.rings()
        await alice.answers()
        await bob.speaks("bob")
        await alice.hears("bob")
        await alice.speaks("alice")
        await bob.hears("alice")
        await alice.hangs_up()
        await bob.hears("bye")
        await bob.ended()
