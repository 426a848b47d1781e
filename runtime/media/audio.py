"""Any audio file to what Asterisk plays without transcoding trouble: WAV, 8 kHz, mono, 16 bit."""

import io
import os
import subprocess
import sys
import wave
from pathlib import Path
from typing import Final

from runtime.errors import MediaError
from runtime.media import decoder, ffmpeg

SAMPLE_RATE = 8000
MAX_SECONDS = 3600

_DECODER: Final = str(Path(decoder.__file__).resolve())
_DECODER_SECONDS: Final = 60.0
_PYTHON_FAILED: Final = 1


def to_telephone_wav(data: bytes, name: str) -> bytes:
    """Convert WAV, MP3, FLAC or Ogg Vorbis, and what ffmpeg adds to these where it is installed.

    It blocks. Raises MediaError naming `name` when it is none, or too long.
    """
    samples = _decoded(data, name)
    if not samples:
        raise MediaError(f"{name}: no sound in it")
    if len(samples) > MAX_SECONDS * SAMPLE_RATE * 2:
        raise _too_long(name)
    return wav(samples)


def _decoded(data: bytes, name: str) -> bytes:
    # Files come from anybody, and the libraries that read them crash on some: elsewhere, then.
    limits = (str(SAMPLE_RATE), str(MAX_SECONDS))
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-P", _DECODER, *limits],
            input=data,
            capture_output=True,
            timeout=_DECODER_SECONDS,
            check=False,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.TimeoutExpired:
        raise MediaError(f"{name}: not converted within {_DECODER_SECONDS:g} s") from None
    except OSError as error:
        raise MediaError(f"{name}: cannot be converted ({error})") from None
    if done.returncode == 0:
        return done.stdout
    if done.returncode == decoder.TOO_LONG:
        raise _too_long(name)
    if done.returncode == _PYTHON_FAILED:
        why = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise MediaError(f"{name}: cannot be converted ({why})")
    converted = ffmpeg.converted(data, name, SAMPLE_RATE, MAX_SECONDS)
    if converted is None:
        known = done.returncode == decoder.NO_SOUND
        why = done.stderr.decode(errors="replace") if known else "it is damaged"
        raise MediaError(
            f"{name}: not audio that can be played ({why}); use WAV, MP3, FLAC or Ogg Vorbis"
        )
    return converted


def _too_long(name: str) -> MediaError:
    return MediaError(f"{name}: longer than {MAX_SECONDS} s")


def wav(samples: bytes) -> bytes:
    """Return 8 kHz mono 16-bit little-endian samples as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(samples)
    return buffer.getvalue()
