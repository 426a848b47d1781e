"""Redirects, limits of time and size, and answers that cannot be used."""

import asyncio
import json
from typing import Any

import pytest

from runtime.simulator import Reply
from tests.calls.account import node
from tests.calls.asking import URL, asking, dialled, pivot_step
from tests.calls.pbx import Pbx

pytestmark = pytest.mark.asyncio(loop_scope="function")

YES = node("play", id="yes")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_get_is_redirected(pbx: Pbx, status: int) -> None:
    pbx.house.web.answers("https://app.example/there", Reply(YES))
    caller = await dialled(pbx, Reply(status=status, headers={"Location": "/there?x=1"}))
    await caller.ended()
    assert caller.heard == ["yes"]
    assert pbx.house.web.asked[1].query == {"x": "1"}


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("/voice", "too many redirects"),
        ("http://127.0.0.1/", "127.0.0.1 is not a public address"),
        ("http://localhost:5984/", "localhost is not a public address"),
        ("file:///etc/passwd", "not a URL that begins with http:// or https:// and a host"),
    ],
)
async def test_a_redirect_that_leads_nowhere(pbx: Pbx, where: str, problem: str) -> None:
    caller = await dialled(pbx, Reply(status=302, headers={"Location": where}))
    step = await pivot_step(pbx, caller)
    assert problem in (step.error or "")
    assert caller.heard == ["no"]
    assert {request.url for request in pbx.house.web.asked} == {URL}


async def test_a_post_is_not_redirected(pbx: Pbx) -> None:
    reply = Reply(status=302, headers={"Location": "https://app.example/there"})
    step = await pivot_step(pbx, await dialled(pbx, reply, method="post"))
    assert step.error == f"{URL}: answered 302 Not OK"
    assert len(pbx.house.web.asked) == 1


@pytest.mark.parametrize(
    ("data", "seconds"),
    [({}, 5.0), ({"req_timeout_ms": 1500}, 1.5), ({"req_timeout_ms": 100}, 0.1)],
)
async def test_a_server_has_only_so_much_time(
    pbx: Pbx, data: dict[str, Any], seconds: float
) -> None:
    caller = await dialled(pbx, Reply(delay=None), **data)
    await caller.hears("no")
    waited = asyncio.get_running_loop().time() - pbx.house.web.asked[0].at
    assert seconds < waited < seconds + 0.2
    step = await pivot_step(pbx, caller)
    assert step.error == f"{URL}: no answer within {seconds:g} s"
    assert step.outcome == "failed"
    assert caller.heard == ["no"]


async def test_more_than_five_seconds_cannot_be_asked_for(pbx: Pbx) -> None:
    step = await pivot_step(pbx, await dialled(pbx, req_timeout_ms=5001))
    assert "data.req_timeout_ms" in (step.error or "")
    assert pbx.house.web.asked == []


DEEP = '{"a":' * 300 + "1" + "}" * 300
BRACES = "[" * 100_000


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(YES, status=404), "answered 404"),
        (Reply(YES, status=500), "answered 500"),
        (Reply(YES, status=201), "answered 201"),
        (Reply(status=204), "answered 204"),
        (OSError("connection refused"), "connection refused"),
        (Reply(b"", kind="application/json"), "answered nothing"),
        (Reply(b" \n", kind="text/xml"), "answered nothing"),
        (Reply("{", kind="application/json"), "not JSON"),
        (Reply("{", kind="text/html"), "not JSON"),
        (Reply(b"\xff\xfe", kind="application/json"), "not JSON"),
        (Reply('{"module": "play", "data": {"x": NaN}}', kind="application/json"), "not JSON"),
        (Reply('{"module": "pl\\u0000ay"}', kind="application/json"), "character NUL"),
        (Reply('{"\\ud800": 1}', kind="application/json"), "half of a character"),
        (Reply(BRACES, kind="application/json"), "not JSON"),
        (Reply(DEEP, kind="application/json"), "nested more than 200 levels deep"),
        (Reply('"play"', kind="application/json"), "not a callflow"),
        (Reply([YES]), "not a callflow"),
        (Reply({}), "flow.module"),
        (Reply({"module": "teleport"}), "unable to find callflow schema for module teleport"),
        (Reply(node("play", id="yes", loop_count=0)), "flow.data.loop_count"),
        (Reply(node("play", {"_": node("tts")}, id="yes")), "flow.children._.data.text"),
        (Reply(asking(voice_url="http://10.0.0.1/")), "invalid client URL"),
        (Reply(asking(voice_url="ftp://x.example/")), "flow.data.voice_url"),
        (Reply({"module": "x" * 10_000}), "flow.module"),
        (Reply({"module": "play", "data": {"x": "y" * 300_000}}), "larger than 256000 bytes"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_cannot_be_used_is_traced_and_passed(
    pbx: Pbx, reply: Reply | OSError, problem: str
) -> None:
    caller = await dialled(pbx, reply)
    step = await pivot_step(pbx, caller)
    assert problem in (step.error or "")
    assert len(step.error or "") < 2000
    assert (step.outcome, step.child) == ("failed", "_")
    assert caller.heard == ["no"]


async def test_of_many_problems_the_first_are_named(pbx: Pbx) -> None:
    broken = node("noop", {str(key): node("tts") for key in range(1000)})
    step = await pivot_step(pbx, await dialled(pbx, Reply(broken)))
    assert (step.error or "").endswith("995 more")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/x", "http://localhost/x", "http://[::1]/", "http://10.1.2.3/", "http://"],
)
async def test_an_address_of_the_own_network_is_not_asked(pbx: Pbx, url: str) -> None:
    caller = await dialled(pbx, voice_url=url)
    step = await pivot_step(pbx, caller)
    assert step.error
    assert pbx.house.web.asked == []
    assert caller.heard == ["no"]


async def test_the_own_network_is_asked_where_that_is_allowed(pbx: Pbx) -> None:
    pbx.house.web.allow_private = True
    pbx.house.web.answers("http://127.0.0.1/x", Reply(YES))
    caller = await dialled(pbx, voice_url="http://127.0.0.1/x")
    await caller.ended()
    assert caller.heard == ["yes"]


@pytest.mark.parametrize(
    "data",
    [{"voice_url": None}, {"voice_url": "app.example"}, {"method": "put"}, {"req_format": "xml"}],
    ids=str,
)
async def test_wrong_data_asks_nobody(pbx: Pbx, data: dict[str, Any]) -> None:
    caller = await dialled(pbx, Reply(YES), **data)
    step = await pivot_step(pbx, caller)
    assert f"data.{next(iter(data))}" in (step.error or "")
    assert caller.heard == ["no"]
    assert pbx.house.web.asked == []


async def test_without_a_default_the_call_ends(pbx: Pbx) -> None:
    caller = await dialled(pbx, Reply(status=500), flow=asking({}))
    await caller.ended()
    assert caller.heard == []
    assert (await pbx.trace_of(caller)).call.outcome == "completed"


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "text/plain"]
)
async def test_json_by_its_type_or_by_its_look(pbx: Pbx, kind: str) -> None:
    body = "\ufeff " + json.dumps(YES)
    caller = await dialled(pbx, Reply(body, kind=kind))
    await caller.ended()
    assert caller.heard == ["yes"]
