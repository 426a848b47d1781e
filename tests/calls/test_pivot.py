"""A web server that is asked what becomes of a call, and answers with a callflow."""

import asyncio
import json

import pytest

from runtime.simulator import Reply, Script
from tests.calls.account import Node, node
from tests.calls.asking import URL, asking, dialled, furnished, pivot_step
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

YES = node("play", id="yes")
MORE = node("play", id="more")


async def test_the_answer_takes_the_place_of_the_rest_of_the_callflow(pbx: Pbx) -> None:
    caller = await dialled(pbx, Reply(node("play", {"_": MORE}, id="yes")))
    await caller.hears("yes")
    await caller.hears("more")
    await caller.ended()
    assert caller.heard == ["yes", "more"]
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("pivot", "pivot"), ("play", "_"), ("play", "_")]
    assert [(step.path, step.callflow_id) for step in trace.steps[1:]] == [
        ("/", "pivot"),
        ("/_", "pivot"),
    ]
    inputs = trace.steps[0].inputs or {}
    assert inputs == {"requests": 1, "asked": f"GET {URL}", "answered": "200 application/json"}
    assert trace.call.outcome == "completed"


async def test_flows_on_the_return_stack_remain(pbx: Pbx) -> None:
    await furnished(pbx)
    await pbx.home.callflow(name="inner", flow=asking({"_": node("play", id="no")}))
    flow = node("callflow", {"_": MORE}, id="inner")
    caller = await dialled(pbx, Reply(YES), flow=flow)
    await caller.ended()
    assert caller.heard == ["yes", "more"]


async def test_an_answer_that_branches_comes_back_to_itself_and_then_to_who_came_before(
    pbx: Pbx,
) -> None:
    await pbx.home.callflow(name="inner", flow=asking())
    await pbx.home.callflow(name="other", flow=MORE)
    answer = node("callflow", {"_": YES}, id="other")
    caller = await dialled(pbx, Reply(answer), flow=node("callflow", {"_": MORE}, id="inner"))
    await caller.ended()
    assert caller.heard == ["more", "yes", "more"]


async def test_the_answer_has_children_by_digits_and_may_ring_phones(pbx: Pbx) -> None:
    pbx.alice.script = Script(answers_after=1, talks_for=2, says="alice")
    await pbx.home.menu("main", greeting="more", max_extension_length=1)
    answer = node("menu", {"1": node("user", id="alice"), "2": YES}, id="main")
    caller = await dialled(pbx, Reply(answer))
    await caller.hears("more")
    await caller.presses("1")
    await caller.hears("alice")
    await caller.ended()


@pytest.mark.parametrize("times", [1, 5])
async def test_an_answer_may_ask_again(pbx: Pbx, times: int) -> None:
    again = [Reply(asking(method="post", req_body_format="json"))] * times
    caller = await dialled(pbx, *again, Reply(YES))
    await caller.ended()
    assert caller.heard == ["yes"]
    assert [request.method for request in pbx.house.web.asked] == ["GET", *["POST"] * times]


async def test_answers_that_ask_for_ever_end_with_a_name(pbx: Pbx) -> None:
    caller = await dialled(pbx, Reply(asking()))
    await caller.ended()
    call = (await pbx.trace_of(caller)).call
    assert (call.outcome, call.reason) == ("branch_limit", "more than 50 branches")


async def test_the_caller_hangs_up_while_it_is_asked(pbx: Pbx) -> None:
    caller = await dialled(pbx, Reply(YES, delay=None))
    await asyncio.sleep(2)
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    assert [step.outcome for step in trace.steps] == ["hung_up"]
    assert trace.call.outcome == "caller_hung_up"


async def test_two_accounts_ask_servers_of_their_own(pbx: Pbx) -> None:
    other = await pbx.account("other")
    phone = await pbx.phone("dora", account=other, number="3001")
    await other.media_tone("theirs", seconds=1)
    pbx.house.web.answers("https://other.example/", Reply(node("play", id="theirs")))
    flow = asking(voice_url="https://other.example/")
    await other.callflow(numbers=["2000"], flow=flow)
    caller = await dialled(pbx, Reply(YES))
    stranger = phone.dial("2000")
    await caller.ended()
    await stranger.ended()
    assert (caller.heard, stranger.heard) == (["yes"], ["theirs"])
    told = {request.url: request.query["Account-ID"] for request in pbx.house.web.asked}
    assert told == {URL: pbx.home.id, "https://other.example/": other.id}


async def test_an_answer_names_documents_of_its_own_account_only(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await other.callflow(name="secret", flow=YES)
    caller = await dialled(pbx, Reply(node("callflow", {"_": MORE}, id="secret")))
    await caller.ended()
    assert caller.heard == ["more"]


async def test_a_hundred_callers_ask_at_once(pbx: Pbx) -> None:
    first = await dialled(pbx, Reply(YES, delay=4))
    callers = [first, *(pbx.dials("2000") for _ in range(99))]
    for caller in callers:
        await caller.ended()
    assert {tuple(caller.heard) for caller in callers} == {("yes",)}


async def test_debug_shows_in_the_trace_what_was_said(pbx: Pbx) -> None:
    long = {**YES, "data": {"id": "yes", "note": "x" * 5000}}
    caller = await dialled(pbx, Reply(long), method="post", debug=True)
    step = await pivot_step(pbx, caller)
    (told,) = (step.inputs or {})["debug"]
    assert (told["request"]["method"], told["request"]["url"]) == ("POST", URL)
    assert f"Account-ID={pbx.home.id}" in told["request"]["body"]
    assert (told["answer"]["status"], told["answer"]["content_type"]) == (200, "application/json")
    assert told["answer"]["body"] == json.dumps(long)[:2000]


async def test_debug_shows_an_error_and_otherwise_nothing_is_shown(pbx: Pbx) -> None:
    quiet: Node = asking({"_": asking(debug=True)})
    caller = await dialled(pbx, OSError("connection refused"), flow=quiet)
    await caller.ended()
    first, second, _ = (await pbx.trace_of(caller)).steps
    assert "debug" not in (first.inputs or {})
    assert "connection refused" in (second.inputs or {})["debug"][0]["answer"]["error"]


async def test_a_password_in_the_url_is_not_traced(pbx: Pbx) -> None:
    url = "https://joe:secret@app.example/voice?key=secret"
    pbx.house.web.answers("https://joe:secret@app.example/voice", Reply(status=500))
    step = await pivot_step(pbx, await dialled(pbx, voice_url=url))
    assert "secret" not in json.dumps([step.inputs, step.error])
    assert "answered 500" in (step.error or "")


async def test_a_node_can_be_skipped(pbx: Pbx) -> None:
    caller = await dialled(pbx, Reply(YES), skip_module=True)
    await caller.ended()
    assert caller.heard == ["no"]
    assert pbx.house.web.asked == []


async def test_kazoo_json_is_told_of_no_hangup(pbx: Pbx) -> None:
    caller = await dialled(pbx, Reply(YES), cdr_url="https://app.example/cdr")
    await caller.ended()
    await pbx.trace_of(caller)
    await asyncio.sleep(60)
    assert [request.url for request in pbx.house.web.asked] == [URL]
