"""The digits a caller has typed so far, in named collections that later actions find."""

from typing import Final

DEFAULT: Final = "default"
MAX_DIGITS: Final = 1000
"""What a collection holds at most: somebody may press keys for hours."""


class Collections:
    """Digit strings by name; keys that nobody waits for go to `default` as type-ahead."""

    def __init__(self) -> None:
        self._digits: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._digits.get(name, "")

    def append(self, digit: str) -> None:
        """Add to the type-ahead."""
        self.store(DEFAULT, self[DEFAULT] + digit)

    def store(self, name: str, digits: str) -> None:
        """Replace a collection; an empty name is `default`."""
        self._digits[name or DEFAULT] = digits[:MAX_DIGITS]

    def flush(self, name: str = DEFAULT) -> None:
        """Empty a collection."""
        self._digits.pop(name or DEFAULT, None)

    def take_typed_ahead(self, terminators: frozenset[str]) -> str:
        """Empty the type-ahead and return it, cut at the first terminator."""
        typed = self[DEFAULT]
        self.flush()
        end = next((i for i, digit in enumerate(typed) if digit in terminators), len(typed))
        return typed[:end]

    def as_json(self) -> dict[str, str]:
        """Return all of them."""
        return dict(self._digits)
