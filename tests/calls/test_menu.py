"""Menus: what callers type, how long they wait, and what they hear."""

import asyncio
from typing import Any

import pytest

from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")


async def menu(pbx: Pbx, children: dict[str, Node] | None = None, **doc: Any) -> None:
    """Put a menu on 2000 whose key 1 leads to sales."""
    await pbx.home.media_tone("welcome", seconds=doc.pop("seconds", 8))
    await pbx.home.media_tone("sales", seconds=3)
    for prompt in ("menu-invalid_entry", "menu-exit", "menu-transferring_call", "vm-goodbye"):
        await pbx.home.prompt_tone(prompt, seconds=0.5)
    await pbx.home.menu("main", greeting="welcome", **{"max_extension_length": 1, **doc})
    choices = {"1": node("play", id="sales"), **(children or {})}
    await pbx.home.callflow(numbers=["2000"], flow=node("menu", choices, id="main"))


@pytest.mark.parametrize("at", [0.3, 1, 4, 7.95, 8, 8.05, 12, 17.5])
async def test_a_digit_is_taken_whenever_it_comes(pbx: Pbx, at: float) -> None:
    await menu(pbx, retries=1)
    caller = pbx.dials("2000")
    await caller.silence(0.0)
    caller.type("1", seconds=at)
    await caller.hears("sales")
    await caller.ended()
    assert caller.heard == ["welcome", "sales"]
    assert walked(await pbx.trace_of(caller)) == [("menu", "1"), ("play", "_")]


@pytest.mark.parametrize("keys", ["1", "0", "5", "9", "*", "#"])
async def test_every_key_is_told_from_the_others(pbx: Pbx, keys: str) -> None:
    choices = {}
    for key in "1059*":
        await pbx.home.media_tone(f"choice {key}", seconds=1)
        choices[key] = node("play", id=f"choice {key}")
    await menu(pbx, choices, terminators="", retries=1, timeout=1000)
    caller = pbx.dials("2000")
    await caller.hears("welcome")
    await caller.presses(keys)
    await caller.ended()
    chosen = keys in choices
    assert (f"choice {keys}" in caller.heard) == chosen
    assert ("menu-exit" in caller.heard) == (not chosen)


@pytest.mark.parametrize("retries", [1, 2, 3, 5])
async def test_so_many_wrong_keys_are_one_too_many(pbx: Pbx, retries: int) -> None:
    await menu(pbx, {"max_retries": node("play", id="sales")}, retries=retries)
    caller = pbx.dials("2000")
    for _ in range(retries):
        await caller.hears("welcome")
        await caller.presses("9")
        await caller.hears("menu-invalid_entry")
    await caller.hears("menu-exit")
    await caller.hears("sales")
    await caller.ended()
    assert walked(await pbx.trace_of(caller))[0] == ("menu", "max_retries")


@pytest.mark.parametrize("ms", [100, 500, 3000, 30_000])
async def test_the_time_for_a_choice_begins_after_the_greeting(pbx: Pbx, ms: int) -> None:
    await pbx.home.media_tone("nobody", seconds=1)
    await menu(pbx, {"timeout": node("play", id="nobody")}, seconds=2, timeout=ms)
    caller = pbx.dials("2000")
    await caller.hears("welcome")
    await caller.stops_hearing("welcome", within=2.01)
    await caller.silence(ms / 1000 - 0.05)
    await caller.hears("nobody", within=0.1)


@pytest.mark.parametrize(
    ("typed", "child"), [("12", "12"), ("1#", "1"), ("123", "123"), ("12#", "12")]
)
async def test_longer_choices(pbx: Pbx, typed: str, child: str) -> None:
    choices = {number: node("play", id="sales") for number in ("12", "123")}
    await menu(pbx, choices, max_extension_length=3, interdigit_timeout=500)
    caller = pbx.dials("2000")
    await caller.hears("welcome")
    await caller.presses(typed)
    await caller.hears("sales")
    assert caller.is_answered
    await caller.ended()
    assert walked(await pbx.trace_of(caller))[0] == ("menu", child)


@pytest.mark.parametrize("pause", [0.1, 0.3, 0.45])
async def test_a_slow_typist_is_waited_for(pbx: Pbx, pause: float) -> None:
    await menu(
        pbx, {"1234": node("play", id="sales")}, max_extension_length=4, interdigit_timeout=500
    )
    caller = pbx.dials("2000")
    await caller.hears("welcome")
    caller.type("1234", seconds=0.04, between=pause)
    await caller.hears("sales")


@pytest.mark.parametrize("pause", [0.55, 1, 5])
async def test_a_typist_who_is_too_slow_has_chosen_less(pbx: Pbx, pause: float) -> None:
    await menu(
        pbx, {"1234": node("noop")}, max_extension_length=4, interdigit_timeout=500, retries=1
    )
    caller = pbx.dials("2000")
    await caller.hears("welcome")
    caller.type("1234", seconds=0.04, between=pause)
    await caller.hears("sales")
    await caller.ended()
    assert walked(await pbx.trace_of(caller))[0] == ("menu", "1")


@pytest.mark.parametrize(
    ("rule", "number", "rings"),
    [
        ({}, "2001", True),
        ({"hunt_allow": "^20"}, "2001", True),
        ({"hunt_allow": "^30"}, "2001", False),
        ({"hunt_deny": "^20"}, "2001", False),
        ({"hunt_deny": "^30"}, "2001", True),
        ({"hunt": False}, "2001", False),
        ({}, "7777", False),
    ],
)
async def test_hunting_is_confined(
    pbx: Pbx, rule: dict[str, Any], number: str, *, rings: bool
) -> None:
    await menu(pbx, max_extension_length=4, retries=1, **{"hunt": True, **rule})
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.home.callflow(numbers=["no_match"], flow=node("play", id="sales"))
    caller = pbx.dials("2000")
    await caller.hears("welcome")
    await caller.presses(number)
    if rings:
        await caller.hears("menu-transferring_call")
        await pbx.alice.rings()
        await caller.hangs_up()
    else:
        await caller.hears("menu-exit")
        await caller.ended()
        assert pbx.alice.is_quiet


async def test_a_menu_that_leads_to_itself_is_ended_some_day(pbx: Pbx) -> None:
    await menu(pbx, {"2": node("callflow", id="flow1")}, seconds=1)
    caller = pbx.dials("2000")
    for at in range(200):
        asyncio.get_running_loop().call_later(0.3 + at, caller.type, "2")
    await caller.ended(within=300)
    assert (await pbx.trace_of(caller)).call.outcome == "branch_limit"
