"""Any audio file to what Asterisk plays without transcoding trouble: WAV, 8 kHz, mono, 16 bit."""

import io
import wave

import miniaudio

from runtime.errors import MediaError

SAMPLE_RATE = 8000
MAX_SECONDS = 3600


def to_telephone_wav(data: bytes, name: str) -> bytes:
    """Convert WAV, MP3, FLAC or Ogg Vorbis; raises MediaError naming `name` when it is none."""
    try:
        decoded = miniaudio.decode(
            data,
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=SAMPLE_RATE,
        )
    except miniaudio.DecodeError as error:
        raise MediaError(
            f"{name}: not audio that can be played ({error}); use WAV, MP3, FLAC or Ogg Vorbis"
        ) from None
    samples = bytes(decoded.samples)
    if not samples:
        raise MediaError(f"{name}: no sound in it")
    if len(samples) > MAX_SECONDS * SAMPLE_RATE * 2:
        raise MediaError(f"{name}: longer than {MAX_SECONDS} s")
    return wav(samples)


def wav(samples: bytes) -> bytes:
    """Return 8 kHz mono 16-bit little-endian samples as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(samples)
    return buffer.getvalue()
