"""WAV files of silence that say in their title what is to be heard in them."""

import io
import struct
import wave
from functools import lru_cache

RATE = 8000

_TITLE = b"INAM"


@lru_cache(64)
def silent_wav(seconds: float, *, title: str) -> bytes:
    """Return a WAV of silence, 8 kHz mono, with a title."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(bytes(2 * max(1, round(seconds * RATE))))
    name = title.encode() + b"\0"
    name += b"\0" * (len(name) % 2)
    info = b"INFO" + _TITLE + struct.pack("<I", len(name)) + name
    content = file.getvalue()[8:] + b"LIST" + struct.pack("<I", len(info)) + info
    return b"RIFF" + struct.pack("<I", len(content)) + content


def title_of(content: bytes) -> str | None:
    """Return the title of a WAV; None when it has none."""
    at = content.rfind(b"INFO" + _TITLE)
    if at < 0:
        return None
    length = int.from_bytes(content[at + 8 : at + 12], "little")
    return content[at + 12 : at + 12 + length].rstrip(b"\0").decode()


def seconds_of(content: bytes) -> float:
    """Return how long a WAV is."""
    with wave.open(io.BytesIO(content)) as reader:
        return float(reader.getnframes() / reader.getframerate())
