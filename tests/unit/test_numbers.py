"""How dialled numbers are written before they are looked up."""

import pytest

from runtime.accounts import Account

PLAIN = Account("a" * 32, "Plain")


@pytest.mark.parametrize(
    ("dialled", "written"),
    [
        ("4158867900", "+14158867900"),
        ("14158867900", "+14158867900"),
        ("011442079460000", "+442079460000"),
        ("00442079460000", "+442079460000"),
        ("20000000", "+20000000"),
        ("1001", "1001"),
        ("0", "0"),
        ("911", "911"),
        ("*97", "*97"),
        ("+4912345", "+4912345"),
        ("alice", "alice"),
    ],
)
def test_kazoos_converters(dialled: str, written: str) -> None:
    assert PLAIN.normalise(dialled) == written


def test_the_dial_plan_comes_first_and_only_its_first_match_counts() -> None:
    plan = {r"^(\d{7})$": {"prefix": "+1415"}, r"^(\d+)$": {"prefix": "9"}}
    account = Account("a" * 32, "Local", doc={"dial_plan": plan})
    assert account.normalise("8867900") == "+14158867900"
    assert account.normalise("100") == "9100"


def test_a_broken_rule_of_a_dial_plan_is_passed_over() -> None:
    plan = {"(": {"prefix": "x"}, "system": ["us"], r"^5$": "no rule", r"^(5)$": {"suffix": "00"}}
    assert Account("a" * 32, "Odd", doc={"dial_plan": plan}).normalise("5") == "500"
