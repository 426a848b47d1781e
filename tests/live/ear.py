"""What is heard on one line, from the audio itself, in real time."""

import asyncio
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from tests.live.tones import RATE, UNKNOWN, Tone, Tones, loudness

SLICE_SECONDS = 0.06
"""Long enough to tell tones 50 Hz apart, short enough to say when one began or ended."""

_SLICE_BYTES = round(RATE * SLICE_SECONDS) * 2
_QUIET = 150.0
_CERTAIN = 2  # slices in a row
_PAUSE_SECONDS = 0.1  # no packets for so long: what comes next is not the rest of this slice


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of audio and when (loop time, s) its last sample was heard."""

    at: float
    samples: "array[int]"
    loud: float

    @property
    def quiet(self) -> bool:
        """Whether nobody would hear anything."""
        return self.loud < _QUIET


class Ear:
    """Listens from the first packet on; each `hears` goes on where the last one stopped."""

    def __init__(self, tones: Tones) -> None:
        self._tones = tones
        self._slices: list[Slice] = []
        self._partial = b""
        self._last_packet = 0.0
        self._heard_until = 0
        self._news = asyncio.Event()
        self._closed: str | None = None

    def packet(self, audio: bytes) -> None:
        """Take 16-bit samples that have just arrived."""
        now = _now()
        if now - self._last_packet > _PAUSE_SECONDS:
            self._partial = b""
        self._last_packet = now
        self._partial += audio
        while len(self._partial) >= _SLICE_BYTES:
            samples = array("h", self._partial[:_SLICE_BYTES])
            self._partial = self._partial[_SLICE_BYTES:]
            self._slices.append(Slice(now, samples, loudness(samples)))
            self._wake()

    def close(self, why: str) -> None:
        """Nothing more will be heard."""
        self._closed = why
        self._wake()

    async def hears(self, name: str, within: float) -> None:
        """Wait for a tone; raises AssertionError saying what was heard instead."""
        tone = self._tones.named(name)
        await self._hear(f"«{name}»", within, tone.is_in, _CERTAIN)

    async def hears_speech(self, seconds: float, within: float) -> None:
        """Wait for so many seconds of sound that is no tone."""

        def is_speech(samples: "array[int]") -> bool:
            return self._tones.name(samples) == UNKNOWN

        count = max(1, round(seconds / SLICE_SECONDS))
        await self._hear("speech", within, is_speech, count, in_a_row=False)

    async def stops_hearing(self, name: str, since: float, within: float) -> None:
        """Wait until a tone is over, which must be within `within` seconds after `since`."""
        tone = self._tones.named(name)
        certain = 3 * SLICE_SECONDS
        while True:
            last = self._last_heard(tone, since)
            if last - since > within:
                raise AssertionError(
                    f"«{name}» is still heard after {last - since:.2f} s, allowed are {within} s;"
                    f" heard: {self.story()}"
                )
            rest = last + certain - _now()
            if rest <= 0 or self._closed is not None:
                return
            await self._wait(rest)

    async def hears_nothing(self, seconds: float) -> None:
        """Listen for so long from now on; raises AssertionError when there is any sound."""
        begin = _now()
        seen = len(self._slices)
        while (rest := begin + seconds - _now()) > 0:
            await self._wait(rest)
            for piece in self._slices[seen:]:
                if not piece.quiet:
                    raise AssertionError(
                        f"silence was expected, heard after {piece.at - begin:.2f} s:"
                        f" {self._tones.name(piece.samples)}"
                    )
            seen = len(self._slices)

    async def listens(self, seconds: float) -> "array[int]":
        """Return the samples of so many seconds from now on; raises AssertionError at the end."""
        seen, count = len(self._slices), round(seconds / SLICE_SECONDS)
        while len(self._slices) < seen + count:
            if self._closed is not None:
                raise AssertionError(f"nothing more to listen to: {self._closed}")
            await self._wait(seconds)
        return array("h", b"".join(s.samples.tobytes() for s in self._slices[seen : seen + count]))

    def story(self) -> str:
        """Say what was heard so far and for how long, for people."""
        parts: list[tuple[str, float]] = []
        before: float | None = None
        for piece in self._slices[-200:]:
            if before is not None and piece.at - before > SLICE_SECONDS + _PAUSE_SECONDS:
                parts.append(("no audio", piece.at - before - SLICE_SECONDS))
            before = piece.at
            name = "silence" if piece.quiet else self._tones.name(piece.samples)
            if parts and parts[-1][0] == name:
                parts[-1] = (name, parts[-1][1] + SLICE_SECONDS)
            else:
                parts.append((name, SLICE_SECONDS))
        return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in parts) or "no audio at all"

    def sequence(self) -> list[str]:
        """Return the names of what was heard, in order, without pauses.

        The same twice in a row counts once; what is no tone must be heard longer than a change
        from one tone to another is.
        """
        runs: list[tuple[str, int]] = []
        for piece in self._slices:
            name = "" if piece.quiet else self._tones.name(piece.samples)
            count = runs.pop()[1] if runs and runs[-1][0] == name else 0
            runs.append((name, count + 1))
        names: list[str] = []
        for name, count in runs:
            certain = 2 * _CERTAIN if name == UNKNOWN else _CERTAIN
            if name and count >= certain and names[-1:] != [name]:
                names.append(name)
        return names

    async def _hear(
        self,
        what: str,
        within: float,
        wanted: Callable[["array[int]"], bool],
        count: int,
        *,
        in_a_row: bool = True,
    ) -> None:
        deadline = _now() + within
        found = 0
        while True:
            while self._heard_until < len(self._slices):
                piece = self._slices[self._heard_until]
                self._heard_until += 1
                if not piece.quiet and wanted(piece.samples):
                    found += 1
                    if found >= count:
                        return
                elif in_a_row:
                    found = 0
            rest = deadline - _now()
            if rest <= 0 or self._closed is not None:
                end = f"; then {self._closed}" if self._closed is not None else ""
                raise AssertionError(
                    f"{what} was not heard within {within} s; heard: {self.story()}{end}"
                )
            await self._wait(rest)

    def _last_heard(self, tone: Tone, since: float) -> float:
        last = since
        for piece in reversed(self._slices):
            if piece.at <= since:
                break
            if not piece.quiet and tone.is_in(piece.samples):
                return piece.at
        return last

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return


def _now() -> float:
    return asyncio.get_running_loop().time()
