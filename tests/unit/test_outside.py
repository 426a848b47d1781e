"""Calling out in the account's name, and the merged endpoint."""

from typing import Any

import pytest

from runtime.accounts import Account
from runtime.phones import (
    Caller,
    account_caller_id,
    class_of,
    denies,
    merged,
    shown_caller_id,
)

OURS = ("+14155550111", "+14155550122")


def account(**doc: Any) -> Account:
    return Account("a" * 32, "Home", doc=doc, numbers=OURS)


def caller(number: str, *, retained: bool = False) -> Caller:
    doc = {"caller_id": {"internal": {"number": "2001"}}}
    return Caller(number, "Somebody", internal=True, device=doc, retained=retained)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+18005550100", "tollfree_us"),
        ("+19005550100", "toll_us"),
        ("911", "emergency"),
        ("+12425550100", "caribbean"),
        ("+14155550100", "did_us"),
        ("+442079460000", "international"),
        ("2001", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_number_has_a_class(number: str, expected: str) -> None:
    assert class_of(number) == expected


def test_the_account_denies_classes_by_name() -> None:
    restricted = account(call_restriction={"international": {"action": "deny"}, "did_us": "deny"})
    assert denies(restricted, "+442079460000")
    assert not denies(restricted, "+14155550100")
    assert not denies(account(), "+442079460000")


@pytest.mark.parametrize(
    ("caller_id", "own", "shown"),
    [
        ({"external": {"number": "4155550111", "name": "Home"}}, "2001", ("Home", "4155550111")),
        ({"external": {"number": "+15559999999"}}, "2001", ("+14155550111", "+14155550111")),
        ({"default": {"number": "+15550003333"}}, "2001", ("+15550003333", "+15550003333")),
        ({}, "+14155550122", ("+14155550122", "+14155550122")),
        ({}, "2001", ("+14155550111", "+14155550111")),
    ],
)
def test_the_accounts_caller_id(caller_id: Any, own: str, shown: tuple[str, str]) -> None:
    assert account_caller_id(account(caller_id=caller_id), caller(own)) == shown


def test_an_account_without_numbers_is_anonymous() -> None:
    assert account_caller_id(Account("a" * 32, "x"), caller("2001")) == ("anonymous", "anonymous")


def test_a_caller_id_that_was_chosen_is_shown_whatever_the_documents_say() -> None:
    assert shown_caller_id(caller("+1555"))[1] == "2001"
    assert shown_caller_id(caller("+1555", retained=True)) == ("Somebody", "+1555")


def test_the_merged_endpoint_prefers_the_user_and_keeps_the_devices_own() -> None:
    user = {"first_name": "Bob", "last_name": "Demo", "presence_id": "bob", "language": ""}
    device = {
        "name": "phone",
        "sip": {"username": "bob"},
        "presence_id": "phone",
        "caller_id": {"internal": {"name": "Phone"}, "emergency": {"number": "1"}},
        "call_waiting": {"enabled": False},
    }
    home = {
        "name": "Home",
        "language": "de-de",
        "caller_id": {"internal": {"name": "Home", "number": "0"}},
        "call_waiting": {"enabled": True},
        "do_not_disturb": {"enabled": True},
    }
    result = merged(user, device, home)
    assert result["name"] == "Bob Demo"
    assert result["presence_id"] == "bob"
    assert result["language"] == "de-de"
    assert result["sip"] == {"username": "bob"}
    assert result["caller_id"] == {
        "internal": {"name": "Phone", "number": "0"},
        "emergency": {"number": "1"},
    }
    assert result["call_waiting"] == {"enabled": False}
    assert result["do_not_disturb"] == {"enabled": True}
