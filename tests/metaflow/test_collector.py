"""The binding digit and what follows: single cases, and what holds whatever is pressed when."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.metaflow import Collected, Collector
from runtime.metaflow.collector import MAX_DIGITS

TIMEOUT = 0.8
_press = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from("0123456789*#"),
    st.floats(min_value=0.0, max_value=2.0, allow_nan=False),
)


def _collector(*, fast_rearm: bool = False) -> Collector:
    return Collector("*", TIMEOUT, fast_rearm=fast_rearm)


def test_a_sequence_is_known_one_timeout_after_its_last_digit() -> None:
    collector = _collector()
    for at, digit in ((10.0, "*"), (10.5, "2"), (11.0, "4")):
        assert collector.press("a", digit, at) is None
    assert collector.deadline == 11.0 + TIMEOUT
    assert collector.expire(11.7) is None
    assert collector.expire(11.8) == Collected("a", "24", 11.8)
    assert collector.deadline is None


def test_digits_without_the_binding_digit_mean_nothing() -> None:
    collector = _collector()
    for digit in "123#":
        assert collector.press("a", digit, 1.0) is None
    assert collector.leg is None
    assert collector.expire(99.0) is None


def test_a_lone_binding_digit_is_an_empty_sequence() -> None:
    collector = _collector()
    collector.press("a", "*", 1.0)
    assert collector.expire(5.0) == Collected("a", "", 5.0)


def test_while_one_leg_is_collected_the_other_is_ignored() -> None:
    collector = _collector()
    collector.press("a", "*", 1.0)
    for digit in "*9":
        collector.press("b", digit, 1.1)
    collector.press("a", "2", 1.2)
    assert collector.deadline == 1.2 + TIMEOUT
    assert collector.expire(3.0) == Collected("a", "2", 3.0)


def test_a_second_binding_digit_is_a_digit() -> None:
    collector = _collector()
    for at, digit in enumerate("**1*"):
        collector.press("a", digit, at / 10)
    assert collector.expire(9.0) == Collected("a", "*1*", 9.0)


def test_with_fast_rearm_a_second_binding_digit_begins_anew() -> None:
    collector = _collector(fast_rearm=True)
    for at, digit in enumerate("*12*3"):
        collector.press("a", digit, at / 10)
    assert collector.expire(9.0) == Collected("a", "3", 9.0)
    for at, digit in enumerate("**"):
        collector.press("a", digit, 10 + at / 10)
    assert collector.expire(19.0) == Collected("a", "*", 19.0)


def test_a_late_timer_loses_nothing() -> None:
    collector = _collector()
    collector.press("a", "*", 1.0)
    collector.press("a", "2", 1.1)
    assert collector.press("b", "*", 5.0) == Collected("a", "2", 5.0)
    assert collector.leg == "b"


def test_five_hundred_digits_in_a_row() -> None:
    collector = _collector()
    collector.press("a", "*", 0.0)
    for n in range(500):
        assert collector.press("a", "5", n / 10) is None
    assert collector.expire(999.0) == Collected("a", "5" * MAX_DIGITS, 999.0, too_long=True)


def test_a_leg_that_has_gone_is_forgotten() -> None:
    collector = _collector()
    collector.press("a", "*", 0.0)
    collector.forget("b")
    assert collector.leg == "a"
    collector.forget("a")
    assert collector.expire(9.0) is None


@given(st.lists(_press, max_size=60), st.booleans())
def test_whatever_is_pressed_each_sequence_is_told_once_and_it_comes_to_rest(
    presses: list[tuple[str, str, float]],
    fast_rearm: bool,  # noqa: FBT001 - hypothesis gives it by position
) -> None:
    collector = _collector(fast_rearm=fast_rearm)
    at, last, told, armings = 0.0, 0.0, [], 0
    for leg, digit, pause in presses:
        at += pause
        was_armed = collector.deadline is not None and at < collector.deadline
        complete = collector.press(leg, digit, at)
        if complete is not None:
            assert not was_armed, "complete before its time"
            told.append(complete)
        if not was_armed and digit == "*":
            assert collector.leg == leg, "the binding digit was lost"
            armings += 1
        if collector.deadline is not None:
            last = max(last, collector.deadline)
            assert at < collector.deadline <= at + TIMEOUT
    if (rest := collector.expire(at + TIMEOUT)) is not None:
        told.append(rest)
    assert collector.deadline is None, "not at rest one timeout after the last digit"
    assert collector.expire(at + 99.0) is None, "told twice"
    assert len(told) == armings
    assert all(set(one.digits) <= set("0123456789*#") for one in told)


@given(st.lists(_press, max_size=40))
def test_only_what_the_armed_leg_presses_is_collected(
    presses: list[tuple[str, str, float]],
) -> None:
    collector = _collector()
    at = 0.0
    expected: list[tuple[str, str]] = []
    armed: tuple[str, float] | None = None
    for leg, digit, pause in presses:
        at += pause
        if armed is not None and at >= armed[1]:
            armed = None
        if armed is None:
            if digit == "*":
                armed = (leg, at + TIMEOUT)
                expected.append((leg, ""))
        elif armed[0] == leg:
            armed = (leg, at + TIMEOUT)
            expected[-1] = (leg, expected[-1][1] + digit)
    clock, told = 0.0, []
    for leg, digit, pause in presses:
        clock += pause
        told.append(collector.press(leg, digit, clock))
    told.append(collector.expire(clock + TIMEOUT))
    assert [(one.leg, one.digits) for one in told if one is not None] == expected
