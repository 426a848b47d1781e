"""What becomes of a caller whose conversation is over: `after_bridge`."""

from typing import Any

import pytest

from runtime.simulator import Line, Script
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")


async def conversation(pbx: Pbx, *wishes: tuple[Any, Any], children: Any = None) -> Line:
    """Let bob reach alice behind some wishes; she talks for 5 s and hangs up."""
    flow: Node = node("user", children, id="alice")
    for action, data in reversed(wishes):
        flow = node("after_bridge", {"_": flow}, action=action, data=data)
    await pbx.home.media_tone("sales", seconds=2)
    await pbx.home.callflow(numbers=["2001"], flow=flow)
    await pbx.home.callflow(numbers=["2098"], flow=node("play", id="sales"))
    pbx.alice.script = Script(answers_after=1, talks_for=5, says="alice")
    caller = pbx.dials("2001")
    await caller.hears("alice")
    return caller


async def test_without_it_the_caller_is_hung_up(pbx: Pbx) -> None:
    caller = await conversation(pbx)
    assert (await caller.ended()).cause == 16


async def test_an_extension_is_dialled_for_him(pbx: Pbx) -> None:
    caller = await conversation(pbx, ("transfer", "2098"))
    await caller.hears("sales")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert [step.module for step in trace.steps] == ["after_bridge", "user", "play"]


async def test_what_he_came_from_is_forgotten_then(pbx: Pbx) -> None:
    await pbx.home.media_tone("back", seconds=2)
    caller = await conversation(pbx, ("transfer", "2098"), children={"_": node("play", id="back")})
    await caller.hears("sales")
    await caller.ended()
    assert "back" not in caller.heard


async def test_an_extension_that_nobody_has_is_as_if_nothing_was_said(pbx: Pbx) -> None:
    caller = await conversation(pbx, ("transfer", "2999"))
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert trace.steps[1].inputs is not None
    assert trace.steps[1].inputs["problem"] == "no callflow for 2999"


@pytest.mark.parametrize("on", [True, "true"])
async def test_he_is_parked_until_he_hangs_up(pbx: Pbx, on: Any) -> None:
    caller = await conversation(pbx, ("park", on))
    await caller.hears("music on hold")
    assert not caller.is_over
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    assert trace.call.outcome == "caller_hung_up"


async def test_parking_comes_before_an_extension(pbx: Pbx) -> None:
    caller = await conversation(pbx, ("transfer", "2098"), ("park", True), ("hangup", True))
    await caller.hears("music on hold")
    await caller.hangs_up()


async def test_it_can_be_taken_back(pbx: Pbx) -> None:
    caller = await conversation(pbx, ("park", True), ("park", False))
    await caller.ended()
    assert "music on hold" not in caller.heard


@pytest.mark.parametrize(("data", "heard"), [(True, []), (False, ["back"])])
async def test_whether_the_flow_that_called_this_one_goes_on(
    pbx: Pbx, data: Any, heard: list[str]
) -> None:
    await pbx.home.media_tone("back", seconds=2)
    flow = node("callflow", {"_": node("play", id="back")}, id="inner")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    wish = node("after_bridge", {"_": node("user", id="alice")}, action="hangup", data=data)
    await pbx.home.callflow(flow=wish, name="inner")
    pbx.alice.script = Script(answers_after=1, talks_for=5)
    caller = pbx.dials("2000")
    await caller.ended()
    assert caller.heard == heard


@pytest.mark.parametrize(
    ("action", "data"), [("dance", True), (None, None), ("transfer", True), ("transfer", "")]
)
async def test_what_makes_no_sense_is_traced_and_ignored(pbx: Pbx, action: Any, data: Any) -> None:
    caller = await conversation(pbx, (action, data))
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert walked(trace)[0] == ("after_bridge", "_")
    assert trace.steps[0].error or "ignored" in (trace.steps[0].inputs or {})


async def test_a_caller_who_hangs_up_first_is_gone(pbx: Pbx) -> None:
    caller = await conversation(pbx, ("park", True), ("transfer", "2098"))
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    assert [step.module for step in trace.steps] == ["after_bridge", "after_bridge", "user"]
