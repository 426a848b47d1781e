"""The patterns of an account: compiled within bounds, and asked in few passes.

RE2 needs linear time, but it holds the interpreter up while it compiles, and what it needs grows
with the pattern. So each piece is small enough for a turn of the event loop.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from runtime.callflow.pace import Pace

MAX_PATTERN_LENGTH = 1000
MAX_GROUPS = 100
MAX_TOTAL = 3_000_000
"""Of an account's patterns: RE2's instructions and the characters, 10,000 times `(.*a){25}`."""

_PATTERN_BYTES = 256 << 10
_PART_TOTAL = 3000
_PART_PATTERNS = 128
_PART_BYTES = 512 << 10
_LONG_NUMBER = 128


def _options(max_bytes: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = max_bytes
    return options


_OF_PATTERN = _options(_PATTERN_BYTES)
_OF_PART = _options(_PART_BYTES)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some patterns and the set that asks all of them in one pass, if RE2 could make it."""

    texts: tuple[str, ...]
    asks_all: Any | None

    async def perhaps_matching(self, number: str) -> Sequence[str]:
        if self.asks_all is None:
            return self.texts
        found = await _ask(self.asks_all.Match, number)
        # The first pattern of a set matches everything: without it, RE2 ran out of memory.
        return [self.texts[i - 1] for i in sorted(found) if i] if found else self.texts


class Patterns:
    """All patterns of an account: `refused` names those that cannot run, and why.

    Made by `compiled`.
    """

    def __init__(
        self, regexps: Mapping[str, Any], refused: Mapping[str, str], parts: Sequence[_Part]
    ) -> None:
        self.refused = refused
        self.regexps = regexps
        self.parts = parts

    @classmethod
    async def compiled(
        cls, texts: Iterable[str], pace: Pace, before: "Patterns | None" = None
    ) -> "Patterns":
        """Compile different patterns; what is in `before` already is taken from there."""
        known = before.regexps if before is not None else {}
        made = {part.texts: part for part in before.parts} if before is not None else {}
        regexps: dict[str, Any] = {}
        refused: dict[str, str] = {}
        total = 0
        for text in texts:
            await pace.turn()
            regexp = known.get(text) or _compile(text)
            if isinstance(regexp, str):
                refused[text] = regexp
            elif (total := total + _size(text, regexp)) > MAX_TOTAL:
                refused[text] = _too_many(text)
            else:
                regexps[text] = regexp
        parts: list[_Part] = []
        for group in _groups(regexps):
            await pace.turn()
            parts += await _parts(group, pace, made)
        return cls(regexps, refused, parts)

    async def refusals(
        self, texts: Iterable[str], instead_of: Collection[str], pace: Pace
    ) -> dict[str, str]:
        """Return which of these could not run in the place of `instead_of`, and why."""
        total = 0
        for text, regexp in self.regexps.items():
            await pace.turn()
            total += 0 if text in instead_of else _size(text, regexp)
        refused: dict[str, str] = {}
        for text in dict.fromkeys(texts):
            await pace.turn()
            regexp = _compile(text)
            if isinstance(regexp, str):
                refused[text] = regexp
            elif (total := total + _size(text, regexp)) > MAX_TOTAL:
                refused[text] = _too_many(text)
        return refused

    async def matching(self, number: str, pace: Pace) -> AsyncIterator[tuple[str, Any]]:
        """Yield each pattern that matches and RE2's match; what sorts last comes first."""
        for part in self.parts:
            await pace.turn()
            for text in await part.perhaps_matching(number):
                await pace.turn()
                found = await _ask(self.regexps[text].search, number)
                if found is not None:
                    yield text, found


async def _ask(question: Callable[[str], Any], number: str) -> Any:
    if len(number) <= _LONG_NUMBER:
        return question(number)
    # Nobody dials that. RE2 lets others run while it matches, so a thread keeps it off the loop.
    return await asyncio.to_thread(question, number)


def _too_many(text: str) -> str:
    return f"pattern {text!r}: too many or too large patterns in this account"


def _compile(text: str) -> Any:
    """Return the compiled pattern, or why it is refused."""
    if len(text) > MAX_PATTERN_LENGTH:
        return f"pattern of {len(text)} characters: at most {MAX_PATTERN_LENGTH} are allowed"
    try:
        regexp = re2.compile(text, _OF_PATTERN)
    except (re2.error, UnicodeEncodeError) as error:
        return f"pattern {text!r}: {_reason(error)}"
    if regexp.groups > MAX_GROUPS:
        return f"pattern {text!r}: {regexp.groups} groups, at most {MAX_GROUPS} are allowed"
    return regexp


def _size(text: str, regexp: Any) -> int:
    size: int = regexp.programsize
    return size + len(text)


def _groups(regexps: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    """Cut the patterns, what sorts last first, into groups of bounded size.

    Where to cut is decided by the pattern before the cut, so that a change moves few cuts.
    """
    group: list[str] = []
    total = 0
    for text in sorted(regexps, reverse=True):
        size = _size(text, regexps[text])
        if group and total + size > _PART_TOTAL:
            yield tuple(group)
            group, total = [], 0
        group.append(text)
        total += size
        if zlib.crc32(text.encode()) % _PART_PATTERNS == 0:
            yield tuple(group)
            group, total = [], 0
    if group:
        yield tuple(group)


async def _parts(
    texts: tuple[str, ...], pace: Pace, made: Mapping[tuple[str, ...], _Part]
) -> Sequence[_Part]:
    """Return one part with all these patterns, or smaller ones if RE2 cannot make it."""
    known = made.get(texts)
    if known is not None:
        return [known]
    asks_all = await _set_of(texts, pace)
    if asks_all is None and len(texts) > 1:
        half = len(texts) // 2
        first = await _parts(texts[:half], pace, made)
        return [*first, *await _parts(texts[half:], pace, made)]
    return [_Part(texts, asks_all)]


async def _set_of(texts: Iterable[str], pace: Pace) -> Any | None:
    made = re2.Set.SearchSet(_OF_PART)
    made.Add("")
    for text in texts:
        await pace.turn()
        made.Add(text)
    await pace.turn()
    try:
        made.Compile()
    except re2.error:
        return None
    return made


def _reason(error: Exception) -> str:
    reason = error.args[0] if isinstance(error, re2.error) and error.args else str(error)
    return reason.decode() if isinstance(reason, bytes) else str(reason)
