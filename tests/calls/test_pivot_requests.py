"""What a web server is told of a call, and how it is asked."""

import asyncio

import pytest

from runtime.simulator import Reply
from tests.calls.account import node
from tests.calls.asking import URL, asked, asking, dialled, furnished
from tests.calls.pbx import Pbx

pytestmark = pytest.mark.asyncio(loop_scope="function")

YES = node("play", id="yes")


async def test_a_get_has_all_in_the_query_after_what_is_there(pbx: Pbx) -> None:
    caller = await dialled(pbx, voice_url=f"{URL}?shop=7&a[b]=c#top")
    request = await asked(pbx, caller)
    assert (request.method, request.url, request.content) == ("GET", URL, b"")
    assert (request.query["shop"], request.query["a[b]"]) == ("7", "c")
    assert request.query["Account-ID"] == pbx.home.id


@pytest.mark.parametrize("method", ["post", "POST", "Post", "pOST"])
async def test_a_post_has_a_form_and_the_url_as_it_is(pbx: Pbx, method: str) -> None:
    caller = await dialled(pbx, method=method, voice_url=f"{URL}?shop=7")
    request = await asked(pbx, caller)
    assert (request.method, request.query) == ("POST", {"shop": "7"})
    assert request.kind == "application/x-www-form-urlencoded"
    assert request.form["Account-ID"] == pbx.home.id


@pytest.mark.parametrize("method", ["get", "GET", "Get"])
async def test_a_get_in_any_case(pbx: Pbx, method: str) -> None:
    request = await asked(pbx, await dialled(pbx, method=method, req_body_format="json"))
    assert (request.method, request.content) == ("GET", b"")


async def test_all_of_kazoos_parameters(pbx: Pbx) -> None:
    vars_ = {"colour": "red", "cart": {"items": ["a", "b"], "paid": True}, "none": None}
    pivot = asking(method="post")
    flow = node("answer", {"_": node("set_variables", {"_": pivot}, custom_application_vars=vars_)})
    caller = await dialled(pbx, flow=node("language", {"_": flow}, language="fr-fr"))
    request = await asked(pbx, caller)
    trace = await pbx.trace_of(caller)
    assert request.form == {
        "Call-ID": trace.call.id,
        "Account-ID": pbx.home.id,
        "Api-Version": "4.x",
        "Direction": "inbound",
        "From": "bob",
        "From-Realm": "home.example",
        "To": "2000",
        "To-Realm": "home.example",
        "Request": "2000",
        "Request-Realm": "home.example",
        "Caller-ID-Name": "Bob",
        "Caller-ID-Number": "2002",
        "Call-Status": "in-progress",
        "User-ID": "bob",
        "Language": "fr-fr",
        "Custom-Application-Vars[colour]": "red",
        "Custom-Application-Vars[cart][items][]": "b",
        "Custom-Application-Vars[cart][paid]": "true",
    }
    assert request.content.count(b"%5Bitems%5D%5B%5D=") == 2


async def test_a_json_body_is_nested_as_it_is(pbx: Pbx) -> None:
    pivot = asking(method="post", req_body_format="json")
    vars_ = {"cart": {"items": ["a", "b"]}}
    flow = node("set_variables", {"_": pivot}, custom_application_vars=vars_)
    request = await asked(pbx, await dialled(pbx, flow=flow))
    assert (request.method, request.kind) == ("POST", "application/json")
    assert request.json["Custom-Application-Vars"] == vars_
    assert request.json["Call-Status"] == "ringing"
    assert "Digits" not in request.json


async def test_all_of_twimls_parameters(pbx: Pbx) -> None:
    caller = await dialled(pbx, req_format="twiml", method="post")
    request = await asked(pbx, caller)
    assert request.form == {
        "CallSid": (await pbx.trace_of(caller)).call.id,
        "AccountSid": pbx.home.id,
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "From": "bob",
        "FromRealm": "home.example",
        "To": "2000",
        "ToRealm": "home.example",
        "CallerName": "Bob",
        "CallerNumber": "2002",
        "CallStatus": "ringing",
    }


async def test_a_caller_from_outside_has_no_owner_and_no_realm(pbx: Pbx) -> None:
    number = "+15550002000"
    pbx.house.documents.numbers[number] = pbx.home.id
    await furnished(pbx)
    await pbx.home.callflow(numbers=[number], flow=asking())
    request = await asked(pbx, pbx.carrier.dial(number))
    assert request.query["From"] == "+15551234567"
    assert request.query["To"] == number
    assert not {"User-ID", "From-Realm"} & request.query.keys()


@pytest.mark.parametrize("req_format", ["kazoo", "twiml"])
async def test_sip_headers_of_his_own_are_told_in_kazoos_format(pbx: Pbx, req_format: str) -> None:
    sent = {"X-Colour": "dark red", "x-shop": "7", "X-Callflow-From": "2001", "X-(Odd": "1"}
    caller = await dialled(pbx, flow=node("sleep", {"_": asking(req_format=req_format)}))
    assert caller.channel is not None
    variables = caller.channel.variables
    variables["PJSIP_HEADERS(X-)"] = ",".join(sent)
    variables |= {f"PJSIP_HEADER(read,{name})": value for name, value in sent.items()}
    request = await asked(pbx, caller)
    told = {name: value for name, value in request.query.items() if "SIP" in name}
    expected = {"Custom-SIP-Headers[X-Colour]": "dark red", "Custom-SIP-Headers[x-shop]": "7"}
    assert told == (expected if req_format == "kazoo" else {})


async def test_the_number_is_told_as_it_was_dialled_and_as_it_is_written(pbx: Pbx) -> None:
    await furnished(pbx)
    await pbx.home.callflow(numbers=["+14155550001"], flow=asking())
    request = await asked(pbx, pbx.dials("4155550001"))
    assert (request.query["To"], request.query["Request"]) == ("4155550001", "+14155550001")


async def test_a_name_that_an_action_has_set_is_told(pbx: Pbx) -> None:
    flow = node("prepend_cid", {"_": asking()}, caller_id_name_prefix="VIP ")
    request = await asked(pbx, await dialled(pbx, flow=flow))
    assert request.query["Caller-ID-Name"] == "VIP Bob"


@pytest.mark.parametrize("req_format", ["kazoo", "twiml"])
async def test_digits_are_told_by_collection_and_once(pbx: Pbx, req_format: str) -> None:
    pivot = asking(req_format=req_format)
    flow = node(
        "collect_dtmf",
        {"_": node("collect_dtmf", {"_": pivot}, max_digits=2)},
        max_digits=3,
        collection_name="pin",
    )
    caller = await dialled(pbx, Reply(asking()), Reply(YES), flow=flow)
    caller.type("12345")
    await caller.ended()
    first, second = pbx.house.web.asked
    assert (first.query["Digits[pin]"], first.query["Digits[default]"]) == ("123", "45")
    assert not [name for name in second.query if name.startswith("Digits")]


async def test_keys_pressed_while_it_is_asked_are_kept_for_what_follows(pbx: Pbx) -> None:
    answer = node("collect_dtmf", {"_": asking(voice_url=f"{URL}/then")}, max_digits=2)
    pbx.house.web.answers(f"{URL}/then", Reply(YES))
    flow = node("collect_dtmf", {"_": asking()}, max_digits=2)
    caller = await dialled(pbx, Reply(answer, delay=3), flow=flow)
    caller.type("12")
    await asyncio.sleep(2)
    caller.type("78")
    await caller.ended()
    first, second = pbx.house.web.asked
    assert first.query["Digits[default]"] == "12"
    assert second.query["Digits[default]"] == "78"


async def test_digits_are_not_lost_to_a_server_that_is_away(pbx: Pbx) -> None:
    second = asking(voice_url="https://spare.example/")
    pbx.house.web.answers("https://spare.example/", Reply(YES))
    flow = node("collect_dtmf", {"_": asking({"_": second})}, max_digits=2)
    caller = await dialled(pbx, Reply(status=503), flow=flow)
    caller.type("12")
    await caller.ended()
    assert [request.query["Digits[default]"] for request in pbx.house.web.asked] == ["12", "12"]
    assert caller.heard == ["yes"]
