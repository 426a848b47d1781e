"""The walk over the tree: branches, returns, ends, and nodes that cannot run."""

import pytest

from tests.live.account import Node, node
from tests.live.pbx import Pbx, walked


async def test_a_jump_into_another_flow_comes_back(pbx: Pbx) -> None:
    await pbx.home.media_tone("hours", seconds=0.5)
    await pbx.home.media_tone("back", seconds=0.5)
    other = await pbx.home.callflow(name="hours", flow=node("play", id="hours"))
    flow = node("callflow", {"_": node("play", id="back")}, id=other)
    await pbx.home.callflow(numbers=["2010"], flow=flow)
    caller = await pbx.bob.dials("2010")
    await caller.hears("hours")
    await caller.hears("back")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert [(s.module, s.callflow_id == other) for s in trace.steps] == [
        ("callflow", False),
        ("play", True),
        ("play", False),
    ]


async def test_the_preflow_of_the_account_runs_first(pbx: Pbx) -> None:
    await pbx.home.media_tone("preflow", seconds=0.5)
    await pbx.home.media_tone("flow", seconds=0.5)
    await pbx.home.callflow(name="first", flow=node("play", id="preflow"))
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="flow"))
    await pbx.sql(
        "update accounts set doc = doc || $2 where id = $1",
        pbx.home.id,
        {"preflow": {"always": "first"}},
    )
    caller = await pbx.bob.dials("2000")
    await caller.hears("preflow")
    await caller.hears("flow")
    await caller.ended()


async def test_a_jump_to_nowhere_goes_on(pbx: Pbx) -> None:
    await pbx.home.media_tone("back", seconds=0.5)
    flow = node("callflow", {"_": node("play", id="back")}, id="nowhere")
    await pbx.home.callflow(numbers=["2010"], flow=flow)
    caller = await pbx.bob.dials("2010")
    await caller.hears("back")
    await caller.ended()


async def test_hangup_in_a_branched_flow_ends_everything(pbx: Pbx) -> None:
    await pbx.home.media_tone("goodbye", seconds=0.5)
    await pbx.home.media_tone("back", seconds=0.5)
    flow = node("play", {"_": node("hangup")}, id="goodbye")
    other = await pbx.home.callflow(name="ending", flow=flow)
    flow = node("callflow", {"_": node("play", id="back")}, id=other)
    await pbx.home.callflow(numbers=["2010"], flow=flow)
    caller = await pbx.bob.dials("2010")
    await caller.hears("goodbye")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert [step.module for step in trace.steps] == ["callflow", "play", "hangup"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (node("teleport"), "teleport"),
        (node("sleep", duration="soon"), "duration"),
        (node("play", id="after", loop_count=0), "loop_count"),
        (node("tts"), "text"),
    ],
    ids=["unknown-module", "wrong-type", "out-of-range", "missing-field"],
)
async def test_a_node_that_cannot_run_is_traced_and_passed(
    pbx: Pbx, broken: Node, reason: str
) -> None:
    await pbx.home.media_tone("after", seconds=0.5)
    flow = {**broken, "children": {"_": node("play", id="after")}}
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()
    first = (await pbx.trace_of(caller)).steps[0]
    assert first.outcome == "failed"
    assert reason in (first.error or "")


async def test_a_flow_that_jumps_in_circles_is_ended(pbx: Pbx) -> None:
    await pbx.home.callflow(name="circle", numbers=["2000"], flow=node("callflow", id="circle"))
    caller = await pbx.bob.dials("2000")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert trace.call.outcome == "branch_limit"
    assert len(trace.steps) == 51


async def test_skipped_nodes_and_noop_lead_to_the_default_child(pbx: Pbx) -> None:
    await pbx.home.media_tone("after", seconds=0.5)
    skipped = node("hangup", {"_": node("play", id="after")}, skip_module=True)
    flow = node("answer", {"_": node("noop", {"_": skipped})})
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    await caller.hears("after")
    await caller.ended()
    assert [module for module, _ in walked(await pbx.trace_of(caller))] == [
        "answer",
        "noop",
        "hangup",
        "play",
    ]


async def test_answer_alone_answers_and_hangs_up(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"))
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    assert (await caller.ended()).sip_status is None
