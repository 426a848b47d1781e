"""Keys that ask a web server in a conversation, which goes on until the answer is there."""

import asyncio
from typing import Any

import pytest

from runtime.simulator import Line, Reply
from tests.calls.account import node
from tests.calls.asking import URL, furnished
from tests.calls.pbx import Pbx
from tests.calls.talking import metaflow_steps, pressing, talk

pytestmark = pytest.mark.asyncio(loop_scope="function")

YES = node("play", id="yes")
TWIML = '<?xml version="1.0"?><Response><Hangup/></Response>'
BOTH_WAYS = pytest.mark.parametrize("presser", ["alice", "bob"])


async def talking(pbx: Pbx, presser: str, *replies: Reply, **data: Any) -> tuple[Line, Line, Line]:
    """Let bob and alice talk; return their lines, and that of the one who may press *1."""
    await furnished(pbx)
    pbx.house.web.answers(URL, *replies)
    pivot = pressing(n1=node("pivot", **{"voice_url": URL, **data}))
    bob, alice = await talk(pbx, **{presser: pivot})
    return bob, alice, alice if presser == "alice" else bob


@BOTH_WAYS
async def test_they_talk_until_the_answer_is_there_then_the_caller_leaves(
    pbx: Pbx, presser: str
) -> None:
    bob, alice, who = await talking(pbx, presser, Reply(YES, delay=4))
    who.type("*1")
    await asyncio.sleep(3.5)
    assert bob.heard == ["alice"]
    assert not alice.is_over
    await bob.hears("yes")
    await alice.ended()
    await bob.ended()
    trace = await pbx.trace_of(bob)
    (pressed,) = [step for step in trace.steps if step.path == "*1"]
    assert (pressed.module, pressed.outcome) == ("pivot", "stop")
    assert pressed.inputs == {
        "pressed_by": f"{presser}_phone",
        "keys": "*1",
        "requests": 1,
        "asked": f"GET {URL}",
        "answered": "200 application/json",
    }
    (request,) = pbx.house.web.asked
    assert (request.query["Call-Status"], request.query["From"]) == ("in-progress", "bob")


@BOTH_WAYS
async def test_flows_from_which_the_call_came_do_not_get_it_back(pbx: Pbx, presser: str) -> None:
    bob, _, who = await talking(pbx, presser, Reply(YES))
    flow = node("callflow", {"_": node("play", id="no")}, id="inner")
    await pbx.home.callflow(name="inner", flow=node("user", id="alice"))
    await pbx.home.callflow(numbers=["2005"], flow=flow)
    await bob.hangs_up()
    again = pbx.dials("2005")
    await again.hears("alice")
    (pbx.alice.lines[-1] if who is not bob else again).type("*1")
    await again.hears("yes")
    await again.ended()
    assert "no" not in again.heard


@BOTH_WAYS
async def test_twiml_takes_the_caller_out_of_the_conversation(pbx: Pbx, presser: str) -> None:
    say = "<Response><Play>https://radio.example/news.wav</Play></Response>"
    pbx.house.pages.sounds["https://radio.example/news.wav"] = 2
    cdr = {"cdr_url": "https://app.example/cdr"}
    pbx.house.web.answers(cdr["cdr_url"], Reply())
    bob, alice, who = await talking(pbx, presser, Reply(say, kind="text/xml"), **cdr)
    who.type("*1")
    await bob.hears("https://radio.example/news.wav")
    await alice.ended()
    await bob.ended()
    steps = (await pbx.trace_of(bob)).steps
    assert {(step.path, step.module) for step in steps} == {
        ("/", "user"),
        ("*1", "pivot"),
        ("/", "pivot"),
    }
    await asyncio.sleep(5)
    assert [request.url for request in pbx.house.web.asked] == [URL, cdr["cdr_url"]]


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(YES, status=404), "answered 404"),
        (Reply(delay=None), "no answer within 5 s"),
        (Reply(b"", kind="text/xml"), "answered nothing"),
        (Reply("<Response><Play>", kind="text/xml"), "TwiML"),
        (Reply("<html/>", kind="text/xml"), "TwiML"),
        (Reply(node("teleport")), "not a callflow"),
    ],
    ids=str,
)
async def test_without_an_answer_they_talk_on(pbx: Pbx, reply: Reply, problem: str) -> None:
    cdr = "https://app.example/cdr"
    bob, alice, who = await talking(pbx, "alice", reply, cdr_url=cdr)
    who.type("*1")
    await asyncio.sleep(20)
    assert (bob.heard, alice.heard) == (["alice"], ["bob"])
    assert not bob.is_over
    (step,) = await metaflow_steps(pbx, bob)
    assert problem in (step.error or "")
    assert (step.module, step.outcome) == ("pivot", "failed")
    await asyncio.sleep(20)
    assert cdr not in {request.url for request in pbx.house.web.asked}


async def test_wrong_data_asks_nobody(pbx: Pbx) -> None:
    bob, _, who = await talking(pbx, "alice", Reply(YES), voice_url="ftp://app.example/")
    who.type("*1")
    await asyncio.sleep(5)
    (step,) = await metaflow_steps(pbx, bob)
    assert "data.voice_url" in (step.error or "")
    assert pbx.house.web.asked == []


async def test_the_conversation_ends_while_the_server_is_asked(pbx: Pbx) -> None:
    bob, alice, who = await talking(pbx, "alice", Reply(YES, delay=4))
    who.type("*1")
    await asyncio.sleep(2)
    await alice.hangs_up()
    await bob.ended()
    trace = await pbx.trace_of(bob)
    (pressed,) = [step for step in trace.steps if step.path == "*1"]
    assert pressed.outcome == "ended"
    assert "yes" not in bob.heard


async def test_a_hold_that_began_meanwhile_is_not_ended(pbx: Pbx) -> None:
    await furnished(pbx)
    pbx.house.web.answers(URL, Reply(TWIML, kind="text/xml", delay=4.9), Reply(YES))
    keys = pressing(n1=node("pivot", voice_url=URL), n3=node("hold"))
    bob, alice = await talk(pbx, alice=keys)
    alice.type("*1")
    await asyncio.sleep(3)
    alice.type("*3")
    await bob.hears("music on hold")
    await asyncio.sleep(8)
    assert not bob.is_over
    alice.type("1")
    await bob.hears("alice")
    # What was fetched for nothing is not what comes next.
    alice.type("*1")
    await bob.hears("yes")
    steps = [step for step in (await metaflow_steps(pbx, bob)) if step.module == "pivot"]
    assert "changing just now" in (steps[0].error or "")
