"""Why a number leads where it does: every candidate, and why it won or lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from runtime.accounts import Account, to_e164
from runtime.accounts.numbers import Rewritten
from runtime.callflow.lookup import NO_MATCH, Candidate, Match, Routes, is_for_catch_all
from runtime.callflow.tree import Callflow

MAX_TOLD: Final = 1000
"""Patterns at most that are told of; those that match come first."""


@dataclass(frozen=True)
class Contender:
    """A number or pattern of a callflow that competes; `value` is what a pattern captured.

    `by` is "number", "pattern" or "no_match". `reason` says why it won or lost.
    """

    by: str
    reason: str
    callflow: Callflow | None = None
    pattern: str | None = None
    value: str | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    won: bool = False

    def as_json(self) -> dict[str, Any]:
        """Describe it in JSON types."""
        told: dict[str, Any] = {"by": self.by, "won": self.won, "reason": self.reason}
        if self.callflow is not None:
            told |= {"callflow_id": self.callflow.id, "callflow_name": self.callflow.name}
        if self.pattern is not None:
            told["pattern"] = self.pattern
        if self.value is not None:
            told |= {"capture_group": self.value, "capture_groups": dict(self.groups)}
        return told


@dataclass(frozen=True)
class Explanation:
    """How a dialled number becomes a callflow, or why it does not."""

    dialled: str
    number: str
    rules: Sequence[Rewritten]
    contenders: Sequence[Contender]
    left_out: int = 0
    note: str | None = None

    @property
    def winner(self) -> Contender | None:
        """Where the call goes."""
        return next((c for c in self.contenders if c.won), None)

    @property
    def problem(self) -> str | None:
        """Why the call fails although a callflow was found."""
        winner = self.winner
        return None if winner is None or winner.callflow is None else winner.callflow.problem

    def as_json(self) -> dict[str, Any]:
        """Describe it in JSON types."""
        winner = self.winner
        told: dict[str, Any] = {
            "dialled": self.dialled,
            "number": self.number,
            "normalised_by": [
                {"rule": r.rule, "pattern": r.pattern, "number": r.number} for r in self.rules
            ],
            "callflow_id": None
            if winner is None or winner.callflow is None
            else winner.callflow.id,
            "candidates": [contender.as_json() for contender in self.contenders],
        }
        if self.problem is not None:
            told["problem"] = self.problem
        if self.note is not None:
            told["note"] = self.note
        if self.left_out:
            told["more_candidates"] = self.left_out
        return told


async def explain(account: Account, routes: Routes, dialled: str, *, internal: bool) -> Explanation:
    """Say where a number leads and why; `internal`: for a caller of the account."""
    number = account.normalise(dialled)
    exact = routes.numbers.get(number)
    match = await routes.by_pattern(number)
    patterns = [*_matching(routes, match, exact), *_others(routes, match)]
    contenders = [
        _exact(exact, number),
        *patterns[:MAX_TOLD],
        _catch_all(routes, number, taken=exact or match, internal=internal),
    ]
    return Explanation(
        dialled,
        number,
        account.normalising(dialled),
        contenders,
        left_out=max(0, len(patterns) - MAX_TOLD),
        note=None if internal else _from_outside(account, to_e164(dialled)),
    )


def _from_outside(account: Account, public: str) -> str | None:
    if public in account.numbers:
        return None
    return f"{public} is no public number of this account: the dialplan must name the account"


def _exact(exact: Callflow | None, number: str) -> Contender:
    if exact is None:
        return Contender("number", f"no callflow has the number {number}")
    return Contender("number", "the exact number wins over patterns", exact, won=True)


def _matching(routes: Routes, match: Match | None, exact: Callflow | None) -> list[Contender]:
    if match is None:
        return []
    first = match.candidates[0]
    return [
        Contender(
            "pattern",
            "the exact number wins over patterns"
            if exact is not None
            else _standing(candidate, first),
            routes.by_id.get(candidate.callflow_id),
            candidate.pattern,
            candidate.value,
            candidate.groups,
            won=exact is None and candidate is first,
        )
        for candidate in match.candidates
    ]


def _standing(candidate: Candidate, winner: Candidate) -> str:
    length, longest = len(candidate.value.encode()), len(winner.value.encode())
    if candidate is winner:
        return f"matches and captures most: {longest} characters"
    if length < longest:
        return f"captures less: {length} characters against {longest}"
    if candidate.pattern == winner.pattern:
        return f"the same pattern, but its callflow's id sorts before {winner.callflow_id}"
    return f"captures as much, but sorts before {winner.pattern} on a tie"


def _others(routes: Routes, match: Match | None) -> list[Contender]:
    matching = frozenset(c.pattern for c in match.candidates) if match is not None else frozenset()
    return [
        Contender(
            "pattern",
            f"cannot be used: {refused}"
            if (refused := routes.patterns.refused.get(pattern))
            else "does not match",
            callflow,
            pattern,
        )
        for pattern in sorted(routes.owners.keys() - matching, reverse=True)
        for callflow in routes.owners[pattern]
    ]


def _catch_all(
    routes: Routes, number: str, *, taken: Callflow | Match | None, internal: bool
) -> Contender:
    callflow = routes.numbers.get(NO_MATCH)
    if callflow is None:
        reason = f"no callflow has {NO_MATCH}"
    elif taken is not None:
        reason = "only asked when neither a number nor a pattern matches"
    elif not is_for_catch_all(number):
        reason = "only for digits, perhaps after a plus"
    elif not internal:
        reason = "only for internal callers"
    else:
        return Contender(NO_MATCH, "neither a number nor a pattern matches", callflow, won=True)
    return Contender(NO_MATCH, reason, callflow)
