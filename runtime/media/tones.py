"""FreeSWITCH's tone and silence streams, as found in Kazoo's documents, in Asterisk's words."""

import math
import re
import sys
from array import array
from dataclasses import dataclass

from runtime.errors import MediaError
from runtime.media.audio import SAMPLE_RATE, wav

TONE_STREAM = "tone_stream://"
SILENCE_STREAM = "silence_stream://"

LEVEL = 8000
"""Loudness of a tone: the peak of its 16-bit samples."""

LOUDEST = 32000

MAX_LOOPS = 1000
MAX_TONE_SECONDS = 60
MAX_SILENCE_SECONDS = 600

_TONE = re.compile(r"%\(\s*(\d{1,6})\s*,\s*(\d{1,6})\s*((?:,\s*\d{1,5}\s*){1,4})\)")
_VOLUME = re.compile(r"(?:^|;)v=-?(\d{1,2})(?:\.\d*)?;")
_LOOPS = re.compile(r"loops=(-?\d{1,6})")


@dataclass(frozen=True)
class Tone:
    """Frequencies (Hz) that sound together for `on` ms, then silence for `off` ms."""

    on: int
    off: int
    frequencies: tuple[int, ...]


@dataclass(frozen=True)
class ToneStream:
    """Tones one after the other, `loops` times; 0 is for ever, always as loud as Asterisk is.

    `level` is the peak of the 16-bit samples of those that end.
    """

    tones: tuple[Tone, ...]
    loops: int = 1
    level: int = LEVEL

    @property
    def media(self) -> str:
        """The `tone:` that Asterisk plays for ever."""
        parts = []
        for tone in self.tones:
            # Asterisk mixes two frequencies at most.
            parts.append("+".join(map(str, tone.frequencies[:2])) + f"/{tone.on}")
            if tone.off:
                parts.append(f"0/{tone.off}")
        return "tone:" + ",".join(parts)

    def wav(self) -> bytes:
        """Return the sound of a stream that ends, since a `tone:` of Asterisk never does."""
        once = b"".join(_samples(tone, self.level) for tone in self.tones)
        longest = MAX_TONE_SECONDS * SAMPLE_RATE * 2
        loops = min(self.loops, longest // max(1, len(once)) + 1)
        return wav((once * loops)[:longest])


def tone_stream(stream: str) -> ToneStream:
    """Read `tone_stream://%(on,off,f1[,f2]);loops=n` (ms, Hz); raises MediaError.

    Without `loops` it is heard once; `loops=-1` never ends by itself. `v=-20;` before the tones is
    their volume in dB, 0 being the loudest.
    """
    text = stream.removeprefix(TONE_STREAM)
    tones = tuple(
        Tone(int(on), int(off), tuple(int(f) for f in frequencies.strip(", ").split(",")))
        for on, off, frequencies in _TONE.findall(text)
    )
    if not tones or not any(tone.on + tone.off for tone in tones):
        raise MediaError(f"{stream}: no tone of the form %(on,off,frequency) in it")
    found = _LOOPS.search(text)
    loops = int(found.group(1)) if found else 1
    volume = _VOLUME.search(text)
    level = LEVEL if volume is None else round(LOUDEST * 10 ** (-int(volume.group(1)) / 20))
    return ToneStream(tones, 0 if loops < 0 else max(1, min(loops, MAX_LOOPS)), level)


def _samples(tone: Tone, loudest: int) -> bytes:
    level = loudest / len(tone.frequencies)
    steps = [2 * math.pi * frequency / SAMPLE_RATE for frequency in tone.frequencies]
    on, off = (min(ms, MAX_TONE_SECONDS * 1000) * SAMPLE_RATE // 1000 for ms in (tone.on, tone.off))
    sound = array("h", (int(level * sum(math.sin(step * i) for step in steps)) for i in range(on)))
    if sys.byteorder == "big":
        sound.byteswap()
    return sound.tobytes() + bytes(2 * off)


def silence_media(stream: str) -> list[str]:
    """Translate `silence_stream://ms` to silences of Asterisk, in whole seconds rounded up."""
    text = stream.removeprefix(SILENCE_STREAM).split(",")[0]
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise MediaError(f"{stream}: must name milliseconds")
    milliseconds = int(text)
    seconds = MAX_SILENCE_SECONDS if milliseconds < 0 else -(-milliseconds // 1000)
    seconds = max(1, min(seconds, MAX_SILENCE_SECONDS))
    full, rest = divmod(seconds, 10)
    return ["sound:silence/10"] * full + ([f"sound:silence/{rest}"] if rest else [])
