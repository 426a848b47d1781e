"""Menus."""

from typing import Any

from tests.contract.stage import Node, Pbx, node, scenario, tones


async def welcome(pbx: Pbx, children: dict[str, Node] | None = None, **menu: Any) -> None:
    """Put a menu on 2000 whose key 1 leads to sales."""
    await tones(pbx, "welcome", seconds=menu.pop("seconds", 4))
    await tones(pbx, "sales")
    for prompt in ("menu-invalid_entry", "menu-exit", "menu-transferring_call", "vm-goodbye"):
        await pbx.home.prompt_tone(prompt, seconds=0.5)
    await pbx.home.menu("main", greeting="welcome", **{"max_extension_length": 1, **menu})
    choices = {"1": node("play", id="sales"), **(children or {})}
    await pbx.home.callflow(numbers=["2000"], flow=node("menu", choices, id="main"))


@scenario
async def a_digit_cuts_the_greeting(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.ended()


@scenario
async def a_digit_by_sip_info_cuts_the_greeting(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.carol.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.ended()


@scenario
async def who_presses_nothing_takes_the_timeout_child(pbx: Pbx) -> None:
    await tones(pbx, "nobody")
    await welcome(pbx, {"timeout": node("play", id="nobody")}, seconds=0.5, timeout=500)
    caller = await pbx.bob.dials("2000")
    await caller.hears("nobody")
    await caller.ended()


@scenario
async def a_wrong_key_is_told(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("9")
    await caller.hears("menu-invalid_entry")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.ended()


@scenario
async def after_the_last_try_there_is_another_child(pbx: Pbx) -> None:
    await tones(pbx, "operator")
    await welcome(pbx, {"max_retries": node("play", id="operator")}, retries=2)
    caller = await pbx.bob.dials("2000")
    for _ in range(2):
        await caller.hears("welcome")
        await caller.presses("9")
        await caller.hears("menu-invalid_entry")
    await caller.hears("operator")
    await caller.ended()


@scenario
async def after_the_last_try_there_is_a_goodbye(pbx: Pbx) -> None:
    await welcome(pbx, retries=1, seconds=0.5, timeout=300)
    caller = await pbx.bob.dials("2000")
    await caller.hears("vm-goodbye")
    await caller.ended()


@scenario
async def the_pound_key_ends_a_choice(pbx: Pbx) -> None:
    await tones(pbx, "room")
    children = {"1234": node("play", id="room")}
    await welcome(pbx, children, max_extension_length=6, interdigit_timeout=8000)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1234#")
    await caller.hears("room")
    await caller.ended()


@scenario
async def a_pause_ends_a_choice(pbx: Pbx) -> None:
    await welcome(pbx, max_extension_length=4, interdigit_timeout=700)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.ended()


@scenario
async def an_extension_can_be_typed(pbx: Pbx) -> None:
    await welcome(pbx, max_extension_length=4, hunt=True)
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("alice's voice")
    await caller.hears("alice's voice")
    await alice.hangs_up()
    await caller.ended()


@scenario
async def a_caller_hangs_up_while_a_menu_greets(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.hangs_up()


@scenario
async def a_caller_hangs_up_while_typing(pbx: Pbx) -> None:
    await welcome(pbx, max_extension_length=4, interdigit_timeout=5000)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.stops_hearing("welcome", within=0.5)
    await caller.hangs_up()
