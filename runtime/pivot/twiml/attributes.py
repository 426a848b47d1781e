"""Reading one element: its attributes and its text, each wrong one with its place and a remedy."""

import re
from collections.abc import Mapping
from typing import Final, TypeVar

from runtime.callflow import ALL_KEYS
from runtime.errors import PivotError
from runtime.pivot.twiml.markup import Element
from runtime.pivot.twiml.verbs import Method

T = TypeVar("T")

_MOST_SHOWN: Final = 60
_INTEGER: Final = re.compile(r"-?[0-9]{1,9}")


class Reading:
    """One element that is read; what is wrong raises PivotError."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def wrong(self, problem: str) -> PivotError:
        """Return an error that names the place."""
        name = self.element.name[:_MOST_SHOWN]
        return PivotError(f"TwiML: line {self.element.line}: <{name}>: {problem}")

    def text(self, name: str) -> str | None:
        """Return an attribute, None when it is missing or blank."""
        return self.element.attributes.get(name, "").strip() or None

    def integer(self, name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
        """Return a whole number; what is over `most` counts as `most`."""
        said = self.text(name)
        if said is None:
            return default
        if not _INTEGER.fullmatch(said) or (value := int(said)) < least:
            raise self._wrong(name, said, f"a whole number, {least} at least")
        return value if most is None else min(value, most)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a truth value."""
        return self.choice(name, {"true": True, "false": False}, default)

    def choice(self, name: str, known: Mapping[str, T], default: T) -> T:
        """Return what one of several words, in any case, stands for."""
        said = self.text(name)
        if said is None:
            return default
        if said.lower() not in known:
            raise self._wrong(name, said, f"one of {', '.join(known)}")
        return known[said.lower()]

    def keys(self, name: str, default: frozenset[str]) -> frozenset[str]:
        """Return telephone keys; an attribute that is there and blank has none."""
        if name not in self.element.attributes:
            return default
        said = self.text(name) or ""
        if not ALL_KEYS.issuperset(said):
            raise self._wrong(name, said, "telephone keys, such as 12#")
        return frozenset(said)

    @property
    def method(self) -> Method:
        """How the action is requested: as everywhere in a pivot, anything but GET is POST."""
        return "get" if (self.text("method") or "").lower() == "get" else "post"

    def empty(self) -> None:
        """Insist that nothing is in it, not even a blank."""
        if self.element.children or self.element.text:
            raise self.wrong(f"must have no content; write <{self.element.name}/>")

    def childless(self) -> None:
        """Insist that no element is in it."""
        if self.element.children:
            raise Reading(self.element.children[0]).wrong(f"not allowed in <{self.element.name}>")

    def _wrong(self, name: str, said: str, wanted: str) -> PivotError:
        return self.wrong(f"{name}={said[:_MOST_SHOWN]!r} must be {wanted}")
