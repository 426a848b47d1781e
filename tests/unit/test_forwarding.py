"""Whereto and how calls are forwarded, and which are not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runtime.accounts import Account
from runtime.phones import MAX_FORWARDS, Caller, RingOptions
from runtime.phones.forwarding import Forward, Forwarder, dialled, forward_leg, redirection
from runtime.telephony import Target

ACCOUNT = Account("a" * 32, "Test", realm="pbx.example")
ALICE = Forwarder(ACCOUNT, "desk", "alice")
BOB = Caller("2002", "Bob", internal=True, device_id="bob_phone", owner_id="bob")
OUTSIDE = Caller("+15551234567", "Eve", internal=False)
PLAIN = RingOptions()


def forward(**settings: Any) -> Forward:
    """Read settings; they forward to 2003."""
    found = Forward.of({"call_forward": {"enabled": True, "number": "2003", **settings}})
    assert found is not None
    return found


def leg(settings: Mapping[str, Any], caller: Caller = BOB, options: RingOptions = PLAIN) -> Target:
    """Return the leg to 2003."""
    made = forward_leg(ALICE, caller, options, forward(**settings))
    assert isinstance(made, Target), made
    return made


def test_what_is_not_said_is_as_in_the_schema() -> None:
    assert forward() == Forward("2003", enabled=True)
    made = leg({})
    assert made.dial_string == "Local/2003@callflow-forward/n"
    assert made.confirms
    assert made.ignores_early_media
    assert made.variables["CALLFLOW_FORWARD"] == "keep/2003"
    assert made.variables["CONNECTEDLINE(num,i)"] == "2002"


@pytest.mark.parametrize(
    "settings",
    [{"enabled": False}, {"enabled": 1}, {"number": ""}, {"number": None}, {"number": []}],
)
def test_forwarding_that_is_off(settings: dict[str, Any]) -> None:
    said = {"enabled": True, "number": "2003", **settings}
    assert Forward.of({"call_forward": said}) is None


def test_the_call_becomes_the_forwarders() -> None:
    told = leg({}).variables
    assert told["CALLFLOW_ACCOUNT"] == ACCOUNT.id
    assert told["CALLFLOW_DEVICE"] == "desk"
    assert told["CALLFLOW_OWNER"] == "alice"
    assert told["CCV_call_forward"] == "true"
    assert told["CCV_authorizing_id"] == "desk"
    assert told["CCV_call_forward_from"] == "onnet"
    assert leg({}, OUTSIDE).variables["CCV_call_forward_from"] == "offnet"


def test_a_caller_inside_is_shown_by_his_number_outside_or_not_at_all() -> None:
    own = {"keep_caller_id": False}
    caller = replace(BOB, user={"caller_id": {"external": {"number": "+15550001"}}})
    assert leg(own, caller).variables["CONNECTEDLINE(num,i)"] == "+15550001"
    assert leg(own).variables["CALLFLOW_FORWARD"] == "own/2003"
    assert "CONNECTEDLINE(num,i)" not in leg(own).variables
    assert "CONNECTEDLINE(num,i)" not in leg(own, OUTSIDE).variables
    secret = leg({}, options=RingOptions(suppress_clid=True)).variables
    assert secret["CONNECTEDLINE(pres,i)"] == "prohib"
    assert "CONNECTEDLINE(num,i)" not in secret


def test_there_is_no_ringtone_on_a_forwarded_call() -> None:
    told = leg({}, replace(BOB, alert_info="loud"), RingOptions(ringtone="louder")).variables
    assert not [name for name in told if name.startswith("PJSIP_HEADER")]


@pytest.mark.parametrize(
    ("settings", "ignored"),
    [
        ({"require_keypress": False}, True),
        ({"require_keypress": False, "ignore_early_media": False}, False),
        ({"require_keypress": True, "ignore_early_media": False}, True),
        (
            {"require_keypress": False, "ignore_early_media": False, "substitute": False},
            True,
        ),
    ],
)
def test_when_the_callers_hear_what_the_number_plays(
    settings: dict[str, Any],
    ignored: bool,  # noqa: FBT001
) -> None:
    assert leg(settings).ignores_early_media is ignored


def test_calls_by_way_of_a_group_are_not_forwarded_where_only_direct_ones_are() -> None:
    only = forward(direct_calls_only=True)
    assert only.is_active(BOB, PLAIN)
    assert not only.is_active(BOB, RingOptions(direct=False))
    assert not only.is_active(replace(BOB, forwarded=("2001",)), PLAIN)
    assert forward().is_active(BOB, RingOptions(direct=False))


def test_failover_counts_more_than_the_others_and_whether_it_is_on_or_not() -> None:
    assert not forward(failover=True).is_active(BOB, PLAIN)
    off = Forward.of({"call_forward": {"enabled": False, "failover": True, "number": "2003"}})
    assert off is not None
    assert off.failover


@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        (replace(BOB, forwarded=("2003",)), "the call was forwarded to 2003 before"),
        (
            replace(BOB, forwarded=tuple(str(n) for n in range(MAX_FORWARDS))),
            f"the call was forwarded {MAX_FORWARDS} times already",
        ),
    ],
)
def test_a_call_does_not_go_round_in_circles(caller: Caller, reason: str) -> None:
    assert forward_leg(ALICE, caller, PLAIN, forward()) == f"call forward: {reason}"


def test_the_way_of_a_call_is_remembered_by_the_numbers_as_the_account_writes_them() -> None:
    told = leg({"number": "(415) 886-7900"}, replace(BOB, forwarded=("2001",))).variables
    assert told["CALLFLOW_FORWARD"] == "keep/2001/+14158867900"
    again = replace(BOB, forwarded=("+14158867900",))
    refused = forward_leg(ALICE, again, PLAIN, forward(number="+1 415 886 7900"))
    assert isinstance(refused, str)


@pytest.mark.parametrize(
    ("number", "as_dialled"),
    [
        ("2003", "2003"),
        ("+49 (30) 1234-5", "+493012345"),
        ("*98", "*98"),
        ("bob", "bob"),
        ("b", None),
        ("", None),
        ("20,03", None),
        ("2003@else.example", None),
        ("2003&PJSIP/x", None),
        ("${EXTEN}", None),
        ("1" * 65, None),
    ],
)
def test_only_what_a_phone_could_dial_is_dialled(number: str, as_dialled: str | None) -> None:
    assert dialled(number) == as_dialled


def test_where_one_rejection_ends_all_a_machines_word_is_none() -> None:
    rejecting = leg({}).rejecting
    assert rejecting is not None
    assert "USER_BUSY" in rejecting
    assert "UNALLOCATED_NUMBER" not in rejecting
    assert leg({"require_keypress": False}).rejecting is None


def test_a_redirection_is_followed_without_a_key_and_shows_the_caller() -> None:
    made = forward_leg(ALICE, BOB, PLAIN, redirection("2003;user=phone"))
    assert isinstance(made, Target)
    assert made.dial_string == "Local/2003@callflow-forward/n"
    assert not made.confirms
    assert made.variables["CALLFLOW_FORWARD"] == "keep/2003"
