"""From a dialled number to a callflow: exact number, then patterns by Kazoo's rule, then no_match.

Patterns run in RE2: linear time whatever the pattern and the number, so a hostile pattern stalls
nobody. What RE2 cannot express (look-around, back-references) is a problem of that pattern alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import re2

from runtime.callflow.tree import Callflow

MAX_PATTERN_LENGTH = 1000
NO_MATCH = "no_match"

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


@dataclass(frozen=True)
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
                for c in self.candidates
            ]
        return told


@dataclass(frozen=True)
class Problem:
    """A callflow or one of its patterns that cannot be used, and why."""

    callflow: Callflow
    text: str


class Routes:
    """The numbers and patterns of one account, compiled once."""

    def __init__(self, callflows: Sequence[Callflow]) -> None:
        self.by_id = {callflow.id: callflow for callflow in callflows}
        self._numbers: dict[str, Callflow] = {}
        self._patterns: list[tuple[str, Any, Callflow]] = []
        usable: list[tuple[str, Any, Callflow]] = []
        self.problems = [Problem(c, c.problem) for c in callflows if c.problem is not None]
        for callflow in callflows:
            for number in callflow.numbers:
                self._numbers.setdefault(number, callflow)
            usable += [
                (pattern, compiled, callflow)
                for pattern in callflow.patterns
                if (compiled := self._compile(pattern, callflow)) is not None
            ]
        # On a tie the pattern that sorts last wins, so the last is tested first.
        self._patterns = sorted(usable, key=lambda entry: (entry[0], entry[2].id), reverse=True)
        self._set = _set_of([pattern for pattern, _, _ in self._patterns])

    def find(self, number: str, *, allow_no_match: bool) -> Match | None:
        """Return the callflow for an already normalised number, or None.

        `allow_no_match` says whether this caller may use the account's catch-all.
        """
        if (callflow := self._numbers.get(number)) is not None:
            return Match(callflow, "number", number)
        if (match := self._by_pattern(number)) is not None:
            return match
        if allow_no_match and number.removeprefix("+").isdecimal() and number.isascii():
            callflow = self._numbers.get(NO_MATCH)
            if callflow is not None:
                return Match(callflow, "no_match", number)
        return None

    def _by_pattern(self, number: str) -> Match | None:
        candidates: list[tuple[Candidate, Callflow]] = []
        for pattern, compiled, callflow in self._perhaps_matching(number):
            if (found := compiled.search(number)) is not None:
                candidates.append((_candidate(pattern, callflow, found), callflow))
        if not candidates:
            return None
        # max() keeps the first of equals: a later candidate must be strictly longer to win.
        best, callflow = max(candidates, key=lambda entry: len(entry[0].value.encode()))
        others = tuple(c for c, _ in candidates if c is not best)
        return Match(
            callflow=callflow,
            by="pattern",
            number=number,
            pattern=best.pattern,
            capture=best.value or None,
            groups=best.groups,
            candidates=(best, *others),
        )

    def _perhaps_matching(self, number: str) -> list[tuple[str, Any, Callflow]]:
        """Ask all patterns in one pass; where that finds nothing, each has to be asked.

        The set says the same when it found nothing and when its memory did not suffice, and a
        pattern must not be missed for that.
        """
        found = self._set.Match(number) if self._set is not None else None
        return [self._patterns[i] for i in sorted(found)] if found else self._patterns

    def _compile(self, pattern: str, callflow: Callflow) -> Any | None:
        if len(pattern) > MAX_PATTERN_LENGTH:
            text = f"pattern of {len(pattern)} characters: at most {MAX_PATTERN_LENGTH} are allowed"
            self.problems.append(Problem(callflow, text))
            return None
        try:
            return re2.compile(pattern, _OPTIONS)
        except re2.error as error:
            self.problems.append(Problem(callflow, f"pattern {pattern!r}: {_reason(error)}"))
            return None


def _set_of(patterns: Sequence[str]) -> Any | None:
    if not patterns:
        return None
    compiled = re2.Set.SearchSet(_OPTIONS)
    for pattern in patterns:
        compiled.Add(pattern)
    try:
        compiled.Compile()
    except re2.error:
        return None  # too many for its memory: then each is asked by itself
    return compiled


def _candidate(pattern: str, callflow: Callflow, found: Any) -> Candidate:
    groups = [group or "" for group in found.groups()]
    longest = max(groups, key=lambda group: len(group.encode()), default="")
    value = longest if groups else found.group(0)
    named = {name: text for name, text in found.groupdict().items() if text}
    return Candidate(pattern, callflow.id, value, named)


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else str(error)
    return reason.decode() if isinstance(reason, bytes) else str(reason)
