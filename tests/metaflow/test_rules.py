"""What a sequence means: numbers before patterns, the user before the device and the account."""

from typing import Any

from runtime.metaflow import Found, merged, metaflows_of

HOLD = {"module": "hold"}
RECORD = {"module": "record_call", "data": {"action": "toggle"}}
TRANSFER = {"module": "transfer"}


def _of(**config: Any) -> Any:
    return metaflows_of(config)


def test_a_number_is_before_a_pattern_and_the_first_pattern_before_the_next() -> None:
    metaflows = _of(numbers={"3": HOLD}, patterns={"^3": RECORD, "^2(\\d+)$": TRANSFER, "2": HOLD})

    assert metaflows.find("3") == Found(HOLD, "3", None, ("^3",))
    assert metaflows.find("34") == Found(RECORD, "^3", (), ())
    assert metaflows.find("21001") == Found(TRANSFER, "^2(\\d+)$", ("1001",), ("2",))
    assert metaflows.find("12") == Found(HOLD, "2", (), ())
    assert metaflows.find("9") is None


def test_an_empty_sequence_is_tried_with_patterns_only() -> None:
    assert _of(numbers={"": HOLD, "1": HOLD}).find("") is None
    assert _of(patterns={".*": RECORD}).find("") == Found(RECORD, ".*", (), ())


def test_named_groups_capture_as_any_other() -> None:
    found = _of(patterns={"^2(?P<who>\\d+)(x)?$": TRANSFER}).find("2100")
    assert found.captures == ("100", "")


def test_a_pattern_that_cannot_be_used_hurts_no_other() -> None:
    metaflows = _of(patterns={"(?=3)": HOLD, "[": HOLD, "^3$": RECORD, "^(a+)+$": HOLD})
    assert metaflows.find("3") == Found(RECORD, "^3$", (), ())
    assert metaflows.refused().keys() == {"(?=3)", "["}
    assert metaflows.find("a" * 100 + "!") is None


def test_the_user_wins_over_the_device_and_the_device_over_the_account() -> None:
    account = {"metaflows": {"binding_digit": "#", "digit_timeout": 900, "numbers": {"1": HOLD}}}
    device = {"metaflows": {"digit_timeout": 700, "numbers": {"1": RECORD, "2": HOLD}}}
    user = {"metaflows": {"listen_on": "both", "numbers": {"1": TRANSFER}, "binding_digit": ""}}

    metaflows = metaflows_of(merged(account, device, user))

    assert metaflows is not None
    assert metaflows.binding_digit == "#"
    assert metaflows.digit_timeout == 0.7
    assert metaflows.listen_on == "both"
    assert metaflows.numbers == {"1": TRANSFER, "2": HOLD}


def test_what_is_wrong_counts_as_absent() -> None:
    metaflows = _of(
        binding_digit="x",
        digit_timeout="soon",
        listen_on="nobody",
        numbers={"1": HOLD, "2": "hold", "3": {}},
        patterns=["x"],
    )
    assert (metaflows.binding_digit, metaflows.digit_timeout, metaflows.listen_on) == (
        "*",
        0.8,
        "self",
    )
    assert metaflows.numbers == {"1": HOLD}
    assert metaflows.patterns == {}


def test_there_is_nothing_to_listen_for_without_numbers_and_patterns() -> None:
    assert metaflows_of(merged(None, {}, {"metaflows": {"binding_digit": "#"}})) is None
    assert _of(numbers={}, patterns={}) is None


def test_times_are_milliseconds_on_the_wire() -> None:
    for given, seconds in ((1500, 1.5), ("1500", 1.5), (0, 0.8), (-1, 0.8), (True, 0.8)):
        assert _of(numbers={"1": HOLD}, digit_timeout=given).digit_timeout == seconds
    assert _of(numbers={"1": HOLD}, digit_timeout_ms=1200).digit_timeout == 1.2
    assert _of(numbers={"1": HOLD}, digit_timeout=10**9).digit_timeout == 60.0
