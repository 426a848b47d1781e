"""What the called phone shows of the caller."""

from typing import Any

import pytest

from runtime.phones import Caller, documented_caller_id, shown_caller_id

ALICE = {"sip": {"username": "alice"}}


def inside(**more: Any) -> Caller:
    """Return a caller of the account whom SIP calls 2002, Bob."""
    return Caller("2002", "Bob", internal=True, **more)


def test_without_a_number_of_his_own_a_caller_is_known_by_his_lamp() -> None:
    assert shown_caller_id(inside(device=ALICE)) == ("Bob", "alice")
    assert shown_caller_id(inside(device=ALICE, user={"presence_id": "7@x"})) == ("Bob", "7")


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        (inside(dynamic_name="Sales", dynamic_number="100"), ("Sales", "100")),
        (inside(dynamic_number="100", prefix_number="9", prefix_name="A "), ("A Bob", "9100")),
        (inside(prefix_name="A ", rewritten_name="Z"), ("Z", "2002")),
        (inside(prefix_number="9", rewritten_number="1"), ("Bob", "1")),
        (inside(retained=True, dynamic_number="100", device=ALICE), ("Bob", "2002")),
        (Caller("+1555", "Eve", internal=False, dynamic_number="1"), ("Eve", "+1555")),
        (Caller("+1555", "Eve", internal=False, prefix_name="Q "), ("Q Eve", "+1555")),
    ],
)
def test_what_actions_chose(caller: Caller, shown: tuple[str, str]) -> None:
    assert shown_caller_id(caller) == shown


@pytest.mark.parametrize(
    ("formats", "shown"),
    [
        ({"all": {"regex": r"^\+1(\d+)$", "prefix": "0"}}, "04158867900"),
        ({"all": {"prefix": "9"}, "did_us": {"regex": r"^\+1(\d+)$"}}, "4158867900"),
        ({"all": {"regex": "("}}, "+14158867900"),
        ({"all": {"regex": "^nothing$", "prefix": "9"}}, "+14158867900"),
        ({"international": {"prefix": "9"}}, "+14158867900"),
        ({"all": {"suffix": "#1"}}, "+14158867900#1"),
    ],
)
def test_numbers_are_written_as_the_account_wants_them(formats: dict[str, Any], shown: str) -> None:
    account = {"caller_id_options": {"format": formats}}
    caller = Caller("+14158867900", "Eve", internal=False, account=account)
    assert shown_caller_id(caller) == ("Eve", shown)


def test_what_privacy_withholds_is_hidden_from_the_accounts_own_phones_too() -> None:
    hidden = {"hides_name": True, "hides_number": True}
    assert shown_caller_id(inside(**hidden)) == ("Anonymous", "anonymous")
    assert shown_caller_id(inside(retained=True, **hidden)) == ("Anonymous", "anonymous")
    assert shown_caller_id(inside(hides_name=True)) == ("Anonymous", "2002")
    assert shown_caller_id(inside(hides_number=True)) == ("Bob", "anonymous")


def test_each_kind_of_caller_id_has_its_own_order() -> None:
    def number(kind: str, digits: str) -> dict[str, Any]:
        return {"caller_id": {kind: {"number": digits}}}

    assert documented_caller_id(inside(user=number("external", "1")), "external")[1] == "1"
    both = inside(user=number("emergency", "1"), device=number("emergency", "2"))
    assert documented_caller_id(both, "emergency")[1] == "2"
    external = inside(user=number("external", "3"))
    assert documented_caller_id(external, "emergency")[1] == "3"
    default = inside(account=number("default", "4"))
    assert documented_caller_id(default, "emergency")[1] == "4"
    assert documented_caller_id(default, "asserted") == (None, None)
