"""The walk of a call: where it goes after each outcome, and how it ends."""

import asyncio
from pathlib import Path

from runtime.callflow import ActionData, Branch, Call, Continue, Stop, Transfer
from runtime.callflow.action import Action
from runtime.callflow.engine import Limits
from tests.callflow.world import world


class Key(ActionData):
    """Where to go, and whatever the test wants."""

    key: str = "_"
    id: str = ""


async def _go(_call: Call, data: Key) -> Continue:
    return Continue(data.key)


async def _stop(_call: Call, _data: Key) -> Stop:
    return Stop(cause=17)


async def _end(_call: Call, _data: Key) -> Stop:
    return Stop(hard=True)


async def _give(_call: Call, _data: Key) -> Transfer:
    return Transfer()


async def _jump(call: Call, data: Key) -> Branch | Continue:
    found = await call.callflow(data.id)
    return Continue() if found is None else Branch(found)


async def _replace(call: Call, data: Key) -> Branch | Continue:
    found = await call.callflow(data.id)
    return Continue() if found is None else Branch(found, returns="earlier")


async def _crash(_call: Call, _data: Key) -> Continue:
    raise RuntimeError("by design")


async def _wait(_call: Call, _data: Key) -> Continue:
    await asyncio.Event().wait()
    return Continue()


ACTIONS = [
    Action("go", Key, _go),
    Action("stop", Key, _stop),
    Action("end", Key, _end),
    Action("give", Key, _give),
    Action("jump", Key, _jump),
    Action("replace", Key, _replace),
    Action("crash", Key, _crash),
    Action("wait", Key, _wait),
]


def node(
    module: str, children: dict[str, object] | None = None, **data: object
) -> dict[str, object]:
    return {"module": module, "data": data, "children": children or {}}


def numbered(flow: object) -> dict[str, object]:
    return {"main": {"numbers": ["1"], "flow": flow}}


async def test_a_child_runs_else_the_default_else_the_call_ends(tmp_path: Path) -> None:
    flow = node("go", {"5": node("go", {"_": node("go", key="9")}, key="7")}, key="5")
    async with world(tmp_path, numbered(flow), ACTIONS) as here:
        here.enters("1")
        call = await here.over()
        assert here.walked() == [
            ("/", "go", "continue"),
            ("/5", "go", "continue"),
            ("/5/_", "go", "continue"),
        ]
        assert call.outcome == "completed"
        assert len(here.hangups()) == 1


async def test_an_empty_child_stops(tmp_path: Path) -> None:
    flow = node("go", {"5": {}, "_": node("go")}, key="5")
    async with world(tmp_path, numbered(flow), ACTIONS) as here:
        here.enters("1")
        await here.over()
        assert here.walked() == [("/", "go", "continue")]


async def test_unknown_modules_wrong_data_and_crashes_go_to_the_default(tmp_path: Path) -> None:
    last = node("go")
    crash = node("crash", {"_": last})
    wrong = {"module": "go", "data": {"key": ["no"]}, "children": {"_": crash}}
    flow = node("no_such_module", {"_": wrong})
    async with world(tmp_path, numbered(flow), ACTIONS) as here:
        here.enters("1")
        await here.over()
        assert [outcome for _, _, outcome in here.walked()] == ["failed"] * 3 + ["continue"]
        errors = [step.error or "" for step in here.steps]
        assert "unknown module 'no_such_module'" in errors[0]
        assert errors[1].startswith("go: data.key: ")
        assert errors[2] == "RuntimeError: by design"


async def test_a_skipped_module_does_not_run(tmp_path: Path) -> None:
    flow = node("crash", {"_": node("go")}, skip_module=True)
    async with world(tmp_path, numbered(flow), ACTIONS) as here:
        here.enters("1")
        await here.over()
        assert [outcome for _, _, outcome in here.walked()] == ["skipped", "continue"]


async def test_a_flow_that_was_branched_to_returns_to_the_default(tmp_path: Path) -> None:
    flows = {
        "main": {"numbers": ["1"], "flow": node("jump", {"_": node("go")}, id="other")},
        "other": {"flow": node("go", {"_": node("stop")})},
    }
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("1")
        await here.over()
        assert [(s.callflow_id, s.path) for s in here.steps] == [
            ("main", "/"),
            ("other", "/"),
            ("other", "/_"),
            ("main", "/_"),
        ]


async def test_a_flow_that_takes_the_place_of_another_returns_to_who_branched_to_that(
    tmp_path: Path,
) -> None:
    flows = {
        "main": {"numbers": ["1"], "flow": node("jump", {"_": node("go")}, id="other")},
        "other": {"flow": node("replace", {"_": node("crash")}, id="third")},
        "third": {"flow": node("stop")},
    }
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("1")
        await here.over()
        assert [(s.callflow_id, s.path) for s in here.steps] == [
            ("main", "/"),
            ("other", "/"),
            ("third", "/"),
            ("main", "/_"),
        ]


async def test_flows_that_take_each_others_place_for_ever_end_by_name(tmp_path: Path) -> None:
    flows = {"main": {"numbers": ["1"], "flow": node("replace", id="main")}}
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("1")
        assert (await here.over()).outcome == "branch_limit"


async def test_without_a_default_a_branch_does_not_return(tmp_path: Path) -> None:
    flows = {
        "main": {"numbers": ["1"], "flow": node("jump", id="other")},
        "other": {"flow": node("stop")},
    }
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("1")
        call = await here.over()
        assert call.cause == 17
        assert here.hangups()[0].query == {"reason_code": "17"}


async def test_a_hard_stop_does_not_return(tmp_path: Path) -> None:
    flows = {
        "main": {"numbers": ["1"], "flow": node("jump", {"_": node("go")}, id="other")},
        "other": {"flow": node("end")},
    }
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("1")
        await here.over()
        assert [s.module for s in here.steps] == ["jump", "end"]


async def test_the_51st_branch_ends_the_call_by_name(tmp_path: Path) -> None:
    flows = {"main": {"numbers": ["1"], "flow": node("jump", id="main")}}
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("1")
        call = await here.over()
        assert call.outcome == "branch_limit"
        assert len(here.steps) == 51


async def test_too_many_steps_end_the_call_by_name(tmp_path: Path) -> None:
    flows = {"main": {"numbers": ["1"], "flow": node("go", {"_": node("go", {"_": node("go")})})}}
    async with world(tmp_path, flows, ACTIONS, limits=Limits(max_steps=2)) as here:
        here.enters("1")
        call = await here.over()
        assert call.outcome == "step_limit"


async def test_a_transfer_leaves_the_channel_alone(tmp_path: Path) -> None:
    async with world(tmp_path, numbered(node("give")), ACTIONS) as here:
        here.enters("1")
        call = await here.over()
        assert call.outcome == "transferred"
        assert here.hangups() == []


async def test_a_hangup_cancels_the_action_and_runs_no_child(tmp_path: Path) -> None:
    async with world(tmp_path, numbered(node("wait", {"_": node("go")})), ACTIONS) as here:
        here.enters("1")
        await here.first_step()
        here.hangs_up()
        call = await here.over()
        assert here.walked() == [("/", "wait", "hung_up")]
        assert call.outcome == "caller_hung_up"


async def test_work_for_after_the_hangup_is_done_when_the_caller_hangs_up(tmp_path: Path) -> None:
    done: list[str] = []

    async def register(call: Call, _data: Key) -> Continue:
        async def work() -> None:
            await asyncio.sleep(0)
            done.append(call.id)

        call.after_hangup(work)
        await asyncio.Event().wait()
        return Continue()

    actions = [Action("register", Key, register)]
    async with world(tmp_path, numbered(node("register")), actions) as here:
        here.enters("1")
        await here.first_step()
        here.hangs_up()
        call = await here.over()
        assert done == [call.id]


async def test_the_accounts_preflow_runs_first_and_returns(tmp_path: Path) -> None:
    flows = {
        "main": {"numbers": ["1"], "flow": node("stop")},
        "first": {"flow": node("go")},
    }
    jump = Action("callflow", Key, _jump)
    account = {"preflow": {"always": "first"}}
    async with world(tmp_path, flows, [*ACTIONS, jump], account=account) as here:
        here.enters("1")
        await here.over()
        assert [s.module for s in here.steps] == ["callflow", "go", "stop"]


async def test_an_unusable_callflow_refuses_its_own_number_alone(tmp_path: Path) -> None:
    flows = {
        "bad": {"numbers": ["1"], "flow": {"module": 5}},
        "good": {"numbers": ["2"], "flow": node("go")},
    }
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("1")
        call = await here.over()
        assert call.outcome == "unusable"
        assert "flow.module" in (call.reason or "")
        assert here.hangups()[0].query == {"reason_code": "38"}
        assert [problem.callflow.id for problem in here.problems] == ["bad"]


async def test_an_unknown_number_is_refused_and_the_trace_says_why(tmp_path: Path) -> None:
    async with world(tmp_path, numbered(node("go")), ACTIONS) as here:
        here.enters("999")
        call = await here.over()
        assert (call.outcome, call.reason) == ("not_found", "no callflow for 999")
        assert here.hangups()[0].query == {"reason_code": "1"}


async def test_outside_callers_never_reach_the_catch_all(tmp_path: Path) -> None:
    flows = {"all": {"numbers": ["no_match"], "flow": node("go")}}
    async with world(tmp_path, flows, ACTIONS) as here:
        here.enters("999", origin="external")
        assert (await here.over()).outcome == "not_found"


async def test_an_endpoint_without_account_is_refused(tmp_path: Path) -> None:
    async with world(tmp_path, numbered(node("go")), ACTIONS) as here:
        here.enters("1", channelvars={})
        call = await here.over()
        assert (call.outcome, call.account_id) == ("refused", None)
        assert here.hangups()[0].query == {"reason_code": "21"}


async def test_a_call_that_ended_unseen_while_it_played_did_not_play_to_the_end(
    tmp_path: Path,
) -> None:
    async def play(call: Call, _data: Key) -> Continue:
        await call.play("silence_stream://9000")
        return Continue()

    actions = [Action("play", Key, play), *ACTIONS]
    async with world(tmp_path, numbered(node("play", {"_": node("go")})), actions) as here:
        here.enters("1")
        async with asyncio.timeout(5):
            await here.asterisk.playing.wait()
        here.asterisk.answer("GET", "playbacks/playback-0-caller-1", 404, "Playback not found")
        here.asterisk.answer("GET", "channels/caller-1", 404, "Channel not found")
        await here.asterisk.reconnects()
        call = await here.over()
        assert (call.outcome, call.reason) == ("aborted", "gap")
        assert [step.module for step in here.steps] == ["play"]
