"""A call that came from a dialplan which goes on: who comes back, and with which outcome."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runtime.ari import Response
from runtime.callflow import ActionData, Call, Continue, Stop
from runtime.callflow.action import Action
from runtime.callflow.engine import Limits
from tests.callflow.world import ACCOUNT, CHANNEL, World, world


class Cause(ActionData):
    """With which cause to stop."""

    cause: int | None = None


async def _go(_call: Call, _data: ActionData) -> Continue:
    return Continue()


async def _stop(_call: Call, data: Cause) -> Stop:
    return Stop(cause=data.cause)


async def _end(_call: Call, _data: ActionData) -> Stop:
    return Stop(hard=True)


ACTIONS = [
    Action("go", ActionData, _go),
    Action("stop", Cause, _stop),
    Action("end", ActionData, _end),
]


@asynccontextmanager
async def called(tmp_path: Path, number: str, flow: object) -> AsyncIterator[World]:
    """Let a call from a dialplan that goes on enter a flow with the number 1."""
    flows = {"main": {"numbers": ["1"], "flow": flow}}
    async with world(tmp_path, flows, ACTIONS, limits=Limits(max_steps=3)) as here:
        enter(here, number)
        yield here


def enter(here: World, number: str) -> None:
    channel = {"id": CHANNEL, "name": "PJSIP/phone-1", "state": "Up", "caller": {}}
    here.asterisk.says("StasisStart", args=["internal", number, ACCOUNT, "return"], channel=channel)


def given_back(here: World) -> dict[str, object] | None:
    """Return the variables with which the channel was given back, None when it was not."""
    paths = [request.path for request in here.asterisk.requests]
    if f"channels/{CHANNEL}/continue" not in paths:
        return None
    position = paths.index(f"channels/{CHANNEL}/continue")
    before = here.asterisk.requests[position - 1]
    assert before.path == f"channels/{CHANNEL}/variables"
    variables = before.body["variables"]
    assert isinstance(variables, dict)
    return dict(variables)


@pytest.mark.parametrize("flow", [{"module": "go"}, {"module": "stop"}, {}])
async def test_a_flow_that_ends_gives_the_call_back(tmp_path: Path, flow: object) -> None:
    async with called(tmp_path, "1", flow) as here:
        call = await here.over()
        assert given_back(here) == {"CALLFLOW_OUTCOME": "completed", "CALLFLOW_REASON": ""}
        assert not here.hangups()
    assert (call.outcome, call.cause) == ("completed", None)
    assert call.reason == "given back to the dialplan"


@pytest.mark.parametrize("flow", [{"module": "end"}, {"module": "stop", "data": {"cause": 17}}])
async def test_a_flow_that_wants_the_call_ended_hangs_it_up(tmp_path: Path, flow: object) -> None:
    async with called(tmp_path, "1", flow) as here:
        await here.over()
        assert given_back(here) is None
        assert len(here.hangups()) == 1


async def test_a_flow_without_an_end_gives_the_call_back_with_that_outcome(tmp_path: Path) -> None:
    flow: dict[str, object] = {"module": "go"}
    for _ in range(5):
        flow = {"module": "go", "children": {"_": flow}}
    async with called(tmp_path, "1", flow) as here:
        await here.over()
        assert given_back(here) == {
            "CALLFLOW_OUTCOME": "step_limit",
            "CALLFLOW_REASON": "more than 3 steps",
        }


async def test_a_number_without_a_callflow_gives_the_call_back(tmp_path: Path) -> None:
    async with called(tmp_path, "9", {"module": "go"}) as here:
        call = await here.over()
        assert given_back(here) == {
            "CALLFLOW_OUTCOME": "not_found",
            "CALLFLOW_REASON": "no callflow for 9",
        }
        assert not here.hangups()
    assert call.outcome == "not_found"


@pytest.mark.parametrize("number", ["1", "9"])
async def test_a_call_that_cannot_be_given_back_is_hung_up(tmp_path: Path, number: str) -> None:
    flows = {"main": {"numbers": ["1"], "flow": {"module": "go"}}}
    async with world(tmp_path, flows, ACTIONS) as here:
        refused = Response(409, {"message": "Channel is not in a state for that"})
        here.asterisk.answers["POST", f"channels/{CHANNEL}/continue"] = refused
        enter(here, number)
        await here.over()
        assert len(here.hangups()) == 1
