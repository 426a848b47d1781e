"""Variables of a call, collections of digits, and who may be hunted."""

import pytest

from runtime.callflow.hunting import may_hunt
from runtime.callflow.typed import MAX_DIGITS, Collections
from runtime.callflow.variables import Variables


def test_names_are_compared_as_kazoo_does() -> None:
    variables = Variables({"Owner-ID": "bob", "Nobody": None})
    assert variables.set_channel("Call-Priority", "5", export=False) == {"CCV_call_priority": "5"}
    assert variables.get("call_priority") == "5"
    assert variables.get("OWNER-id") == "bob"
    assert variables.get("nobody") is None
    assert variables.exported == {}


def test_only_what_changes_is_told_and_what_is_no_text_is_json() -> None:
    variables = Variables({})
    first = variables.merge_application({"a": "x", "b": {"c": 1}}, export=False)
    assert first == {"CAV_a": "x", "CAV_b": '{"c": 1}'}
    assert variables.merge_application({"a": "x", "b": 2}, export=True) == {"CAV_b": "2"}
    assert variables.exported == {"CAV_a": "x", "CAV_b": "2"}
    assert variables.get("b") == 2


@pytest.mark.parametrize("name", ["SHELL(rm)", "a b", "", "a" * 65, "${X}", "a,b"])
def test_a_name_that_asterisk_could_misread_stays_in_the_call(name: str) -> None:
    variables = Variables({})
    assert variables.merge_application({name: "x"}, export=True) == {}
    assert variables.exported == {}
    assert variables.get(name) == "x"


def test_values_cannot_break_a_line_and_have_a_length() -> None:
    told = Variables({}).merge_application({"a": "x\r\ny" + "z" * 2000}, export=False)
    assert told["CAV_a"].startswith("xyz")
    assert len(told["CAV_a"]) == 1024


def test_what_is_typed_ahead_is_taken_once_and_cut_at_a_terminator() -> None:
    collections = Collections()
    for key in "12#3":
        collections.append(key)
    assert collections.take_typed_ahead(frozenset("#")) == "12"
    assert collections.take_typed_ahead(frozenset("#")) == ""
    collections.store("", "9")
    collections.store("pin", "1" * 5000)
    assert collections["default"] == "9"
    assert len(collections["pin"]) == MAX_DIGITS
    collections.flush("pin")
    assert collections.as_json() == {"default": "9"}


@pytest.mark.parametrize(
    ("allow", "deny", "allowed"),
    [
        ("", "", True),
        (None, None, True),
        ("^20", None, True),
        ("^30", None, False),
        ("(", None, False),
        (None, "1$", False),
        (None, "(", True),
        ("^20", "1$", False),
    ],
)
def test_hunting_is_what_the_patterns_say(
    allow: str | None, deny: str | None, allowed: object
) -> None:
    assert may_hunt("2001", allow, deny) is allowed
