"""What is heard of a medium, and for how long."""

import math
from collections.abc import Callable
from dataclasses import dataclass

DEFAULT_SECONDS = 1.0
_SECONDS_PER_CHARACTER = 0.5
_TONES = {"dial", "busy", "ring", "congestion", "callwaiting", "dialrecall", "record", "info"}
_TONES |= {"stutter"}


@dataclass(frozen=True)
class Sound:
    """A sound by the name under which people hear it, and its length in seconds."""

    name: str
    seconds: float

    @property
    def is_endless(self) -> bool:
        """Whether it never ends by itself."""
        return math.isinf(self.seconds)


@dataclass(frozen=True)
class Unfinished:
    """A medium of which Asterisk reports the beginning and never the end."""


class Sounds:
    """Knows every medium.

    `known` are lengths by name (`vm-goodbye`), `missing` the names of files that do not exist,
    `find` knows the media that come over HTTP by their URL. Other files are there and last 1 s.
    """

    def __init__(self, find: Callable[[str], Sound | None] | None = None) -> None:
        self.known: dict[str, float] = {}
        self.missing: set[str] = set()
        self.recordings: dict[str, Sound] = {}
        self._find = find

    def of(self, uri: str) -> Sound | Unfinished | None:
        """Return what a media URI sounds like; None when it cannot be played."""
        scheme, _, name = uri.partition(":")
        match scheme:
            case "sound":
                return self._file(name)
            case "tone":
                return Sound(name, math.inf) if self._is_tone(name) else None
            case "number" | "digits" | "characters":
                return Sound(name, _SECONDS_PER_CHARACTER * len(name))
            case "recording":
                return self.recordings.get(name, Unfinished())
            case _:
                return Unfinished()

    @staticmethod
    def _is_tone(name: str) -> bool:
        # A cadence of one's own, or a tone of the zone.
        return "/" in name or name.partition(";")[0] in _TONES

    def _file(self, name: str) -> Sound | None:
        if name in self.missing:
            return None
        if name.startswith("silence/"):
            seconds = name.removeprefix("silence/")
            # Asterisk has files for 1 to 10 seconds only.
            there = seconds.isdecimal() and 1 <= int(seconds) <= 10
            return Sound("silence", float(seconds)) if there else None
        if name.startswith(("http://", "https://")):
            return self._find(name) if self._find is not None else Sound(name, DEFAULT_SECONDS)
        return Sound(name, self.known.get(name, DEFAULT_SECONDS))
