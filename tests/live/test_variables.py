"""Branching on what the call carries: variables, documents, the captured number."""

from typing import Any

import pytest

from tests.live.account import Node, node
from tests.live.pbx import Pbx, walked


def chosen(pbx_steps: list[tuple[str, str | None]]) -> str | None:
    """Return the child that branch_variable or branch_bnumber chose."""
    return next(child for module, child in pbx_steps if module.startswith("branch_"))


def branch(*keys: str, module: str = "branch_variable", **data: Any) -> Node:
    """Return a branching node with a child for each key and a default."""
    return node(module, {key: node("noop") for key in (*keys, "_")}, **data)


async def test_a_priority_that_was_set_chooses_the_child(pbx: Pbx) -> None:
    flow = node(
        "set_variable",
        {"_": branch("5", variable="Call-Priority")},
        variable="call_priority",
        value="5",
    )
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.ended()
    assert chosen(walked(await pbx.trace_of(caller))) == "5"


async def test_an_application_variable_chooses_the_child(pbx: Pbx) -> None:
    values = {"customer": {"grade": "gold"}, "vip": True}
    by_grade = branch("gold", variable=["customer", "grade"])
    flow = node("set_variables", {"_": by_grade}, custom_application_vars=values)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.ended()
    assert chosen(walked(await pbx.trace_of(caller))) == "gold"


@pytest.mark.parametrize(
    ("scope", "variable", "child"),
    [
        ("account", "plan", "premium"),
        ("user", "department", "sales"),
        ("device", ["room", "floor"], "3"),
        ("device", "department", "_"),
        ("merged", "presence_id", "bob-at-work"),
        ("merged", "owner_id", "bob"),
        ("custom_channel_vars", "authorizing_type", "device"),
        ("account", "zero", "_"),
        ("account", "missing", "_"),
    ],
)
async def test_a_field_of_a_document_chooses_the_child(
    pbx: Pbx, scope: str, variable: Any, child: str
) -> None:
    await pbx.sql(
        "update accounts set doc = doc || $2 where id = $1",
        pbx.home.id,
        {"plan": "premium", "zero": 0},
    )
    for document, more in (
        ("bob", {"department": "sales", "presence_id": "bob-at-work"}),
        ("bob_phone", {"room": {"floor": 3}, "presence_id": "phone"}),
    ):
        await pbx.sql(
            "update documents set doc = doc || $3 where account_id = $1 and id = $2",
            pbx.home.id,
            document,
            more,
        )
    keys = ("premium", "sales", "3", "bob-at-work", "bob", "device", "0")
    flow = branch(*keys, variable=variable, scope=scope)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.ended()
    assert chosen(walked(await pbx.trace_of(caller))) == child


async def test_the_captured_number_chooses_the_child(pbx: Pbx) -> None:
    flow = branch("+14155550100", "77", module="branch_bnumber")
    await pbx.home.callflow(patterns=[r"^\*5(\d+)$"], flow=flow)
    for dialled, child in (("*54155550100", "+14155550100"), ("*577", "77"), ("*578", "_")):
        caller = await pbx.bob.dials(dialled)
        await caller.ended()
        step = (await pbx.trace_of(caller)).steps[0]
        assert step.child in (child, dialled.removeprefix("*5"))
        ran = (await pbx.trace_of(caller)).steps[1]
        assert ran.path == f"/{child}"


async def test_a_captured_number_is_dialled_if_the_patterns_allow_it(pbx: Pbx) -> None:
    await pbx.home.media_tone("sales", seconds=0.5)
    await pbx.home.media_tone("refused", seconds=0.5)
    await pbx.home.callflow(numbers=["77"], flow=node("play", id="sales"))
    await pbx.home.callflow(numbers=["78"], flow=node("play", id="sales"))
    flow = node(
        "branch_bnumber",
        {"_": node("play", id="refused")},
        hunt=True,
        hunt_allow="^7",
        hunt_deny="8$",
    )
    await pbx.home.callflow(patterns=[r"^\*5(\d+)$"], flow=flow)
    for dialled, tone in (("*577", "sales"), ("*578", "refused"), ("*579", "refused")):
        caller = await pbx.bob.dials(dialled)
        await caller.hears(tone)
        await caller.hangs_up()


async def test_what_is_exported_reaches_the_phone_that_rings(pbx: Pbx) -> None:
    rings = node("user", id="alice")
    variables = node("set_variables", {"_": rings}, custom_application_vars={"a-b": 7}, export=True)
    both = {"variable": "group_id", "value": "g1", "channel": "both"}
    await pbx.home.callflow(numbers=["2000"], flow=node("set_variable", {"_": variables}, **both))
    await pbx.alice.registered()
    caller = await pbx.bob.dials("2000")
    alice = await pbx.alice.rings()
    channels = await pbx.plant.watcher.channels()
    assert {channel.name.split("@")[0] for channel in channels} == {"PJSIP/bob", "PJSIP/alice"}
    for channel in channels:
        handle = pbx.plant.watcher.channel(channel.id)
        assert await handle.get_variable("CCV_group_id") == "g1"
        assert await handle.get_variable("CAV_a_b") == "7"
    await caller.hangs_up()
    await alice.ended()


async def test_a_variable_cannot_be_a_function_of_asterisk(pbx: Pbx) -> None:
    values = {"PJSIP_HEADER(add,X-Evil)": "1", "good": "line\r\nbreak"}
    ring = node("user", id="alice")
    flow = node("set_variables", {"_": ring}, custom_application_vars=values, export=True)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    await pbx.alice.registered()
    caller = await pbx.bob.dials("2000")
    alice = await pbx.alice.rings()
    assert await alice.header("X-Evil") is None
    channel = pbx.plant.watcher.channel((await pbx.plant.watcher.channels())[0].id)
    assert await channel.get_variable("CAV_good") == "linebreak"
    await alice.rejects()
    await caller.ended()


async def test_skills_and_unknown_variables_change_nothing_for_the_caller(pbx: Pbx) -> None:
    unknown = node("set_variable", variable="PATH", value="x")
    await pbx.home.callflow(numbers=["2000"], flow=node("set", {"_": unknown}, english=3))
    caller = await pbx.bob.dials("2000")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("set", "_"), ("set_variable", "_")]
    assert trace.steps[1].inputs == {"not_set": "PATH"}
