"""Logging in and out of ring groups from a phone."""

from typing import Any

import pytest

from runtime.simulator import Script
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

FOR_EVER = 66_269_664_000
PROMPTS = ("agent-logged_in", "agent-logged_out", "agent-invalid_choice")


def member(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"endpoint_type": kind, "id": name, **more}


async def codes(pbx: Pbx, flow: Node) -> None:
    """Put a flow on 2000, logging in to it on *11 and out of it on *12."""
    for prompt in PROMPTS:
        await pbx.home.prompt_tone(prompt, seconds=1)
    await pbx.home.media_tone("next", seconds=1)
    await pbx.home.callflow(numbers=["2000"], flow=flow, name="sales")
    for number, action in (("*11", "login"), ("*12", "logout")):
        after = {"_": node("play", id="next")}
        toggle = node("ring_group_toggle", after, action=action, callflow_id="sales")
        await pbx.home.callflow(numbers=[number], flow=toggle)


def members(pbx: Pbx) -> list[dict[str, Any]]:
    """Return the members of the ring group at the root of the flow."""
    doc: Any = pbx.house.documents.accounts[pbx.home.id].callflows["sales"]
    found: list[dict[str, Any]] = doc["flow"]["data"]["endpoints"]
    return found


async def hears_all(pbx: Pbx, number: str) -> list[str]:
    """Let bob call a number and tell all that he hears."""
    caller = pbx.dials(number)
    await caller.ended()
    return caller.heard


async def test_logging_out_and_in_again(pbx: Pbx) -> None:
    await codes(pbx, node("ring_group", endpoints=[member("user", "bob"), member("user", "alice")]))
    assert await hears_all(pbx, "*12") == ["agent-logged_out", "next"]
    assert members(pbx) == [
        member("user", "bob", disable_until=FOR_EVER),
        member("user", "alice"),
    ]
    assert await hears_all(pbx, "*11") == ["agent-logged_in", "next"]
    assert members(pbx)[0]["disable_until"] == 0


async def test_who_is_logged_out_does_not_ring_and_who_is_in_again_does(pbx: Pbx) -> None:
    for phone in (pbx.alice, pbx.bob):
        phone.script = Script(answers_after=1, talks_for=1)
    both = [member("user", "bob", timeout=3), member("user", "alice", delay=5)]
    await codes(pbx, node("ring_group", endpoints=both))
    assert await hears_all(pbx, "*12") == ["agent-logged_out", "next"]
    carol = pbx.carol.dial("2000")
    await pbx.alice.rings()
    assert pbx.bob.is_quiet
    await carol.ended()
    assert await hears_all(pbx, "*11") == ["agent-logged_in", "next"]
    carol = pbx.carol.dial("2000")
    await pbx.bob.rings()
    await carol.ended()
    assert pbx.alice.is_quiet


async def test_the_members_keep_their_order(pbx: Pbx) -> None:
    order = [member("user", name) for name in ("carol", "bob", "alice")]
    await codes(pbx, node("ring_group", endpoints=order))
    for number in ("*12", "*11", "*12"):
        await hears_all(pbx, number)
    assert [each["id"] for each in members(pbx)] == ["carol", "bob", "alice"]


async def test_each_ring_group_of_the_flow_says_its_own(pbx: Pbx) -> None:
    mine = node("ring_group", endpoints=[member("user", "bob")])
    other = node("ring_group", {"_": mine}, endpoints=[member("user", "alice")])
    flow = node("menu", {"1": other, "2": node("play", id="next")}, id="main")
    await codes(pbx, flow)
    heard = await hears_all(pbx, "*12")
    assert heard == ["agent-invalid_choice", "agent-logged_out", "next"]


async def test_only_members_of_type_user_are_meant(pbx: Pbx) -> None:
    untouched = [member("device", "bob_phone"), member("group", "bob"), member("device", "bob")]
    await codes(pbx, node("ring_group", endpoints=untouched))
    assert await hears_all(pbx, "*12") == ["agent-invalid_choice", "next"]
    assert members(pbx) == untouched


async def test_a_phone_of_nobody_is_no_member(pbx: Pbx) -> None:
    await codes(pbx, node("ring_group", endpoints=[member("user", "bob")]))
    lobby = await pbx.phone("lobby")
    caller = lobby.dial("*12")
    await caller.ended()
    assert caller.heard == ["agent-invalid_choice", "next"]


async def test_a_flow_without_a_ring_group_says_nothing(pbx: Pbx) -> None:
    await codes(pbx, node("play", id="next"))
    assert await hears_all(pbx, "*12") == ["next"]


@pytest.mark.parametrize("endpoints", [None, "bob", [None, "bob", 7], [{"id": "bob"}]])
async def test_a_ring_group_of_any_shape_has_no_member(pbx: Pbx, endpoints: Any) -> None:
    await codes(pbx, node("ring_group", endpoints=endpoints))
    assert await hears_all(pbx, "*12") == ["agent-invalid_choice", "next"]


async def test_a_callflow_that_is_not_there_is_no_reason_to_drop_the_caller(pbx: Pbx) -> None:
    await codes(pbx, node("noop"))
    flow = node(
        "ring_group_toggle", {"_": node("play", id="next")}, action="login", callflow_id="gone"
    )
    await pbx.home.callflow(numbers=["*13"], flow=flow)
    caller = pbx.dials("*13")
    await caller.ended()
    assert caller.heard == ["next"]
    trace = await pbx.trace_of(caller)
    assert trace.steps[0].error == "callflow gone: the account has no such callflow"
    assert caller.is_answered


async def test_a_callflow_of_another_account_is_not_there(pbx: Pbx) -> None:
    other = await pbx.account("other")
    theirs = node("ring_group", endpoints=[member("user", "bob")])
    await other.callflow(numbers=["2000"], flow=theirs, name="theirs")
    await pbx.home.callflow(
        numbers=["*13"], flow=node("ring_group_toggle", action="logout", callflow_id="theirs")
    )
    caller = pbx.dials("*13")
    await caller.ended()
    assert (await pbx.trace_of(caller)).steps[0].error is not None
    doc: Any = pbx.house.documents.accounts[other.id].callflows["theirs"]
    assert doc["flow"] == theirs


async def test_an_action_that_is_none_goes_on(pbx: Pbx) -> None:
    await codes(pbx, node("noop"))
    flow = node(
        "ring_group_toggle", {"_": node("play", id="next")}, action="pause", callflow_id="sales"
    )
    await pbx.home.callflow(numbers=["*13"], flow=flow)
    caller = pbx.dials("*13")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert [module for module, _ in walked(trace)] == ["ring_group_toggle", "play"]
    assert "data.action" in (trace.steps[0].error or "")


async def test_a_caller_who_hangs_up_after_dialling_is_logged_out_all_the_same(pbx: Pbx) -> None:
    await codes(pbx, node("ring_group", endpoints=[member("user", "bob")]))
    caller = pbx.dials("*12")
    await caller.hears("agent-logged_out")
    await caller.hangs_up()
    await pbx.trace_of(caller)
    assert members(pbx)[0]["disable_until"] == FOR_EVER
