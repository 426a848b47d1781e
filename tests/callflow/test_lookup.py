"""From number to callflow: exact, then the pattern with the longest capture, then no_match."""

import time

import pytest

from runtime.callflow.lookup import Match, Routes
from runtime.callflow.pace import Pace
from runtime.callflow.tree import Callflow, Node

ACCOUNT = "a" * 32


def flow(name: str, numbers: tuple[str, ...] = (), patterns: tuple[str, ...] = ()) -> Callflow:
    return Callflow(ACCOUNT, name, 1, name, numbers, patterns, Node(module="noop"))


async def routes_of(*callflows: Callflow, before: Routes | None = None) -> Routes:
    return await Routes.built(callflows, Pace(), before)


async def found(routes: Routes, number: str, *, allow_no_match: bool = False) -> Match:
    match = await routes.find(number, allow_no_match=allow_no_match)
    assert match is not None
    return match


async def test_an_exact_number_beats_every_pattern() -> None:
    routes = await routes_of(flow("exact", ("1001",)), flow("pattern", patterns=(r"^1(\d{3})$",)))
    match = await found(routes, "1001")
    assert (match.callflow.id, match.by, match.capture) == ("exact", "number", None)


async def test_a_pattern_captures_its_longest_group() -> None:
    match = await found(await routes_of(flow("three", patterns=(r"^3(\d{3})$",))), "3123")
    assert (match.by, match.pattern, match.capture) == ("pattern", r"^3(\d{3})$", "123")


async def test_of_several_groups_the_longest_is_the_capture_and_named_ones_are_kept() -> None:
    routes = await routes_of(flow("f", patterns=(r"^\*(?P<code>\d)(?P<rest>\d+)$",)))
    match = await found(routes, "*7215")
    assert match.capture == "215"
    assert match.groups == {"code": "7", "rest": "215"}


async def test_the_longest_capture_wins_not_the_more_specific_pattern() -> None:
    routes = await routes_of(
        flow("seven", patterns=(r"^\*7(\d+)$",)), flow("seventy_two", patterns=(r"^\*72(\d*)$",))
    )
    match = await found(routes, "*7215")
    assert (match.callflow.id, match.capture) == ("seven", "215")
    assert [c.callflow_id for c in match.candidates] == ["seven", "seventy_two"]


async def test_a_pattern_without_groups_competes_with_all_it_matched() -> None:
    routes = await routes_of(
        flow("whole", patterns=(r"^\*97$",)), flow("group", patterns=(r"^\*9(\d)$",))
    )
    match = await found(routes, "*97")
    assert (match.callflow.id, match.capture) == ("whole", "*97")


async def test_patterns_are_not_anchored() -> None:
    assert (await found(await routes_of(flow("f", patterns=("97",))), "1970")).callflow.id == "f"


async def test_on_a_tie_the_pattern_that_sorts_last_wins() -> None:
    routes = await routes_of(
        flow("a", patterns=(r"^1(\d\d)$",)), flow("b", patterns=(r"^[1](\d\d)$",))
    )
    assert (await found(routes, "123")).pattern == r"^[1](\d\d)$"


async def test_an_empty_capture_matches_but_captures_nothing() -> None:
    match = await found(await routes_of(flow("f", patterns=(r"^\*3([0-9]*)$",))), "*3")
    assert match.capture is None


async def test_the_catch_all_takes_digits_of_callers_who_may_use_it() -> None:
    routes = await routes_of(flow("catch_all", ("no_match",)))
    assert (await found(routes, "+15551234", allow_no_match=True)).by == "no_match"
    assert await routes.find("+15551234", allow_no_match=False) is None


@pytest.mark.parametrize("dialled", ["*99", "abc", "sip-user", "++1", "", "١٢٣"])
async def test_the_catch_all_takes_nothing_but_digits(dialled: str) -> None:
    routes = await routes_of(flow("catch_all", ("no_match",)))
    assert await routes.find(dialled, allow_no_match=True) is None


async def test_a_pattern_that_cannot_run_is_a_problem_of_its_callflow_alone() -> None:
    routes = await routes_of(
        flow("bad", patterns=(r"^(?=1)\d+$", "(")), flow("good", patterns=(r"^1",))
    )
    assert (await found(routes, "123")).callflow.id == "good"
    assert [problem.callflow.id for problem in routes.problems] == ["bad", "bad"]
    assert "(?=" in routes.problems[0].text


async def test_a_pattern_of_absurd_length_is_refused() -> None:
    routes = await routes_of(flow("long", patterns=("1" * 1001,)))
    assert "at most 1000" in routes.problems[0].text


async def test_a_hostile_pattern_stalls_nobody() -> None:
    routes = await routes_of(flow("hostile", patterns=(r"^(\d+)+(\d+)+(\d+)+x$",)))
    began = time.perf_counter()
    assert await routes.find("1" * 5000, allow_no_match=False) is None
    # A backtracking engine would need longer than the universe has lasted.
    assert time.perf_counter() - began < 5


async def test_the_trace_tells_who_won_and_who_lost() -> None:
    routes = await routes_of(
        flow("a", patterns=(r"^3(\d+)$",)), flow("b", patterns=(r"^31(\d+)$",))
    )
    told = (await found(routes, "3123")).as_json()
    assert told["pattern"] == r"^3(\d+)$"
    assert told["capture_group"] == "123"
    assert told["candidates"][1] == {"pattern": r"^31(\d+)$", "callflow_id": "b", "value": "23"}


async def test_patterns_too_many_for_one_pass_are_all_still_there() -> None:
    hostile = [flow(f"f{i}", patterns=(rf"^(1+)+{i}x$",)) for i in range(10_000)]
    routes = await routes_of(*hostile, flow("last", patterns=(r"^11(\d)$",)))
    assert not routes.problems
    assert (await found(routes, "115")).callflow.id == "last"
    assert (await found(routes, "119999x")).callflow.id == "f9999"


async def test_the_same_pattern_in_several_callflows_is_a_candidate_of_each() -> None:
    same = (r"^3(\d+)$",)
    routes = await routes_of(*(flow(name, patterns=same) for name in ("b", "c", "a")))
    match = await found(routes, "345")
    assert [c.callflow_id for c in match.candidates] == ["c", "b", "a"]


async def test_the_trace_names_a_hundred_candidates_and_counts_the_rest() -> None:
    routes = await routes_of(*(flow(f"f{i}", patterns=(rf"^(\d)|{i}x",)) for i in range(130)))
    match = await found(routes, "5")
    assert len(match.candidates) == 130
    told = match.as_json()
    assert len(told["candidates"]) == 100
    assert told["more_candidates"] == 30


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"\d{1000}" * 80, "too large"),
        ("(1)" * 101, "101 groups, at most 100"),
        ("[", "missing ]"),
        (r"(1)\1", "invalid escape"),
        ("\ud800", "surrogates"),
    ],
)
async def test_a_pattern_that_is_too_much_by_itself_is_a_problem(pattern: str, reason: str) -> None:
    routes = await routes_of(flow("bad", patterns=(pattern,)), flow("good", patterns=("^1",)))
    assert (await found(routes, "111")).callflow.id == "good"
    [problem] = routes.problems
    assert problem.callflow.id == "bad"
    assert reason in problem.text


async def test_patterns_that_are_too_much_together_are_problems_from_there_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.callflow.patterns.MAX_TOTAL", 20_000)
    large = [flow(f"f{i}", patterns=(rf"^(?:\d?){{900}}{i}x$",)) for i in range(20)]
    routes = await routes_of(*large)
    refused = [problem.callflow.id for problem in routes.problems]
    assert 5 < len(refused) < 15
    assert refused == [f"f{i}" for i in range(20 - len(refused), 20)]
    assert "too many or too large" in routes.problems[0].text
    assert (await found(routes, "2x")).callflow.id == "f2"


async def test_patterns_that_are_asked_in_several_passes_keep_their_order() -> None:
    # What is long as a text fills a set sooner than its size as a program tells.
    long = [
        flow(f"f{i:02}", patterns=("(" + "|" * 900 + rf")*^(\d+)(?:{i})?$",)) for i in range(50)
    ]
    routes = await routes_of(*long)
    match = await found(routes, "123")
    ids = [candidate.callflow_id for candidate in match.candidates]
    assert sorted(ids) == [callflow.id for callflow in long]
    assert [c.pattern for c in match.candidates] == sorted(
        (callflow.patterns[0] for callflow in long), reverse=True
    )


async def test_what_is_known_already_is_not_compiled_again() -> None:
    flows = [flow(f"f{i}", patterns=(rf"^(1+)+{i}x$",)) for i in range(2000)]
    before = await routes_of(*flows)
    after = await routes_of(*flows[1:], flow("new", patterns=("^2(2+)$",)), before=before)
    assert (await found(after, "222")).callflow.id == "new"
    assert await after.find("10x", allow_no_match=False) is None
    assert (await found(before, "10x")).callflow.id == "f0"
    old, new = before.patterns, after.patterns
    assert all(new.regexps[text] is old.regexps[text] for text in new.regexps if text != "^2(2+)$")
    made = [part for part in new.parts if part not in old.parts]
    assert len(made) <= 2 < len(new.parts)
