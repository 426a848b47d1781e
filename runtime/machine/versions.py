"""Which versions of Asterisk this runtime works with."""

import re
from typing import NamedTuple, Self

_NUMBER = re.compile(r"(?:^|\s|:)(\d+)\.(\d+)(?:\.(\d+))?")

# REST over the event WebSocket came to the three branches of that time in these versions
_FIRST = {20: 14, 21: 9, 22: 4}


class Version(NamedTuple):
    """A release of Asterisk."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read `asterisk -V` or a package's version; None for what is no numbered release."""
        found = _NUMBER.search(text)
        return cls(*(int(part or 0) for part in found.groups())) if found else None

    @property
    def is_enough(self) -> bool:
        """Whether the runtime works with it."""
        return self.major > max(_FIRST) or self.minor >= _FIRST.get(self.major, self.minor + 1)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


RECOMMENDED = Version(22, 10, 1)
