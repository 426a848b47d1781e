"""From number to callflow: exact, then the pattern with the longest capture, then no_match."""

import time

import pytest

from runtime.callflow.lookup import Match, Routes
from runtime.callflow.tree import Callflow, Node

ACCOUNT = "a" * 32


def flow(name: str, numbers: tuple[str, ...] = (), patterns: tuple[str, ...] = ()) -> Callflow:
    return Callflow(ACCOUNT, name, 1, name, numbers, patterns, Node(module="noop"))


def found(routes: Routes, number: str, *, allow_no_match: bool = False) -> Match:
    match = routes.find(number, allow_no_match=allow_no_match)
    assert match is not None
    return match


def test_an_exact_number_beats_every_pattern() -> None:
    routes = Routes([flow("exact", ("1001",)), flow("pattern", patterns=(r"^1(\d{3})$",))])
    match = found(routes, "1001")
    assert (match.callflow.id, match.by, match.capture) == ("exact", "number", None)


def test_a_pattern_captures_its_longest_group() -> None:
    match = found(Routes([flow("three", patterns=(r"^3(\d{3})$",))]), "3123")
    assert (match.by, match.pattern, match.capture) == ("pattern", r"^3(\d{3})$", "123")


def test_of_several_groups_the_longest_is_the_capture_and_named_ones_are_kept() -> None:
    routes = Routes([flow("f", patterns=(r"^\*(?P<code>\d)(?P<rest>\d+)$",))])
    match = found(routes, "*7215")
    assert match.capture == "215"
    assert match.groups == {"code": "7", "rest": "215"}


def test_the_longest_capture_wins_not_the_more_specific_pattern() -> None:
    routes = Routes(
        [flow("seven", patterns=(r"^\*7(\d+)$",)), flow("seventy_two", patterns=(r"^\*72(\d*)$",))]
    )
    match = found(routes, "*7215")
    assert (match.callflow.id, match.capture) == ("seven", "215")
    assert [c.callflow_id for c in match.candidates] == ["seven", "seventy_two"]


def test_a_pattern_without_groups_competes_with_all_it_matched() -> None:
    routes = Routes([flow("whole", patterns=(r"^\*97$",)), flow("group", patterns=(r"^\*9(\d)$",))])
    match = found(routes, "*97")
    assert (match.callflow.id, match.capture) == ("whole", "*97")


def test_patterns_are_not_anchored() -> None:
    assert found(Routes([flow("f", patterns=("97",))]), "1970").callflow.id == "f"


def test_on_a_tie_the_pattern_that_sorts_last_wins() -> None:
    routes = Routes([flow("a", patterns=(r"^1(\d\d)$",)), flow("b", patterns=(r"^[1](\d\d)$",))])
    assert found(routes, "123").pattern == r"^[1](\d\d)$"


def test_an_empty_capture_matches_but_captures_nothing() -> None:
    match = found(Routes([flow("f", patterns=(r"^\*3([0-9]*)$",))]), "*3")
    assert match.capture is None


def test_the_catch_all_takes_digits_of_callers_who_may_use_it() -> None:
    routes = Routes([flow("catch_all", ("no_match",))])
    assert found(routes, "+15551234", allow_no_match=True).by == "no_match"
    assert routes.find("+15551234", allow_no_match=False) is None


@pytest.mark.parametrize("dialled", ["*99", "abc", "sip-user", "++1", "", "١٢٣"])
def test_the_catch_all_takes_nothing_but_digits(dialled: str) -> None:
    routes = Routes([flow("catch_all", ("no_match",))])
    assert routes.find(dialled, allow_no_match=True) is None


def test_a_pattern_that_cannot_run_is_a_problem_of_its_callflow_alone() -> None:
    routes = Routes([flow("bad", patterns=(r"^(?=1)\d+$", "(")), flow("good", patterns=(r"^1",))])
    assert found(routes, "123").callflow.id == "good"
    assert [problem.callflow.id for problem in routes.problems] == ["bad", "bad"]
    assert "(?=" in routes.problems[0].text


def test_a_pattern_of_absurd_length_is_refused() -> None:
    routes = Routes([flow("long", patterns=("1" * 1001,))])
    assert "at most 1000" in routes.problems[0].text


def test_a_hostile_pattern_stalls_nobody() -> None:
    routes = Routes([flow("hostile", patterns=(r"^(\d+)+(\d+)+(\d+)+x$",))])
    began = time.perf_counter()
    assert routes.find("1" * 5000, allow_no_match=False) is None
    # A backtracking engine would need longer than the universe has lasted.
    assert time.perf_counter() - began < 5


def test_the_trace_tells_who_won_and_who_lost() -> None:
    routes = Routes([flow("a", patterns=(r"^3(\d+)$",)), flow("b", patterns=(r"^31(\d+)$",))])
    told = found(routes, "3123").as_json()
    assert told["pattern"] == r"^3(\d+)$"
    assert told["capture_group"] == "123"
    assert told["candidates"][1] == {"pattern": r"^31(\d+)$", "callflow_id": "b", "value": "23"}


def test_patterns_too_many_for_one_pass_are_all_still_there() -> None:
    hostile = [flow(f"f{i}", patterns=(rf"^(1+)+{i}x$",)) for i in range(10_000)]
    routes = Routes([*hostile, flow("last", patterns=(r"^11(\d)$",))])
    assert routes.problems == []
    assert found(routes, "115").callflow.id == "last"
    assert found(routes, "119999x").callflow.id == "f9999"
