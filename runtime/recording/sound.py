"""From what Asterisk recorded to the file that is kept: takes joined, MP3 or WAV made of them."""

import io
import struct
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import lameenc

from runtime.errors import MediaError

Format = Literal["mp3", "wav"]

_SAMPLE_BYTES: Final = 2
_PCM: Final = 1
_CHUNK_SECONDS: Final = 60
_KILOBITS: Final = {8000: 32}
_MORE_KILOBITS: Final = 48
_QUALITY: Final = 5  # of LAME's 2 (best) to 9; speech of a telephone gains nothing by more


@dataclass(frozen=True)
class Sound:
    """Mono 16-bit little-endian samples and how many there are in a second."""

    samples: bytes
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / _SAMPLE_BYTES / self.rate


def joined(takes: Sequence[bytes]) -> Sound:
    """Join WAV files one after the other; raises MediaError for what is none, or of another rate.

    Of a file that was never finished, as Asterisk leaves it when it dies, what is there counts.
    """
    sounds = [_read(take) for take in takes]
    rates = {sound.rate for sound in sounds if sound.samples} or {sounds[0].rate}
    if len(rates) > 1:
        raise MediaError(f"takes of different sampling rates: {sorted(rates)}")
    if len(sounds) == 1:
        return sounds[0]
    return Sound(b"".join(sound.samples for sound in sounds), rates.pop())


def encoded(sound: Sound, audio_format: Format) -> bytes:
    """Return it as a file; it takes half a second for each quarter of an hour."""
    return _mp3(sound) if audio_format == "mp3" else _wav(sound)


def _read(file: bytes) -> Sound:
    if file[:4] != b"RIFF" or file[8:12] != b"WAVE":
        raise MediaError("not a WAV file")
    rate: int | None = None
    place = 12
    while place + 8 <= len(file):
        name, size = struct.unpack_from("<4sI", file, place)
        place += 8
        if name == b"fmt " and place + 16 <= len(file):
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", file, place)
            if (kind, channels, bits) != (_PCM, 1, 8 * _SAMPLE_BYTES) or not rate:
                raise MediaError(f"a WAV of {channels} channels with {bits} bits, format {kind}")
        elif name == b"data" and rate is not None:
            # The size is written at the end: 0 stands in a file that was never finished.
            end = min(place + size, len(file)) if size else len(file)
            return Sound(file[place : end - (end - place) % _SAMPLE_BYTES], rate)
        place += size + size % 2
    raise MediaError("a WAV file without sound")


def _wav(sound: Sound) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(_SAMPLE_BYTES)
        out.setframerate(sound.rate)
        out.writeframes(sound.samples)
    return buffer.getvalue()


def _mp3(sound: Sound) -> bytes:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(sound.rate)
    encoder.set_bit_rate(_KILOBITS.get(sound.rate, _MORE_KILOBITS))
    encoder.set_quality(_QUALITY)
    chunk = _CHUNK_SECONDS * sound.rate * _SAMPLE_BYTES
    starts = range(0, len(sound.samples), chunk)
    pieces = [encoder.encode(sound.samples[at : at + chunk]) for at in starts]
    return b"".join([*map(bytes, pieces), bytes(encoder.flush())])
