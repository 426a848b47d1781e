"""TwiML: how documents end, by themselves, by what is wrong in them, or by the hangup."""

import asyncio
from collections.abc import Mapping

import pytest

from runtime.pivot.twiml.course import MAX_TOLD
from runtime.pivot.twiml.follow import MAX_IDLE
from runtime.simulator import Reply
from tests.calls.account import node
from tests.calls.asking import dialled
from tests.calls.pbx import Pbx
from tests.calls.twiml import BYE, HELLO, NEXT, dials, inputs, requests, twiml

pytestmark = pytest.mark.asyncio(loop_scope="function")

SAY = "<Say>good day</Say>"


# How they end.


async def test_a_hangup_answers_first(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Hangup/>", SAY)
    end = await caller.ended()
    assert caller.is_answered
    assert end.cause == 16
    assert caller.heard == []


@pytest.mark.parametrize(
    ("attributes", "status"), [("", 503), ("reason='rejected'", 503), ("reason='busy'", 486)]
)
async def test_a_reject_is_not_answered(pbx: Pbx, attributes: str, status: int) -> None:
    caller = await dials(pbx, f"<Reject {attributes}/>", SAY)
    end = await caller.ended()
    assert (end.sip_status, caller.is_answered, caller.heard) == (status, False, [])


async def test_a_reject_after_a_prompt(pbx: Pbx) -> None:
    await pbx.home.prompt_tone("fault-can_not_be_completed")
    caller = await dials(pbx, "<Reject prompt='fault-can_not_be_completed'/>")
    end = await caller.ended()
    assert caller.heard == ["fault-can_not_be_completed"]
    assert end.sip_status == 503


async def test_a_prompt_that_is_missing_does_not_keep_a_reject(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Reject reason='busy' prompt='nonsense'/>")
    assert (await caller.ended()).sip_status == 486
    assert "nonsense" in (await inputs(pbx, caller))["media_error"]


@pytest.mark.parametrize(
    "body", ["", "no xml", "<Response>", "<Other/>", "<!DOCTYPE Response><Response/>"]
)
async def test_a_first_document_that_is_none_goes_on_with_the_flow(pbx: Pbx, body: str) -> None:
    caller = await dialled(pbx, Reply(body, kind="text/xml"))
    await caller.ended()
    assert caller.heard == ["no"]


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply("no xml", kind="text/xml"), "not XML"),
        (Reply("<Other/>", kind="text/xml"), "<Other> is not <Response>"),
        (Reply(status=404), "404"),
        (Reply(status=500), "500"),
        (Reply("", kind="text/xml"), "answered nothing"),
        (Reply(delay=None), ""),
        (Reply({"module": 5}), "not a callflow"),
    ],
)
async def test_a_later_document_that_is_none_hangs_up(pbx: Pbx, reply: Reply, problem: str) -> None:
    caller = await dials(pbx, f"<Redirect>{NEXT}</Redirect>", SAY, more={NEXT: reply})
    await caller.ended(within=30)
    assert caller.heard == []
    told = await inputs(pbx, caller)
    assert told["problem"]
    assert problem in told["problem"]


@pytest.mark.parametrize(
    ("verb", "problem"),
    [
        ("<Sms>x</Sms>", "TwiML: line 3: <Sms> is no verb"),
        ("<Say language='xx'>x</Say>", "TwiML: line 3: <Say>: language='xx' must be one of"),
        ("<Play/>", "TwiML: line 3: <Play>: is empty"),
        ("<Pause length='0'/>", "TwiML: line 3: <Pause>: length='0' must be"),
        ("<Hangup> </Hangup>", "TwiML: line 3: <Hangup>: must have no content"),
        ("<Reject> </Reject>", "TwiML: line 3: <Reject>: must have no content"),
        ("<Record> </Record>", "TwiML: line 3: <Record>: must have no content"),
        ("<Gather><Dial>1</Dial></Gather>", "TwiML: line 3: <Dial>: not allowed in <Gather>"),
        ("<Redirect>ftp://elsewhere/x</Redirect>", "only http and https"),
    ],
)
async def test_a_wrong_verb_hangs_up_after_those_before_it(
    pbx: Pbx, verb: str, problem: str
) -> None:
    caller = await dials(pbx, SAY, verb, "<Say>never heard</Say>")
    await caller.ended()
    assert caller.heard == ["good day"]
    told: Mapping[str, object] = await inputs(pbx, caller)
    assert problem in str(told["problem"])


async def test_the_trace_does_not_grow_without_end(pbx: Pbx) -> None:
    caller = await dials(pbx, *(["<Set/>"] * (MAX_TOLD + 5)))
    told = await inputs(pbx, caller)
    assert (len(told["verbs"]), told["verbs_left_out"]) == (MAX_TOLD, 5)


async def test_the_trace_does_not_repeat_all_that_a_stranger_writes(pbx: Pbx) -> None:
    long = f"https://app.example/{'x' * 5000}"
    caller = await dials(pbx, f"<Play>{long}</Play>", f"<Gather><Play>{long}</Play></Gather>")
    told = await inputs(pbx, caller)
    assert len(str(told)) < 2000
    assert "404" not in told["media_error"]
    assert told["media_error"].startswith("https://app.example/xxx")


async def test_verbs_that_take_no_time_are_limited(pbx: Pbx) -> None:
    many = twiml(*(["<Set/>"] * 900), "<Redirect/>")
    many = Reply(many.body, kind="text/xml", delay=0.0)
    caller = await dials(pbx, f"<Redirect>{NEXT}</Redirect>", more={NEXT: many})
    told = await inputs(pbx, caller)
    assert f"more than {MAX_IDLE} verbs in a row" in told["problem"]
    assert len(requests(pbx)) == 2


# The caller hangs up.


@pytest.mark.parametrize(
    "verb",
    [
        f"<Play>{HELLO}</Play>",
        "<Say>a text that takes more than a moment</Say>",
        "<Pause length='60'/>",
        "<Gather timeout='60'/>",
        f"<Gather><Play loop='0'>{HELLO}</Play></Gather>",
        "<Gather><Pause length='60'/></Gather>",
        "<Record timeout='60'/>",
        "<Dial><User>alice</User></Dial>",
        "<Dial>2001</Dial>",
        f"<Redirect>{BYE}</Redirect>",
    ],
)
@pytest.mark.parametrize("after", [0.0, 0.01, 0.15, 0.3, 1.0])
async def test_a_hangup_in_any_verb_leaves_nothing_behind(
    pbx: Pbx, verb: str, after: float
) -> None:
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    caller = await dials(pbx, verb, "<Say>never heard</Say>", more={BYE: Reply(delay=None)})
    await asyncio.sleep(0.1 + after)
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    assert trace.call.outcome == "caller_hung_up"
    assert "never heard" not in caller.heard
    await pbx.nothing_left()
