"""Menus: greeting, keys, and what happens to callers who make no choice."""

import asyncio
from typing import Any

from tests.live.account import Node, node
from tests.live.pbx import Pbx, walked
from tests.live.test_routing import public_number


async def welcome(pbx: Pbx, children: dict[str, Node] | None = None, **menu: Any) -> None:
    """Put a menu on 2000 whose key 1 leads to sales."""
    home = pbx.home
    await home.media_tone("welcome", seconds=menu.pop("seconds", 8))
    await home.media_tone("sales", seconds=3)
    for prompt in ("menu-invalid_entry", "menu-exit", "menu-transferring_call", "vm-goodbye"):
        await home.prompt_tone(prompt, seconds=0.5)
    await home.menu("main", greeting="welcome", **{"max_extension_length": 1, **menu})
    choices = {"1": node("play", id="sales"), **(children or {})}
    await home.callflow(numbers=["2000"], flow=node("menu", choices, id="main"))


async def test_a_digit_cuts_a_long_greeting_short(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.stops_hearing("welcome", within=0.5)
    await caller.ended()
    assert walked(await pbx.trace_of(caller)) == [("menu", "1"), ("play", "_")]


async def test_digits_by_sip_info_work_like_those_in_the_audio(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.carol.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.stops_hearing("welcome", within=0.5)
    await caller.hangs_up()


async def test_who_presses_nothing_takes_the_timeout_child(pbx: Pbx) -> None:
    await pbx.home.media_tone("nobody", seconds=1)
    await welcome(pbx, {"timeout": node("play", id="nobody")}, seconds=0.5, timeout=500)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.hears("nobody")
    await caller.ended()
    assert walked(await pbx.trace_of(caller)) == [("menu", "timeout"), ("play", "_")]


async def test_a_wrong_key_is_told_and_the_greeting_comes_again(pbx: Pbx) -> None:
    await welcome(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("9")
    await caller.hears("menu-invalid_entry")
    await caller.hears("welcome")
    await caller.presses("1")
    await caller.hears("sales")
    await caller.hangs_up()


async def test_after_the_last_try_the_max_retries_child_runs(pbx: Pbx) -> None:
    await pbx.home.media_tone("operator", seconds=1)
    await welcome(pbx, {"max_retries": node("play", id="operator")}, retries=2)
    caller = await pbx.bob.dials("2000")
    for _ in range(2):
        await caller.hears("welcome")
        await caller.presses("9")
        await caller.hears("menu-invalid_entry")
    await caller.hears("menu-exit")
    await caller.hears("operator")
    await caller.ended()
    assert walked(await pbx.trace_of(caller)) == [("menu", "max_retries"), ("play", "_")]


async def test_after_the_last_try_without_a_child_there_is_a_goodbye(pbx: Pbx) -> None:
    await welcome(pbx, retries=1, seconds=0.5, timeout=300)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.hears("menu-exit")
    await caller.hears("vm-goodbye")
    await caller.ended()


async def test_after_the_last_try_the_default_child_is_announced(pbx: Pbx) -> None:
    await pbx.home.media_tone("operator", seconds=1)
    await welcome(pbx, {"_": node("play", id="operator")}, retries=1, seconds=0.5, timeout=300)
    caller = await pbx.bob.dials("2000")
    await caller.hears("menu-exit")
    await caller.hears("menu-transferring_call")
    await caller.hears("operator")
    await caller.hangs_up()


async def test_the_pound_key_ends_a_choice_of_several_digits_at_once(pbx: Pbx) -> None:
    await pbx.home.media_tone("room", seconds=1)
    await welcome(
        pbx, {"1234": node("play", id="room")}, max_extension_length=6, interdigit_timeout=8000
    )
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("1234#")
    await caller.hears("room", within=3)
    await caller.hangs_up()


async def test_a_pause_ends_a_choice_that_could_be_longer(pbx: Pbx) -> None:
    await welcome(pbx, max_extension_length=4, interdigit_timeout=700)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    began = asyncio.get_running_loop().time()
    await caller.presses("1")
    await caller.hears("sales")
    assert 0.7 < asyncio.get_running_loop().time() - began < 2
    await caller.hangs_up()


async def test_an_extension_can_be_typed_into_a_hunting_menu(pbx: Pbx) -> None:
    await welcome(pbx, max_extension_length=4, hunt=True)
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("2001")
    await caller.hears("menu-transferring_call")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("alice's voice")
    await caller.hears("alice's voice")
    await alice.hangs_up()
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert [step.module for step in trace.steps] == ["menu", "user"]


async def test_hunting_is_confined_and_never_finds_the_catch_all(pbx: Pbx) -> None:
    await welcome(pbx, max_extension_length=4, hunt=True, hunt_deny="^20")
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.home.callflow(numbers=["no_match"], flow=node("play", id="sales"))
    caller = await pbx.bob.dials("2000")
    for extension in ("2001", "7777"):
        await caller.hears("welcome")
        await caller.presses(extension)
        await caller.hears("menu-invalid_entry")
    await caller.hangs_up()


async def test_a_menu_without_its_document_still_takes_a_choice(pbx: Pbx) -> None:
    await pbx.home.media_tone("sales", seconds=1)
    await pbx.home.prompt_tone("menu-no_prompt", seconds=2)
    flow = node("menu", {"1": node("play", id="sales")}, id="gone")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("menu-no_prompt")
    await caller.presses("1#")
    await caller.hears("sales")
    await caller.hangs_up()


RECORDING_PROMPTS = (
    "vm-record_greeting",
    "vm-review_recording",
    "vm-recording_to_short",
    "vm-saved",
    "menu-return",
)


async def recordable(pbx: Pbx, **menu: Any) -> None:
    """Make the menu on 2000 one whose greeting is recorded after 5678."""
    for prompt in RECORDING_PROMPTS:
        await pbx.home.prompt_tone(prompt, seconds=0.3)
    pbx.tones.define("beep", 440)
    await welcome(pbx, record_pin="5678", max_extension_length=4, seconds=2, **menu)


async def test_the_greeting_is_recorded_reviewed_and_heard_by_the_next_caller(pbx: Pbx) -> None:
    await recordable(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("5678")
    await caller.hears("vm-record_greeting")
    await caller.hears("beep")
    await caller.stops_hearing("beep", within=6)
    await caller.speaks("bob's greeting")
    await asyncio.sleep(2.5)  # the greeting takes so long to speak
    await caller.presses("#")
    await caller.hushes()
    await caller.hears("vm-review_recording")
    await caller.presses("2")
    await caller.hears("bob's greeting")
    await caller.hears("vm-review_recording")
    await caller.presses("1")
    await caller.hears("vm-saved")
    await caller.hears("menu-return")
    await caller.hears("bob's greeting")
    await caller.hangs_up()
    other = await pbx.carol.dials("2000")
    await other.hears("bob's greeting")
    await other.hangs_up()
    assert "5678" not in str((await pbx.trace_of(caller)).steps[0].inputs)
    assert pbx.recordings() == []
    rows = await pbx.sql(
        "select content_type from attachments where account_id = $1 and document_id = 'welcome'",
        pbx.home.id,
    )
    assert [row["content_type"] for row in rows] == ["audio/wav"]


async def test_a_menu_without_a_greeting_gets_one_of_its_own(pbx: Pbx) -> None:
    await recordable(pbx)
    await pbx.home.prompt_tone("menu-no_prompt", seconds=1)
    await pbx.home.document("menu", "main", {"name": "Main", "record_pin": "5678"})
    caller = await pbx.bob.dials("2000")
    await caller.hears("menu-no_prompt")
    await caller.presses("5678")
    await caller.hears("beep")
    await caller.speaks("bob's greeting")
    await asyncio.sleep(2.5)
    await caller.presses("1")
    await caller.hushes()
    await caller.hears("vm-review_recording")
    await caller.presses("1")
    await caller.hears("bob's greeting")
    await caller.hangs_up()
    rows = await pbx.sql(
        "select doc from documents where account_id = $1 and id ="
        " (select doc -> 'media' ->> 'greeting' from documents"
        "  where account_id = $1 and id = 'main')",
        pbx.home.id,
    )
    assert rows[0]["doc"]["name"] == "Main menu greeting"
    assert rows[0]["doc"]["source_id"] == "main"


async def test_a_short_greeting_is_recorded_again_and_a_hangup_leaves_nothing(pbx: Pbx) -> None:
    await recordable(pbx)
    caller = await pbx.bob.dials("2000")
    await caller.hears("welcome")
    await caller.presses("5678")
    await caller.hears("beep")
    await caller.stops_hearing("beep", within=6)
    await caller.presses("1")
    await caller.hears("vm-review_recording")
    await caller.presses("1")
    await caller.hears("vm-recording_to_short")
    await caller.hears("beep")
    await caller.stops_hearing("beep", within=6)
    await caller.presses("1")
    await caller.hears("vm-review_recording")
    await caller.presses("3")
    await caller.hears("beep")
    await caller.stops_hearing("beep", within=6)
    assert len(pbx.recordings()) == 1
    await caller.hangs_up()
    await pbx.trace_of(caller)
    assert pbx.recordings() == []


async def test_callers_from_outside_record_only_where_they_may(pbx: Pbx) -> None:
    number = public_number()
    await pbx.sql(
        "insert into phone_numbers (number, account_id) values ($1, $2)", number, pbx.home.id
    )
    await recordable(pbx)
    await pbx.home.callflow(numbers=[number], flow=node("menu", id="main"))
    caller = await pbx.carrier.dials(number)
    await caller.hears("welcome")
    await caller.sounds("5678")
    await caller.hears("menu-invalid_entry")
    await caller.hangs_up()
    await pbx.home.menu(
        "main", greeting="welcome", record_pin="5678", allow_record_from_offnet=True
    )
    caller = await pbx.carrier.dials(number)
    await caller.hears("welcome")
    await caller.sounds("5678")
    await caller.hears("vm-record_greeting")
    await caller.hangs_up()
