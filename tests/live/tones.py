"""Tones: how they are made, and how strong each is in a piece of audio."""

import io
import math
import wave
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

RATE = 8000
"""samples per second"""

_ROWS = (697.0, 770.0, 852.0, 941.0)
_COLUMNS = (1209.0, 1336.0, 1477.0)

_PURE = 0.6
"""of the energy of a piece of audio, what a tone must have to count as heard"""

UNKNOWN = "speech or noise"

_LOWEST, _STEP, _COUNT = 700, 50, 24
_SCAN = range(250, 3000, 25)


def sine(hertz: float, seconds: float, level: float = 0.3) -> bytes:
    """Return a tone as 16-bit samples; `level` is the amplitude, 1 the loudest there is."""
    step = 2 * math.pi * hertz / RATE
    samples = (round(32767 * level * math.sin(step * n)) for n in range(round(seconds * RATE)))
    return array("h", samples).tobytes()


def keys_in_audio(keys: str, seconds: float = 0.1) -> bytes:
    """Return keys as telephones sound them (ITU-T Q.23): each, and a pause, so many seconds."""
    pause = bytes(2 * round(seconds * RATE))
    return b"".join(_key(key, seconds) + pause for key in keys)


def _key(key: str, seconds: float) -> bytes:
    row, column = divmod("123456789*0#".index(key), 3)
    tones = (sine(hertz, seconds) for hertz in (_ROWS[row], _COLUMNS[column]))
    low, high = (memoryview(tone).cast("h") for tone in tones)
    return array("h", map(sum, zip(low, high, strict=True))).tobytes()


def wav(samples: bytes) -> bytes:
    """Return 16-bit samples as the content of a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples)
    return file.getvalue()


def share(samples: Sequence[int], hertz: float) -> float:
    """Return the share of the energy, 0 to 1, that is at this frequency (Goertzel's algorithm)."""
    energy = sum(sample * sample for sample in samples)
    if energy == 0:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = last * last + before * before - coefficient * last * before
    return 2 * power / (len(samples) * energy)


def loudness(samples: Sequence[int]) -> float:
    """Return the root mean square, 0 to 32767."""
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples)))


def loudest(samples: Sequence[int]) -> tuple[int, float]:
    """Return the frequency (Hz, in steps of 25) with the largest share of the energy, and it."""
    return max(((hertz, share(samples, hertz)) for hertz in _SCAN), key=lambda found: found[1])


@dataclass(frozen=True)
class Tone:
    """A sound that is told apart by its frequencies (Hz)."""

    name: str
    hertz: tuple[float, ...]

    def is_in(self, samples: Sequence[int]) -> bool:
        """Whether a piece of audio is this tone and little else."""
        return sum(share(samples, hertz) for hertz in self.hertz) >= _PURE


RINGBACK = Tone("ringback", (440.0, 480.0))


class Tones:
    """The tones of one test by name; a new name gets a frequency of its own."""

    def __init__(self) -> None:
        self._by_name = {RINGBACK.name: RINGBACK}
        self._free: Iterator[int] = iter(range(_LOWEST, _LOWEST + _STEP * _COUNT, _STEP))

    def named(self, name: str) -> Tone:
        """Return the tone of that name."""
        if name not in self._by_name:
            self._by_name[name] = Tone(name, (float(next(self._free)),))
        return self._by_name[name]

    def known(self) -> Sequence[Tone]:
        """Return all that have been named."""
        return list(self._by_name.values())

    def define(self, name: str, hertz: float) -> Tone:
        """Give a name to a frequency."""
        self._by_name[name] = Tone(name, (hertz,))
        return self._by_name[name]

    def add(self, tone: Tone) -> Tone:
        """Know a sound of several frequencies by its name."""
        self._by_name[tone.name] = tone
        return tone

    def name(self, samples: Sequence[int]) -> str:
        """Say what a piece of audio is, for people."""
        for tone in self._by_name.values():
            if tone.is_in(samples):
                return tone.name
        hertz, part = loudest(samples)
        return f"{hertz} Hz" if part >= _PURE else UNKNOWN
