"""A program that turns a sound file into samples: libraries in C that crash take only it along.

Reads the file from its input and writes 16-bit mono samples; arguments are the rate and how many
seconds there may be.
"""

import resource
import sys
from typing import Final

import miniaudio

NO_SOUND: Final = 3
TOO_LONG: Final = 4

_MEMORY: Final = 1 << 30
_CPU_SECONDS: Final = 60


def samples(data: bytes, rate: int, max_seconds: int) -> bytes | None:
    """Decode WAV, MP3, FLAC or Ogg Vorbis; None when it is too long.

    Raises miniaudio.DecodeError.
    """
    pieces: list[bytes] = []
    left = rate * max_seconds
    # Piece by piece: a small file may be days of silence.
    for piece in miniaudio.stream_memory(
        data,
        output_format=miniaudio.SampleFormat.SIGNED16,
        nchannels=1,
        sample_rate=rate,
        frames_to_read=rate,
    ):
        pieces.append(bytes(piece))
        left -= len(piece)
        if left < 0:
            return None
    return b"".join(pieces)


def main() -> int:
    """Run the program; return its exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    rate, max_seconds = map(int, sys.argv[1:])
    try:
        found = samples(sys.stdin.buffer.read(), rate, max_seconds)
    except miniaudio.DecodeError as error:
        sys.stderr.write(str(error.args[0]) if error.args else "unknown format")
        return NO_SOUND
    if found is None:
        return TOO_LONG
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
