"""Admission: places are given as long as there are any, and come back when calls end."""

from contextlib import ExitStack
from dataclasses import dataclass

from runtime.operations import Admission, AdmissionLimits

A, B = "a" * 32, "b" * 32


@dataclass
class Clock:
    """A clock that the test moves."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_limits_everybody_gets_a_place() -> None:
    gate = Admission().regular
    with ExitStack() as calls:
        assert [calls.enter_context(gate.place(A)) for _ in range(1000)] == [None] * 1000


def test_a_place_comes_back_when_its_call_ends() -> None:
    gate = Admission(AdmissionLimits(calls=2)).regular
    with gate.place(A):
        with gate.place(B) as second, gate.place(A) as third:
            assert second is None
            assert third == "2 calls are in progress"
        with gate.place(B) as again:
            assert again is None


def test_one_account_cannot_take_the_places_of_the_others() -> None:
    gate = Admission(AdmissionLimits(calls_per_account=1)).regular
    with gate.place(A), gate.place(A) as second, gate.place(B) as other:
        assert second == "1 calls of this account are in progress"
        assert other is None


def test_new_calls_per_second_are_limited_with_a_burst_of_one_second() -> None:
    clock = Clock()
    gate = Admission(AdmissionLimits(calls_per_second=2), clock).regular

    def arrive() -> bool:
        with gate.place(A) as full:
            return full is None

    assert [arrive() for _ in range(3)] == [True, True, False]
    clock.now += 0.5
    assert [arrive() for _ in range(2)] == [True, False]
    clock.now += 1000
    assert [arrive() for _ in range(3)] == [True, True, False]


def test_less_than_one_call_per_second_still_lets_one_in() -> None:
    clock = Clock()
    gate = Admission(AdmissionLimits(calls_per_second=0.1), clock).regular
    for expected in (None, "more than 0.1 new calls per second"):
        with gate.place(A) as full:
            assert full == expected
    clock.now += 10
    with gate.place(A) as full:
        assert full is None


def test_diverted_calls_have_places_of_their_own() -> None:
    admission = Admission(AdmissionLimits(calls=1))
    with admission.regular.place(A), admission.diverted.place(A) as diverted:
        assert diverted is None
        with admission.diverted.place(B) as second:
            assert second == "1 calls are in progress"
