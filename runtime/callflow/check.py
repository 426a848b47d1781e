"""Checking a callflow document: every problem with its path, before a call finds it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from runtime.callflow import check_metaflows
from runtime.callflow.action import Action
from runtime.callflow.check_nodes import Nodes, Problems, Reference
from runtime.callflow.lookup import NO_MATCH
from runtime.callflow.pace import Pace
from runtime.callflow.patterns import Patterns
from runtime.callflow.tree import parse
from runtime.documents.callflows import Callflow
from runtime.documents.validation import FieldErrors, completed, problems

MAX_NUMBERS: Final = 10_000
"""Of one callflow, and so many patterns."""

NO_PATTERNS: Final = Patterns({}, {}, ())
NONE: Final[frozenset[str]] = frozenset()
_REQUIRED = "Callflows must be assigned at least one number or pattern"


@dataclass(frozen=True)
class Rules:
    """What a callflow is checked against.

    `normalise` writes a number as the account stores it; `patterns` are those that the account has,
    beside which new ones must have room. `private_urls` permits URLs of our own network. Without
    `needs_number` a callflow may be one to which only others lead.
    """

    actions: Mapping[str, Action]
    normalise: Callable[[str], str] = lambda number: number
    patterns: Patterns = NO_PATTERNS
    private_urls: bool = False
    needs_number: bool = True
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True)
class Checked:
    """A callflow with numbers normalised and defaults filled in, and what is to be said of it.

    `errors` are by path and keyword; a warning has `path`, `keyword` and `message`. `references`
    are the ids it names, which the one who asks must look up.
    """

    doc: dict[str, Any]
    errors: FieldErrors
    warnings: list[dict[str, Any]]
    references: list[Reference]

    def missing(self, known: Collection[str]) -> list[dict[str, Any]]:
        """Return a warning for each reference that is not among the ids `known`."""
        return [
            warning(r.path, "not_found", f"there is no document {r.id}", cause=r.id)
            for r in self.references
            if r.id not in known
        ]


async def check(
    doc: Mapping[str, Any], rules: Rules, before: Mapping[str, Any] | None = None
) -> Checked:
    """Check a callflow document; `before` is the one that it replaces."""
    kept = {key: value for key, value in doc.items() if value is not None and key != "metadata"}
    flow = kept.pop("flow", None)
    found = Problems(too_many(kept))
    if not found.errors:
        kept |= await _normalised(kept, rules, texts(before, "numbers"))
        found.errors |= problems(Callflow, kept)
        if rules.needs_number:
            _require_number(kept, found.errors)
    if not found.errors:
        kept = completed(Callflow, kept)
        if "metaflow" in kept:
            kept["metaflow"] = check_metaflows.checked(
                kept["metaflow"], found.errors, "metaflow", private_urls=rules.private_urls
            )
        await _check_patterns(kept, rules, texts(before, "patterns"), found.errors)
    nodes = Nodes(rules.actions, found, rules.pace, private_urls=rules.private_urls)
    if flow is None:
        found.warn("flow", "required", "without a flow a call to this callflow fails")
    else:
        kept["flow"] = await nodes.checked(flow)
    if not found.errors and flow is not None:
        _check_whole(kept, found.errors)
    return Checked(kept, found.errors, found.warnings, nodes.references)


def warning(path: str, keyword: str, message: str, **details: object) -> dict[str, Any]:
    """Return a warning as clients see it."""
    return {"path": path, "keyword": keyword, "message": message, **details}


def too_many(doc: Mapping[str, Any]) -> FieldErrors:
    """Refuse lists so long that going through them would hold up others."""
    return {
        name: {
            "maxItems": {
                "message": f"The list is more than {MAX_NUMBERS} items",
                "target": MAX_NUMBERS,
                "value": {},
            }
        }
        for name in ("numbers", "patterns")
        if isinstance(listed := doc.get(name), list) and len(listed) > MAX_NUMBERS
    }


def texts(doc: Mapping[str, Any] | None, key: str) -> frozenset[str]:
    """Return the strings of a list in a document that may be anything."""
    listed = doc.get(key) if doc is not None else None
    return frozenset(v for v in listed if isinstance(v, str)) if isinstance(listed, list) else NONE


async def _normalised(
    doc: Mapping[str, Any], rules: Rules, as_they_are: Collection[str]
) -> dict[str, Any]:
    """Normalise what is new; a dial plan may make another number of one that it has made."""
    numbers = doc.get("numbers")
    if not isinstance(numbers, list):
        return {}
    result: list[object] = []
    for number in numbers:
        await rules.pace.turn()
        # What is too long for a number is refused as it is.
        plain = not isinstance(number, str) or number in as_they_are or len(number) > 128
        result.append(number if plain or number == NO_MATCH else rules.normalise(number))
    return {"numbers": result}


def _require_number(doc: Mapping[str, Any], errors: FieldErrors) -> None:
    if "numbers" in errors or "patterns" in errors:
        return
    if not doc.get("numbers") and not doc.get("patterns"):
        errors["numbers"] = {"required": {"message": _REQUIRED, "value": "numbers"}}


async def _check_patterns(
    doc: Mapping[str, Any], rules: Rules, instead_of: Collection[str], errors: FieldErrors
) -> None:
    refused = await rules.patterns.refusals(doc["patterns"], instead_of, rules.pace)
    if not refused:
        return
    for index, text in enumerate(doc["patterns"]):
        if text in refused:
            shown = {"message": refused[text], "value": text[:200]}
            errors[f"patterns.{index}"] = {"error": shown}


def _check_whole(doc: Mapping[str, Any], errors: FieldErrors) -> None:
    """Make sure that calls can read what has passed; what is not caught here would be a gap."""
    problem = parse("", "", 0, doc).problem
    if problem is not None:
        errors["flow"] = {"error": {"message": problem}}
