"""What users switch from their own phones: forwarding, call waiting, do not disturb, lamps."""

from typing import Any

import pytest

from runtime.simulator import Line
from tests.calls.account import node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

PROMPTS = (
    *("cf-not_available", "cf-now_forwarded_to", "cf-disabled", "cf-enter_number"),
    *("cf-enabled_menu", "cf-disabled_menu", "vm-saved"),
    *("cw-activated", "cw-deactivated", "cw-not_available"),
    *("dnd-activated", "dnd-deactivated", "dnd-not_available"),
)
NUMBER = "5551234"


async def feature(pbx: Pbx, module: str, **data: Any) -> None:
    """Put an action on *7, and on *7 with digits behind it, that leads to «next»."""
    for prompt in PROMPTS:
        await pbx.home.prompt_tone(prompt, seconds=0.4)
    await pbx.home.media_tone("next", seconds=0.4)
    flow = node(module, {"_": node("play", id="next")}, **data)
    await pbx.home.callflow(numbers=["*7"], patterns=[r"^\*7([0-9]+)$"], flow=flow)


def doc(pbx: Pbx, kind: str, name: str) -> Any:
    """Return a document of the account; {} when there is none."""
    return pbx.house.documents.accounts[pbx.home.id].documents.get((kind, name), {})


async def forwarded(pbx: Pbx, *, enabled: bool, number: str | None = None) -> None:
    """Give bob a call forwarding."""
    given = {"number": number} if number else {}
    await pbx.home.user("bob", call_forward={"enabled": enabled, "require_keypress": True, **given})


async def heard_by(caller: Line) -> list[str]:
    """Return all that a caller hears until he is hung up."""
    await caller.ended(within=300)
    return caller.heard


async def inputs_of(pbx: Pbx, caller: Line) -> dict[str, Any]:
    """Return what the first step of a call noted."""
    return (await pbx.trace_of(caller)).steps[0].inputs or {}


async def outside(pbx: Pbx, number: str = "*7") -> Line:
    """Let somebody outside reach the feature by a public number."""
    pbx.house.documents.numbers["+15550002000"] = pbx.home.id
    jump = pbx.house.documents.accounts[pbx.home.id].callflows
    code: Any = next(flow for flow in jump.values() if isinstance(flow, dict))
    await pbx.home.callflow(numbers=["+15550002000"], flow=code["flow"])
    assert number in code["numbers"]
    return pbx.carrier.dial("+15550002000")


async def vanished(pbx: Pbx) -> None:
    """Delete bob's user while the runtime still knows him, as when PostgreSQL is a moment ahead."""
    await pbx.home.callflow(numbers=["*0"], flow=node("noop"))
    await heard_by(pbx.dials("*0"))  # who calls is looked up
    del pbx.house.documents.accounts[pbx.home.id].documents["user", "bob"]


# call_forward


async def test_forwarding_is_switched_on_by_the_number_behind_the_code(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="activate")
    await forwarded(pbx, enabled=False, number="111")
    assert await heard_by(pbx.dials(f"*7{NUMBER}")) == ["cf-now_forwarded_to", NUMBER, "next"]
    # What else the document says of it stays.
    assert doc(pbx, "user", "bob")["call_forward"] == {
        "enabled": True,
        "number": NUMBER,
        "require_keypress": True,
    }
    assert doc(pbx, "user", "bob")["first_name"] == "Bob"
    assert "call_forward" not in doc(pbx, "device", "bob_phone")


async def test_without_a_number_forwarding_asks_for_one(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="activate")
    caller = pbx.dials("*7")
    await caller.hears("cf-enter_number")
    await caller.presses(f"{NUMBER}#")
    assert await heard_by(caller) == [
        *("cf-enter_number", "vm-saved", "cf-now_forwarded_to", NUMBER, "next")
    ]
    assert doc(pbx, "user", "bob")["call_forward"] == {"enabled": True, "number": NUMBER}
    assert walked(await pbx.trace_of(caller))[0] == ("call_forward", "_")


async def test_whoever_gives_no_number_switches_nothing_on(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="activate")
    caller = pbx.dials("*7")
    for _ in range(3):
        await caller.hears("cf-enter_number")
    await caller.hears("next")
    assert "cf-now_forwarded_to" not in await heard_by(caller)
    assert "call_forward" not in doc(pbx, "user", "bob")
    assert "3 tries" in (await inputs_of(pbx, caller))["problem"]


async def test_switching_forwarding_off_keeps_the_number(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="deactivate")
    await forwarded(pbx, enabled=True, number=NUMBER)
    assert await heard_by(pbx.dials("*7999")) == ["cf-disabled", "next"]
    assert doc(pbx, "user", "bob")["call_forward"] == {
        "enabled": False,
        "number": NUMBER,
        "require_keypress": True,
    }


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_new_number_behind_the_code_is_taken_in_silence(pbx: Pbx, *, enabled: bool) -> None:
    await feature(pbx, "call_forward", action="update")
    await forwarded(pbx, enabled=enabled, number="111")
    assert await heard_by(pbx.dials(f"*7{NUMBER}")) == ["next"]
    kept = doc(pbx, "user", "bob")["call_forward"]
    assert (kept["enabled"], kept["number"]) == (enabled, NUMBER)


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_number_that_is_too_short_is_asked_for_again(pbx: Pbx, *, enabled: bool) -> None:
    await feature(pbx, "call_forward", action="update")
    await forwarded(pbx, enabled=enabled, number="111")
    caller = pbx.dials("*7")
    await caller.hears("cf-enter_number")
    await caller.presses("12#")
    await caller.hears("cf-enter_number")
    await caller.presses("#")
    await caller.hears("cf-enter_number")
    await caller.presses("123#")
    assert await heard_by(caller) == [*("cf-enter_number",), "vm-saved", "next"]
    kept = doc(pbx, "user", "bob")["call_forward"]
    assert (kept["enabled"], kept["number"]) == (enabled, "123")


async def test_the_twentieth_digit_ends_the_number(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="update")
    caller = pbx.dials("*7")
    await caller.hears("cf-enter_number")
    await caller.presses("1234567890" * 2 + "77")
    await caller.hears("vm-saved")
    assert doc(pbx, "user", "bob")["call_forward"]["number"] == "1234567890" * 2
    await caller.hangs_up()


async def test_the_first_digit_may_take_8_s_and_each_further_one_2_s(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="update")
    caller = pbx.dials("*7")
    await caller.hears("cf-enter_number")
    await caller.stops_hearing("cf-enter_number", within=1)
    await caller.silence(7.95)
    await caller.hears("cf-enter_number", within=0.1)
    await caller.stops_hearing("cf-enter_number", within=1)
    await caller.silence(7.8)
    for key in "123":
        await caller.presses(key)
        await caller.silence(1.95)  # 2 s are counted from the key's release, 0.1 s later
    await caller.hears("vm-saved", within=0.2)
    await caller.hangs_up()
    assert doc(pbx, "user", "bob")["call_forward"]["number"] == "123"


@pytest.mark.parametrize(
    ("enabled", "stored", "dialled", "heard", "after"),
    [
        (False, "111", "*7", ["cf-now_forwarded_to", "111"], (True, "111")),
        (False, "111", "*7222", ["cf-now_forwarded_to", "111"], (True, "111")),
        (False, None, "*7222", ["cf-now_forwarded_to", "222"], (True, "222")),
        (True, "111", "*7", ["cf-disabled"], (False, "111")),
        (True, "111", "*7222", ["cf-disabled"], (False, "111")),
        (True, None, "*7", ["cf-disabled"], (False, None)),
    ],
)
async def test_forwarding_toggles(
    pbx: Pbx,
    *,
    enabled: bool,
    stored: str | None,
    dialled: str,
    heard: list[str],
    after: tuple[bool, str | None],
) -> None:
    await feature(pbx, "call_forward", action="toggle")
    await forwarded(pbx, enabled=enabled, number=stored)
    assert await heard_by(pbx.dials(dialled)) == [*heard, "next"]
    kept = doc(pbx, "user", "bob")["call_forward"]
    assert (kept["enabled"], kept.get("number")) == after


async def test_toggling_on_without_any_number_asks_for_one(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="toggle")
    caller = pbx.dials("*7")
    await caller.hears("cf-enter_number")
    await caller.presses("333#")
    assert (await heard_by(caller))[-3:] == ["cf-now_forwarded_to", "333", "next"]
    assert doc(pbx, "user", "bob")["call_forward"] == {"enabled": True, "number": "333"}


async def test_the_menu_toggles_with_1_and_changes_the_number_with_2(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="menu")
    await forwarded(pbx, enabled=False, number="111")
    caller = pbx.dials("*7")
    await caller.hears("cf-disabled_menu")
    await caller.presses("1")
    await caller.hears("cf-now_forwarded_to")
    await caller.hears("111")
    await caller.hears("cf-enabled_menu")
    await caller.presses("2")
    await caller.hears("cf-enter_number")
    await caller.presses("222#")
    await caller.hears("vm-saved")
    await caller.hears("cf-enabled_menu")
    await caller.presses("1")
    await caller.hears("cf-disabled")
    await caller.hears("cf-disabled_menu")
    await caller.hangs_up()
    await pbx.trace_of(caller)
    kept = doc(pbx, "user", "bob")["call_forward"]
    assert (kept["enabled"], kept["number"]) == (False, "222")


async def test_each_change_in_the_menu_is_saved_when_it_is_made(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="menu")
    await forwarded(pbx, enabled=False, number="111")
    caller = pbx.dials("*7")
    await caller.hears("cf-disabled_menu")
    await caller.presses("1")
    await caller.hears("cf-now_forwarded_to")
    assert doc(pbx, "user", "bob")["call_forward"]["enabled"] is True
    await caller.hears("cf-enabled_menu")
    await caller.presses("2")
    await caller.hears("cf-enter_number")
    await caller.presses("22")
    await caller.hangs_up()
    await pbx.trace_of(caller)
    kept = doc(pbx, "user", "bob")["call_forward"]
    assert (kept["enabled"], kept["number"]) == (True, "111")


async def test_three_useless_keys_in_a_row_end_the_menu(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="menu")
    await forwarded(pbx, enabled=False, number="111")
    caller = pbx.dials("*7")
    for key in "93":
        await caller.hears("cf-disabled_menu")
        await caller.presses(key)
    await caller.hears("cf-disabled_menu")
    await caller.presses("1")
    for _ in range(3):  # silence counts, too
        await caller.hears("cf-enabled_menu")
    await caller.hears("next")
    await caller.ended()
    assert doc(pbx, "user", "bob")["call_forward"]["enabled"] is True


async def test_whatever_is_pressed_the_menu_ends_some_time(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="menu")
    await forwarded(pbx, enabled=False, number="1")
    caller = pbx.dials("*7")
    for _ in range(10):
        await caller.hears("cf-disabled_menu")
        await caller.presses("1")
        await caller.hears("cf-enabled_menu")
        await caller.presses("1")
    await caller.hears("next")
    await caller.ended()


async def test_a_phone_that_is_nobodys_forwards_itself(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="activate")
    door = await pbx.phone("door")
    assert await heard_by(door.dial(f"*7{NUMBER}")) == ["cf-now_forwarded_to", NUMBER, "next"]
    assert doc(pbx, "device", "door_phone")["call_forward"]["number"] == NUMBER


async def test_a_phone_of_several_hot_desked_users_forwards_itself(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="activate")
    users: dict[str, Any] = {"alice": {}, "carol": {}}
    await pbx.home.device("bob", user="bob", hotdesk={"users": users})
    await heard_by(pbx.dials(f"*7{NUMBER}"))
    assert doc(pbx, "device", "bob_phone")["call_forward"]["number"] == NUMBER
    assert all("call_forward" not in doc(pbx, "user", name) for name in ("alice", "bob", "carol"))


async def test_the_one_hot_desked_user_forwards_not_the_owner(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="activate")
    await pbx.home.device("bob", user="bob", hotdesk={"users": {"carol": {}}})
    await heard_by(pbx.dials(f"*7{NUMBER}"))
    assert doc(pbx, "user", "carol")["call_forward"]["number"] == NUMBER
    assert "call_forward" not in doc(pbx, "user", "bob")


async def test_a_caller_from_outside_has_no_forwarding(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="toggle")
    caller = await outside(pbx)
    assert await heard_by(caller) == ["cf-not_available"]
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("call_forward", None)]
    assert trace.call.answered_at is None


@pytest.mark.parametrize("action", [None, "explode"])
async def test_an_unknown_action_changes_no_forwarding(pbx: Pbx, action: str | None) -> None:
    await feature(pbx, "call_forward", action=action)
    caller = pbx.dials(f"*7{NUMBER}")
    assert await heard_by(caller) == ["next"]
    assert "call_forward" not in doc(pbx, "user", "bob")
    assert "data.action" in (await inputs_of(pbx, caller))["problem"]


async def test_forwarding_that_cannot_be_saved_is_not_announced(pbx: Pbx) -> None:
    await feature(pbx, "call_forward", action="activate")
    await vanished(pbx)
    caller = pbx.dials(f"*7{NUMBER}")
    assert await heard_by(caller) == ["next"]
    step = (await pbx.trace_of(caller)).steps[0]
    assert (step.outcome, step.child) == ("failed", "_")
    assert "user bob" in (step.error or "")


# call_waiting


@pytest.mark.parametrize(
    ("scope", "kind", "name"),
    [(None, "device", "bob_phone"), ("device", "device", "bob_phone"), ("user", "user", "bob")],
)
async def test_call_waiting_toggles_and_is_on_at_first(
    pbx: Pbx, scope: str | None, kind: str, name: str
) -> None:
    await feature(pbx, "call_waiting", scope=scope)
    before = doc(pbx, kind, name)
    assert await heard_by(pbx.dials("*7")) == ["cw-deactivated", "next"]
    assert doc(pbx, kind, name) == {**before, "call_waiting": {"enabled": False}}
    assert await heard_by(pbx.dials("*7")) == ["cw-activated", "next"]
    assert doc(pbx, kind, name) == {**before, "call_waiting": {"enabled": True}}


@pytest.mark.parametrize("action", ["activate", "deactivate"])
async def test_call_waiting_is_what_was_asked_for_the_second_time_too(
    pbx: Pbx, action: str
) -> None:
    await feature(pbx, "call_waiting", action=action)
    for _ in range(2):
        assert await heard_by(pbx.dials("*7")) == [f"cw-{action}d", "next"]
    kept = doc(pbx, "device", "bob_phone").get("call_waiting", {"enabled": True})
    assert kept == {"enabled": action == "activate"}


async def test_call_waiting_that_is_on_already_is_not_written(pbx: Pbx) -> None:
    await feature(pbx, "call_waiting", action="activate")
    assert await heard_by(pbx.dials("*7")) == ["cw-activated", "next"]
    assert "call_waiting" not in doc(pbx, "device", "bob_phone")


async def test_a_caller_from_outside_has_no_call_waiting(pbx: Pbx) -> None:
    await feature(pbx, "call_waiting")
    caller = await outside(pbx)
    assert await heard_by(caller) == ["cw-not_available"]
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("call_waiting", None)]
    assert trace.call.answered_at is None


async def test_a_phone_that_is_nobodys_has_no_users_call_waiting(pbx: Pbx) -> None:
    await feature(pbx, "call_waiting", scope="user")
    door = await pbx.phone("door")
    assert await heard_by(door.dial("*7")) == ["cw-not_available"]


async def test_a_wrong_scope_is_traced_and_the_flow_goes_on(pbx: Pbx) -> None:
    await feature(pbx, "call_waiting", scope="planet")
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["next"]
    step = (await pbx.trace_of(caller)).steps[0]
    assert (step.outcome, step.child) == ("failed", "_")
    assert "data.scope" in (step.error or "")


async def test_an_unknown_action_on_call_waiting_is_not_available(pbx: Pbx) -> None:
    await feature(pbx, "call_waiting", action="explode")
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["cw-not_available", "next"]
    assert "data.action" in (await inputs_of(pbx, caller))["problem"]
    assert "call_waiting" not in doc(pbx, "device", "bob_phone")


async def test_call_waiting_that_cannot_be_saved_is_not_announced(pbx: Pbx) -> None:
    await feature(pbx, "call_waiting", scope="user")
    await vanished(pbx)
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["cw-not_available", "next"]
    assert "user bob" in (await inputs_of(pbx, caller))["not_saved"]


# do_not_disturb


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("activate", None, True),
        ("activate", True, True),
        ("deactivate", True, False),
        ("deactivate", None, False),
        ("toggle", None, True),
        ("toggle", True, False),
        ("toggle", "true", False),
    ],
)
async def test_do_not_disturb_is_switched_and_said(
    pbx: Pbx, action: str, before: object, after: object
) -> None:
    await feature(pbx, "do_not_disturb", action=action)
    if before is not None:
        await pbx.home.user("bob", do_not_disturb={"enabled": before, "note": "kept"})
    said = "dnd-activated" if after else "dnd-deactivated"
    assert await heard_by(pbx.dials("*7")) == [said, "next"]
    assert doc(pbx, "user", "bob")["do_not_disturb"]["enabled"] is after
    assert (before is None) or doc(pbx, "user", "bob")["do_not_disturb"]["note"] == "kept"
    assert "do_not_disturb" not in doc(pbx, "device", "bob_phone")


async def test_whoever_is_not_to_be_disturbed_does_not_ring(pbx: Pbx) -> None:
    await feature(pbx, "do_not_disturb", action="activate")
    await pbx.home.callflow(numbers=["2002"], flow=node("user", {}, id="bob"))
    await heard_by(pbx.dials("*7"))
    caller = pbx.alice.dial("2002")
    await caller.ended()
    assert pbx.bob.lines[1:] == []
    assert (await inputs_of(pbx, caller))["left_out"] == {"bob_phone": "do not disturb (user)"}


@pytest.mark.parametrize(("kind", "name"), [("user", "carol"), ("device", "carol_phone")])
async def test_do_not_disturb_of_somebody_else(pbx: Pbx, kind: str, name: str) -> None:
    await feature(pbx, "do_not_disturb", action="toggle", id=name)
    assert await heard_by(pbx.dials("*7")) == ["dnd-activated", "next"]
    assert doc(pbx, kind, name)["do_not_disturb"] == {"enabled": True}
    assert "do_not_disturb" not in doc(pbx, "user", "bob")
    assert await heard_by(pbx.alice.dial("*7")) == ["dnd-deactivated", "next"]


async def test_do_not_disturb_of_another_account_is_out_of_reach(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await other.user("stranger")
    await feature(pbx, "do_not_disturb", action="activate", id="stranger")
    await heard_by(pbx.dials("*7"))
    strangers = pbx.house.documents.accounts[other.id].documents["user", "stranger"]
    assert "do_not_disturb" not in strangers


@pytest.mark.parametrize("wrong", ["nobody", "menu"])
async def test_an_id_of_no_user_or_device_is_passed_over(pbx: Pbx, wrong: str) -> None:
    await pbx.home.menu("menu", greeting="hello")
    await feature(pbx, "do_not_disturb", action="activate", id=wrong)
    assert await heard_by(pbx.dials("*7")) == ["dnd-activated", "next"]
    assert doc(pbx, "user", "bob")["do_not_disturb"] == {"enabled": True}


async def test_a_phone_that_is_nobodys_is_not_to_be_disturbed_itself(pbx: Pbx) -> None:
    await feature(pbx, "do_not_disturb", action="activate")
    door = await pbx.phone("door")
    assert await heard_by(door.dial("*7")) == ["dnd-activated", "next"]
    assert doc(pbx, "device", "door_phone")["do_not_disturb"] == {"enabled": True}


async def test_a_caller_from_outside_can_be_disturbed(pbx: Pbx) -> None:
    await feature(pbx, "do_not_disturb", action="activate")
    caller = await outside(pbx)
    assert await heard_by(caller) == ["dnd-not_available"]
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("do_not_disturb", None)]
    assert trace.call.answered_at is None


@pytest.mark.parametrize("action", [None, "explode"])
async def test_an_unknown_action_on_do_not_disturb_is_not_available(
    pbx: Pbx, action: str | None
) -> None:
    await feature(pbx, "do_not_disturb", action=action)
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["dnd-not_available", "next"]
    assert "data.action" in (await inputs_of(pbx, caller))["problem"]
    assert "do_not_disturb" not in doc(pbx, "user", "bob")


async def test_do_not_disturb_that_cannot_be_saved_is_not_announced(pbx: Pbx) -> None:
    await feature(pbx, "do_not_disturb", action="activate")
    await vanished(pbx)
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["dnd-not_available", "next"]
    assert "user bob" in (await inputs_of(pbx, caller))["not_saved"]


# manual_presence


@pytest.mark.parametrize(
    ("status", "state"),
    [("idle", "terminated"), ("ringing", "early"), ("busy", "confirmed"), (None, "terminated")],
)
async def test_a_lamp_is_set_and_remembered(pbx: Pbx, status: str | None, state: str) -> None:
    await feature(pbx, "manual_presence", presence_id="lunch", status=status)
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["next"]
    assert doc(pbx, "manual_presence", "manual_presence") == {"lunch@home.example": state}
    assert (await pbx.trace_of(caller)).call.answered_at is not None


async def test_other_lamps_stay_as_they_are(pbx: Pbx) -> None:
    await pbx.home.document("manual_presence", "manual_presence", {"door@home.example": "early"})
    await feature(pbx, "manual_presence", presence_id="lunch", status="busy")
    await heard_by(pbx.dials("*7"))
    assert doc(pbx, "manual_presence", "manual_presence") == {
        "door@home.example": "early",
        "lunch@home.example": "confirmed",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("door@home.example", "door@home.example"),
        ("door@HOME.example", "door@HOME.example"),
        (77, "77@home.example"),
        (None, "5@home.example"),
        ("", "5@home.example"),
    ],
)
async def test_which_lamp_is_meant(pbx: Pbx, given: object, kept: str) -> None:
    await feature(pbx, "manual_presence", presence_id=given, status="busy")
    caller = pbx.dials("*75")
    await heard_by(caller)
    assert doc(pbx, "manual_presence", "manual_presence") == {kept: "confirmed"}
    assert "problem" not in await inputs_of(pbx, caller)


async def test_a_phones_own_realm_comes_before_the_accounts(pbx: Pbx) -> None:
    await feature(pbx, "manual_presence", presence_id="lunch", status="busy")
    await pbx.home.device("bob", user="bob", sip={"realm": "own.example"})
    await heard_by(pbx.dials("*7"))
    assert doc(pbx, "manual_presence", "manual_presence") == {"lunch@own.example": "confirmed"}


async def test_another_accounts_realm_is_written_down_but_no_lamp(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await feature(pbx, "manual_presence", presence_id="lunch@other.example", status="busy")
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["next"]
    assert "other.example" in (await inputs_of(pbx, caller))["problem"]
    assert pbx.house.documents.accounts[other.id].documents == {}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"presence_id": "two words"}, {"presence_id": "a@b@c"}, {"presence_id": "x" * 65}],
    ids=["missing", "blank", "two realms", "too long"],
)
async def test_without_a_name_there_is_no_lamp_and_the_flow_goes_on(
    pbx: Pbx, wrong: dict[str, str]
) -> None:
    await feature(pbx, "manual_presence", status="busy", **wrong)
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["next"]
    step = (await pbx.trace_of(caller)).steps[0]
    assert (step.outcome, step.child) == ("failed", "_")
    assert "data.presence_id" in (step.error or "")
    assert doc(pbx, "manual_presence", "manual_presence") == {}


async def test_an_unknown_status_sets_no_lamp_and_the_flow_goes_on(pbx: Pbx) -> None:
    await feature(pbx, "manual_presence", presence_id="lunch", status="purple")
    caller = pbx.dials("*7")
    assert await heard_by(caller) == ["next"]
    step = (await pbx.trace_of(caller)).steps[0]
    assert (step.outcome, step.child) == ("failed", "_")
    assert "data.status" in (step.error or "")
    assert doc(pbx, "manual_presence", "manual_presence") == {}
