"""Which sequence means what for an endpoint: its own, its user's and its account's metaflows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

import re2

BINDING_DIGIT: Final = "*"
TIMEOUT: Final = 0.8  # seconds
_DIGITS: Final = frozenset("0123456789*#")
_QUIET = re2.Options()
_QUIET.log_errors = False
# What one expression may take: a document can hold very many, and they run during a call.
_QUIET.max_mem = 1 << 20
_KEPT_EXPRESSIONS: Final = 2_000

ListenOn = Literal["self", "peer", "both"]
Node = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """The node that a sequence means.

    `key` is the number or pattern that matched, `captures` a pattern's groups (None for a number);
    `others` are patterns that would have matched, too, but stand later.
    """

    node: Node
    key: str
    captures: tuple[str, ...] | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metaflows:
    """What one endpoint listens for; `digit_timeout` in seconds."""

    binding_digit: str = BINDING_DIGIT
    digit_timeout: float = TIMEOUT
    listen_on: ListenOn = "self"
    numbers: Mapping[str, Node] = field(default_factory=dict)
    patterns: Mapping[str, Node] = field(default_factory=dict)

    def find(self, digits: str) -> Found | None:
        """Return what a sequence means: the number that it is, else the first pattern in it."""
        if digits and (node := self.numbers.get(digits)) is not None:
            return Found(node, digits, others=tuple(key for key, _ in self._matching(digits)))
        matching = self._matching(digits)
        first = next(matching, None)
        if first is None:
            return None
        key, captures = first
        return Found(self.patterns[key], key, captures, tuple(other for other, _ in matching))

    def refused(self) -> dict[str, str]:
        """Return the patterns that cannot be used, and why."""
        problems = ((pattern, _expression(pattern)[1]) for pattern in self.patterns)
        return {pattern: why for pattern, why in problems if why is not None}

    def _matching(self, digits: str) -> Any:
        for pattern in self.patterns:
            expression, _ = _expression(pattern)
            if expression is not None and (match := expression.search(digits)) is not None:
                yield pattern, tuple(group or "" for group in match.groups())


def merged(*documents: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the `metaflows` of documents merged leaf by leaf; a later one wins, empty ones don't.

    Kazoo's order is account, device, user.
    """
    result: dict[str, Any] = {}
    for document in documents:
        own = None if document is None else document.get("metaflows")
        if isinstance(own, Mapping):
            result = _merged(result, own)
    return result


def metaflows_of(config: Mapping[str, Any]) -> Metaflows | None:
    """Read merged `metaflows`; None when there is nothing to listen for.

    What is wrong in them counts as absent, for a call must not fail for it.
    """
    numbers, patterns = _nodes(config.get("numbers")), _nodes(config.get("patterns"))
    if not numbers and not patterns:
        return None
    binding = config.get("binding_digit")
    return Metaflows(
        binding_digit=binding if binding in _DIGITS else BINDING_DIGIT,
        digit_timeout=_seconds(config.get("digit_timeout", config.get("digit_timeout_ms"))),
        listen_on=_listen_on(config.get("listen_on")),
        numbers=numbers,
        patterns=patterns,
    )


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping) and _are_alike(old, value):
            result[key] = _merged(old, value)
        elif value not in (None, "", {}, []):
            result[key] = value
    return result


def _are_alike(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    # The data of one module means nothing to another, though Kazoo would mix them.
    module = old.get("module")
    return bool(new.get("module", module) == module)


def _nodes(value: object) -> dict[str, Node]:
    items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, Mapping) else ()
    return {key: node for key, node in items if isinstance(node, Mapping) and node.get("module")}


def _seconds(value: object) -> float:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return TIMEOUT
    return min(value / 1000, 60.0)


def _listen_on(value: object) -> ListenOn:
    match value:
        case "both" | "ab":
            return "both"
        case "peer":
            return "peer"
        case _:
            return "self"


@lru_cache(_KEPT_EXPRESSIONS)
def _expression(pattern: str) -> tuple[Any, str | None]:
    try:
        return re2.compile(pattern, _QUIET), None
    except re2.error as error:
        text = error.args[0] if error.args else ""
        reason = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
        return None, f"RE2 cannot use it: {reason}"
