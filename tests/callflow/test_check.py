"""A callflow checked before a call finds what is wrong with it."""

import asyncio
from typing import Any

from runtime.callflow import ActionData, Call, Continue
from runtime.callflow.action import Action, discover
from runtime.callflow.check import Checked, Rules, check
from runtime.callflow.check_account import Raw, check_account
from runtime.callflow.pace import Pace
from runtime.callflow.patterns import MAX_TOTAL, Patterns
from runtime.callflow.shape import modules, named_ids
from runtime.callflow.tree import parse


async def _go_on(_call: Call, _data: ActionData) -> Continue:
    return Continue()


ACTIONS = discover() | {
    "straight": Action("straight", ActionData, _go_on, frozenset(("_",))),
}
HANGUP = {"module": "hangup", "data": {}}


async def checked(flow: Any, **more: Any) -> Checked:
    return await check({"numbers": ["1"], "flow": flow} | more, Rules(ACTIONS))


async def test_nulls_count_as_absent() -> None:
    flow = {"module": "menu", "data": None, "children": {"1": None, "2": HANGUP | {"data": None}}}
    found = await checked(flow, name=None)
    assert found.errors == {}
    assert found.doc["flow"]["children"] == {"2": HANGUP}
    assert "name" not in found.doc


async def test_a_number_is_normalised_once() -> None:
    rules = Rules(ACTIONS, lambda number: f"9{number}")
    new = await check({"numbers": ["1", "no_match"], "flow": HANGUP}, rules)
    assert new.doc["numbers"] == ["91", "no_match"]
    more = await check({"numbers": ["91", "2"], "flow": HANGUP}, rules, new.doc)
    assert more.doc["numbers"] == ["91", "92"]


async def test_a_child_to_which_an_action_never_goes_is_a_warning() -> None:
    found = await checked({"module": "straight", "children": {"1": HANGUP, "_": HANGUP}})
    assert [(w["path"], w["keyword"]) for w in found.warnings] == [
        ("flow.children.1", "unreachable")
    ]
    plain = await checked({"module": "play", "children": {"1": {}, "_": {}}})
    assert [w["path"] for w in plain.warnings] == ["flow.children.1"]
    open_ended = await checked({"module": "menu", "children": {"1": HANGUP, "x": HANGUP}})
    assert open_ended.warnings == []


async def test_an_action_that_reads_every_field_has_no_unknown_ones() -> None:
    assert (await checked({"module": "set", "data": {"skill": "french"}})).warnings == []
    found = await checked({"module": "hangup", "data": {"skill": "french"}})
    assert [(w["path"], w["keyword"]) for w in found.warnings] == [("flow.data.skill", "unknown")]


async def test_an_id_is_a_reference_where_it_can_be_one() -> None:
    flow = {
        "module": "set_variables",
        "data": {"custom_application_vars": {"customer_id": "4711"}},
        "children": {
            "_": {
                "module": "play",
                "data": {"id": "tone_stream://%(100,0,440)"},
                "children": {"_": {"module": "manual_presence", "data": {"presence_id": "x"}}},
            },
            "1": {"module": "play", "data": {"id": "prompt"}},
        },
    }
    found = await checked(flow)
    assert [(r.path, r.id) for r in found.references] == [("flow.children.1.data.id", "prompt")]
    assert found.missing({"prompt"}) == []
    assert [w["cause"] for w in found.missing({})] == ["prompt"]


async def test_what_passes_can_be_read_by_calls() -> None:
    deep: dict[str, Any] = HANGUP
    for _ in range(2000):
        deep = {"module": "menu", "data": {}, "children": {"1": deep}}
    found = await checked(deep)
    assert found.errors["flow"]["error"]["message"] == "nested too deeply"
    shallow: dict[str, Any] = HANGUP
    for _ in range(100):
        shallow = {"module": "menu", "data": {}, "children": {"1": shallow}}
    found = await checked(shallow)
    assert found.errors == {}
    assert parse("", "", 1, found.doc).problem is None


async def test_patterns_must_have_room_beside_the_accounts_others() -> None:
    text = "(.*a){25}" * 30
    size = (await Patterns.compiled([text], Pace())).regexps[text].programsize + len(text)
    others = [f"{text}{n}" for n in range(MAX_TOTAL // size - 10)]
    full = await Patterns.compiled(others, Pace())
    rules = Rules(ACTIONS, patterns=full)
    assert full.refused == {}
    assert (await check({"patterns": ["^1$"], "flow": HANGUP}, rules)).errors == {}
    more = {"patterns": [f"{text}b{n}" for n in range(20)], "flow": HANGUP}
    assert "too many or too large" in str((await check(more, rules)).errors)
    assert (await check(more, rules, {"patterns": others[:100]})).errors == {}


async def test_a_large_callflow_does_not_hold_up_others() -> None:
    leaf = {"module": "tts", "data": {"text": "x"}}
    flow = {"module": "menu", "data": {}, "children": {str(n): leaf for n in range(5000)}}
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    found = await checked(flow)
    ticking.cancel()
    assert found.errors == {}
    assert ticks > 20


async def test_callflows_that_only_jump_in_a_ring_are_endless() -> None:
    def jump(target: str, **data: Any) -> dict[str, Any]:
        return {"flow": {"module": "callflow", "data": {"id": target} | data}}

    skipped = {"module": "menu", "data": {"skip_module": True}}
    reports = await check_account(
        [
            Raw("self", jump("self")),
            Raw("a", jump("b")),
            Raw("b", {"flow": skipped | {"children": {"_": jump("a")["flow"]}}}),
            Raw("leads_in", jump("a")),
            Raw("out", jump("menu")),
            Raw("menu", {"flow": {"module": "menu", "children": {"1": jump("out")["flow"]}}}),
            Raw("never", jump("never", skip_module=True)),
        ],
        Rules(ACTIONS, needs_number=False),
        None,
    )
    wrong = {r.callflow_id: r.errors["flow"]["error"]["message"] for r in reports if r.errors}
    assert {id_: text.partition(",")[0] for id_, text in wrong.items()} == {
        "self": "endless: self to self",
        "a": "endless: a to b to a",
        "b": "endless: b to a to b",
    }


def test_the_shape_of_a_flow_that_may_be_anything() -> None:
    assert modules(None) == modules([]) == modules({"module": 5, "data": {}}) == []
    flow = {
        "module": "menu",
        "data": {"id": "m", "owner_ids": "o", "name": "n"},
        "children": {
            "1": {"module": "play", "data": {"skip_module": "true"}},
            "_": {"module": "play"},
            "rule": {"module": "user", "data": {"id": 5, "vm_id": "v"}, "children": ["x"]},
            "bad": "x",
        },
    }
    assert modules(flow) == ["menu", "user"]
    assert named_ids(flow) == {"m", "o", "v", "rule", "bad"}
