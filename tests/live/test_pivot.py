"""A real web server decides what becomes of a real call, from its start or in a conversation."""

import pytest

from tests.live.account import node
from tests.live.pbx import Pbx
from tests.live.talking import BOTH_WAYS, pressing, talk
from tests.live.web_server import web_server


@pytest.mark.parametrize("method", ["get", "post"])
async def test_what_the_server_says_is_heard(pbx: Pbx, method: str) -> None:
    await pbx.home.media_tone("sales", seconds=2)
    await pbx.home.media_tone("support", seconds=2)
    answer = node("play", {"_": node("play", id="support")}, id="sales")
    async with web_server(voice=answer) as server:
        pivot = node("pivot", voice_url=server.url("/voice"), method=method)
        await pbx.home.callflow(numbers=["2000"], flow=pivot)
        caller = await pbx.bob.dials("2000")
        await caller.hears("sales")
        await caller.hears("support")
        await caller.ended()
        (asked,) = server.asked
    trace = await pbx.trace_of(caller)
    assert (asked["Call-ID"], asked["Account-ID"]) == (trace.call.id, pbx.home.id)
    assert (asked["From"], asked["To"], asked["User-ID"]) == ("bob", "2000", "bob")
    assert [step.module for step in trace.steps] == ["pivot", "play", "play"]


async def test_headers_of_the_invite_are_told(pbx: Pbx) -> None:
    async with web_server(voice=node("noop")) as server:
        pivot = node("pivot", voice_url=server.url("/voice"), method="post")
        await pbx.home.callflow(numbers=["2000"], flow=pivot)
        caller = await pbx.bob.dials("2000", headers={"X-Colour": "dark red", "X-Shop": "7"})
        await caller.ended()
        (asked,) = server.asked
    told = {name: value for name, value in asked.items() if "SIP" in name}
    assert told == {
        "Custom-SIP-Headers[X-Colour]": "dark red",
        "Custom-SIP-Headers[X-Shop]": "7",
    }


async def test_a_server_that_is_not_there_is_passed(pbx: Pbx) -> None:
    await pbx.home.media_tone("sorry", seconds=2)
    async with web_server() as server:
        url = server.url("/voice")
    second = node("pivot", {"_": node("play", id="sorry")}, voice_url=url)
    flow = node("pivot", {"_": second}, voice_url="http://nowhere.invalid/")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("sorry")
    steps = (await pbx.trace_of(caller)).steps
    assert [step.outcome for step in steps] == ["failed", "failed", "continue"]


@BOTH_WAYS
async def test_keys_take_the_caller_where_the_server_says(pbx: Pbx, presser: str) -> None:
    await pbx.home.media_tone("sales", seconds=2)
    async with web_server(voice=node("play", id="sales")) as server:
        keys = pressing(
            n1=node("pivot", voice_url=server.url("/voice")),
            n4=node("pivot", voice_url=server.url("/missing")),
        )
        who, other = await talk(pbx, presser, keys)
        caller, called = (who, other) if presser == "bob" else (other, who)
        await who.presses("*4")
        await server.told("/missing")
        await caller.hears("alice")
        await called.hears("bob")
        await who.presses("*1")
        await caller.hears("sales")
        await called.ended()
        await caller.ended()
        assert [asked["path"] for asked in server.asked] == ["/missing", "/voice"]
    assert caller.heard[-1] == "sales"


@BOTH_WAYS
async def test_keys_take_the_caller_into_twiml(pbx: Pbx, presser: str) -> None:
    twiml = "<Response><Pause length='1'/><Redirect>then</Redirect></Response>"
    await pbx.home.media_tone("sales", seconds=2)
    replies = {"voice.xml": twiml, "then": node("play", id="sales"), "cdr": "<taken/>"}
    async with web_server(**replies) as server:
        voice, cdr = server.url("/voice.xml"), server.url("/cdr")
        keys = pressing(n1=node("pivot", voice_url=voice, cdr_url=cdr))
        who, other = await talk(pbx, presser, keys)
        caller, called = (who, other) if presser == "bob" else (other, who)
        await who.presses("*1")
        await called.ended()
        await caller.hears("sales")
        await caller.ended()
        last = await server.told("/cdr")
    trace = await pbx.trace_of(caller)
    assert (last["Call-ID"], last["Ended-By"]) == (trace.call.id, "system")
    assert last["Hangup-Cause"].startswith("NORMAL_")
