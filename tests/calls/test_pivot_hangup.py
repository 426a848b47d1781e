"""A server that is told of the hangup after TwiML, and servers that never come to an end."""

import asyncio

import pytest

from runtime.simulator import Asked, Reply, Script
from tests.calls.account import node
from tests.calls.asking import URL, dialled, pivot_step
from tests.calls.pbx import Pbx
from tests.calls.talking import pressing

pytestmark = pytest.mark.asyncio(loop_scope="function")

CDR = "https://app.example/cdr?shop=7"
WHERE = "https://app.example/cdr"


def twiml(body: str) -> Reply:
    """Return a reply of TwiML."""
    return Reply(f"<Response>{body}</Response>", kind="text/xml")


async def told(pbx: Pbx) -> list[Asked]:
    """Return what the server was told of the hangup, some time after it."""
    await asyncio.sleep(30)
    return [request for request in pbx.house.web.asked if request.url == WHERE]


async def test_the_hangup_is_told_as_a_form(pbx: Pbx) -> None:
    pbx.house.web.answers(WHERE, Reply())
    caller = await dialled(pbx, twiml("<Pause length='30'/>"), cdr_url=CDR)
    await caller.answered()
    await asyncio.sleep(12)
    await caller.hangs_up()
    call = (await pbx.trace_of(caller)).call
    (request,) = await told(pbx)
    assert (request.method, request.query) == ("POST", {"shop": "7"})
    assert request.kind == "application/x-www-form-urlencoded"
    form = request.form
    (cdr,) = pbx.house.cdrs.values()
    assert form.pop("Timestamp") == str(int(cdr.started_at.timestamp()))
    for name in ("Duration-Seconds", "Billing-Seconds", "Ringing-Seconds"):
        assert int(form.pop(name)) >= 0
    assert form == {
        "Event-Category": "call_event",
        "Event-Name": "CHANNEL_DESTROY",
        "Call-ID": call.id,
        "Account-ID": pbx.home.id,
        "Interaction-ID": cdr.interaction_id,
        "Call-Direction": "inbound",
        "Caller-ID-Name": "Bob",
        "Caller-ID-Number": "2002",
        "Callee-ID-Number": "2000",
        "From": "2002@home.example",
        "To": "2000@home.example",
        "Request": "2000@home.example",
        "Hangup-Cause": "NORMAL_CLEARING",
        "Hangup-Code": "q850:16",
        "Ended-By": "caller",
    }


async def test_it_is_told_again_until_it_is_taken(pbx: Pbx) -> None:
    pbx.house.web.answers(WHERE, Reply(status=503), OSError("refused"), Reply())
    caller = await dialled(pbx, twiml("<Hangup/>"), cdr_url=CDR)
    await caller.ended()
    await pbx.trace_of(caller)
    await asyncio.sleep(60)
    assert len(await told(pbx)) == 3


async def test_a_server_that_does_not_answer_delays_nothing(pbx: Pbx) -> None:
    pbx.house.web.answers(WHERE, Reply(delay=None), Reply())
    caller = await dialled(pbx, twiml("<Hangup/>"), cdr_url=CDR)
    await caller.ended()
    began = asyncio.get_running_loop().time()
    await pbx.trace_of(caller)
    assert asyncio.get_running_loop().time() - began < 1
    assert len(await told(pbx)) == 2


async def test_the_hangup_is_told_when_it_comes_wherever_the_call_has_gone(pbx: Pbx) -> None:
    pbx.house.web.answers(WHERE, Reply())
    pbx.alice.script = Script(answers_after=1, says="alice")
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.home.media_tone("sales", seconds=40)
    await pbx.home.callflow(numbers=["2005"], flow=node("play", id="sales"))
    pbx.house.web.answers("https://app.example/then", Reply(node("user", id="alice")))
    caller = await dialled(pbx, twiml("<Redirect>https://app.example/then</Redirect>"), cdr_url=CDR)
    await caller.hears("alice")
    pbx.alice.lines[-1].transfer("2005")
    await caller.hears("sales")
    assert await told(pbx) == []
    await caller.ended()
    assert len(await told(pbx)) == 1


async def test_the_hangup_of_one_who_was_transferred_here_is_told(pbx: Pbx) -> None:
    pbx.house.web.answers(WHERE, Reply())
    pbx.alice.script = Script(answers_after=1, says="alice")
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    pbx.house.web.answers(URL, twiml("<Pause length='300'/>"))
    await pbx.home.callflow(numbers=["2000"], flow=node("pivot", voice_url=URL, cdr_url=CDR))
    bob = pbx.dials("2001")
    await bob.hears("alice")
    bob.transfer("2000")
    await bob.ended()
    assert await told(pbx) == []
    await pbx.alice.lines[-1].hangs_up()
    (request,) = await told(pbx)
    (first, _) = pbx.house.web.asked
    assert request.form["Call-ID"] == first.query["Call-ID"]
    assert request.form["To"] == "2000@home.example"


async def test_the_hangup_of_a_phone_to_which_the_caller_has_moved_is_told(pbx: Pbx) -> None:
    pbx.house.web.answers(WHERE, Reply())
    pbx.house.web.answers("https://app.example/then", Reply(node("user", id="alice")))
    pbx.alice.script = Script(answers_after=1, says="alice")
    await pbx.home.user("bob", **pressing(n6=node("move")))
    mobile = await pbx.phone("mobile", user="bob", number="2012", answers_after=1, says="mobile")
    redirect = twiml("<Redirect>https://app.example/then</Redirect>")
    bob = await dialled(pbx, redirect, cdr_url=CDR)
    await bob.hears("alice")
    bob.type("*6")
    await bob.ended()
    assert await told(pbx) == []
    await mobile.lines[-1].hangs_up()
    assert len(await told(pbx)) == 1


async def test_each_of_two_that_ask_to_be_told_is(pbx: Pbx) -> None:
    pbx.house.web.answers(WHERE, Reply())
    pbx.house.web.answers("https://spare.example/", Reply())
    again = node("pivot", voice_url="https://app.example/second", cdr_url="https://spare.example/")
    pbx.house.web.answers("https://app.example/second", twiml("<Hangup/>"))
    pbx.house.web.answers("https://app.example/then", Reply(again))
    caller = await dialled(pbx, twiml("<Redirect>https://app.example/then</Redirect>"), cdr_url=CDR)
    await caller.ended()
    await asyncio.sleep(5)
    urls = [request.url for request in pbx.house.web.asked]
    assert (urls.count(WHERE), urls.count("https://spare.example/")) == (1, 1)


async def test_what_was_no_twiml_is_told_nothing(pbx: Pbx) -> None:
    caller = await dialled(pbx, Reply(status=500), cdr_url=CDR)
    await caller.ended()
    assert await told(pbx) == []


async def test_documents_that_lead_in_circles_end_with_a_name(pbx: Pbx) -> None:
    caller = await dialled(pbx, twiml("<Redirect/>"))
    step = await pivot_step(pbx, caller)
    assert len(pbx.house.web.asked) == 200
    inputs = step.inputs or {}
    assert inputs["limit"] == "request_limit"
    assert "request_limit: more than 200 requests" in inputs["problem"]
    assert caller.heard == []


async def test_debug_shows_no_more_than_the_first_twenty(pbx: Pbx) -> None:
    caller = await dialled(pbx, twiml("<Redirect/>"), debug=True)
    step = await pivot_step(pbx, caller)
    assert len((step.inputs or {})["debug"]) == 20
