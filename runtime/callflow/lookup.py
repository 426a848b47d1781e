"""From a dialled number to a callflow: exact number, then patterns by Kazoo's rule, then no_match.

Patterns run in RE2: linear time whatever the pattern and the number, so a hostile pattern stalls
nobody. What RE2 cannot express (look-around, back-references) is a problem of that pattern alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.callflow.pace import Pace
from runtime.callflow.patterns import Patterns
from runtime.callflow.tree import Callflow

NO_MATCH = "no_match"
MAX_TOLD = 100
"""How many candidates the trace tells of by name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pattern that matched, and the value by which it competes."""

    pattern: str
    callflow_id: str
    value: str
    groups: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """The callflow for a number and how it was found.

    `by` is "number", "pattern", "no_match" or "id"; `capture` is None when there is nothing
    captured; `candidates` are all patterns that matched, the winner first.
    """

    callflow: Callflow
    by: str
    number: str
    pattern: str | None = None
    capture: str | None = None
    groups: dict[str, str] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Describe the match as it stands in the trace."""
        told: dict[str, Any] = {"by": self.by, "number": self.number}
        if self.pattern is not None:
            told |= {"pattern": self.pattern, "capture_group": self.capture}
            if self.groups:
                told["capture_groups"] = self.groups
            told["candidates"] = [
                {"pattern": c.pattern, "callflow_id": c.callflow_id, "value": c.value}
                for c in self.candidates[:MAX_TOLD]
            ]
            if len(self.candidates) > MAX_TOLD:
                told["more_candidates"] = len(self.candidates) - MAX_TOLD
        return told


@dataclass(frozen=True)
class Problem:
    """A callflow or one of its patterns that cannot be used, and why."""

    callflow: Callflow
    text: str


class Routes:
    """The numbers and patterns of one account, compiled once.

    Made by `built`; `problems` tells of each callflow and each pattern that cannot be used.
    `numbers` and `owners` (of each pattern, in the order in which they are asked) are its content.
    """

    def __init__(
        self,
        by_id: Mapping[str, Callflow],
        numbers: Mapping[str, Callflow],
        owners: Mapping[str, Sequence[Callflow]],
        patterns: Patterns,
        problems: Sequence[Problem],
        pace: Pace,
    ) -> None:
        self.by_id = by_id
        self.problems = problems
        self.numbers = numbers
        self.owners = owners
        self.patterns = patterns
        self._pace = pace

    @classmethod
    async def built(
        cls, callflows: Sequence[Callflow], pace: Pace, before: "Routes | None" = None
    ) -> "Routes":
        """Build them at this pace; patterns that `before` knows are not compiled again."""
        numbers: dict[str, Callflow] = {}
        owners: dict[str, list[Callflow]] = {}
        for callflow in callflows:
            await pace.turn()
            for number in callflow.numbers:
                numbers.setdefault(number, callflow)
            for pattern in callflow.patterns:
                owners.setdefault(pattern, []).append(callflow)
        known = before.patterns if before is not None else None
        patterns = await Patterns.compiled(owners, pace, known)
        for several in owners.values():
            if len(several) > 1:
                await pace.turn()
                several.sort(key=lambda callflow: callflow.id, reverse=True)
        by_id = {callflow.id: callflow for callflow in callflows}
        problems = await _problems(callflows, patterns.refused, pace)
        return cls(by_id, numbers, owners, patterns, problems, pace)

    async def find(self, number: str, *, allow_no_match: bool) -> Match | None:
        """Return the callflow for an already normalised number, or None.

        `allow_no_match` says whether this caller may use the account's catch-all.
        """
        if (callflow := self.numbers.get(number)) is not None:
            return Match(callflow, "number", number)
        if (match := await self.by_pattern(number)) is not None:
            return match
        if allow_no_match and is_for_catch_all(number):
            callflow = self.numbers.get(NO_MATCH)
            if callflow is not None:
                return Match(callflow, "no_match", number)
        return None

    async def by_pattern(self, number: str) -> Match | None:
        """Return what the patterns alone make of a number, or None."""
        # On a tie the pattern that sorts last wins, so the last is asked first, and one that
        # comes later must capture more to win.
        best: tuple[Candidate, Callflow] | None = None
        longest = -1
        candidates: list[Candidate] = []
        async for pattern, found in self.patterns.matching(number, self._pace):
            value, groups = _captured(found)
            length = len(value.encode())
            for callflow in self.owners[pattern]:
                await self._pace.turn()
                candidate = Candidate(pattern, callflow.id, value, groups)
                candidates.append(candidate)
                if length > longest:
                    best, longest = (candidate, callflow), length
        if best is None:
            return None
        winner, callflow = best
        others = tuple(c for c in candidates if c is not winner)
        return Match(
            callflow=callflow,
            by="pattern",
            number=number,
            pattern=winner.pattern,
            capture=winner.value or None,
            groups=winner.groups,
            candidates=(winner, *others),
        )


def is_for_catch_all(number: str) -> bool:
    """Whether the catch-all is asked for a number: for digits, perhaps after a plus."""
    return number.removeprefix("+").isdecimal() and number.isascii()


async def _problems(
    callflows: Sequence[Callflow], refused: Mapping[str, str], pace: Pace
) -> Sequence[Problem]:
    problems: list[Problem] = []
    for callflow in callflows:
        await pace.turn()
        if callflow.problem is not None:
            problems.append(Problem(callflow, callflow.problem))
        problems += [Problem(callflow, refused[p]) for p in callflow.patterns if p in refused]
    return problems


def _captured(found: Any) -> tuple[str, dict[str, str]]:
    groups = [group or "" for group in found.groups()]
    longest = max(groups, key=lambda group: len(group.encode()), default="")
    value = longest if groups else found.group(0)
    return value, {name: text for name, text in found.groupdict().items() if text}
