"""Formats that only ffmpeg reads, where it is installed: Opus, MP4, WebM."""

import shutil
import subprocess
import tempfile
from typing import Final

from runtime.errors import MediaError
from runtime.media.container import container_of

SECONDS: Final = 60.0
"""How long a conversion may take."""

# ffmpeg chooses nothing itself: a file that is a playlist would make it fetch from the network.
_DEMUXERS: Final = {"audio/ogg": "ogg", "video/mp4": "mov", "video/webm": "matroska"}


def converted(data: bytes, name: str, rate: int, max_seconds: int) -> bytes | None:
    """Return 16-bit mono samples of so many a second; None when ffmpeg is not to be asked.

    It blocks. More than `max_seconds` is cut off a second later. Raises MediaError naming `name`.
    """
    found = container_of(data)
    demuxer = None if found is None else _DEMUXERS.get(found.content_type)
    program = shutil.which("ffmpeg")
    if demuxer is None or program is None:
        return None
    # A file, since an MP4 is read from its end.
    with tempfile.NamedTemporaryFile(prefix="callflow-") as file:
        file.write(data)
        file.flush()
        source = ("-protocol_whitelist", "file", "-f", demuxer, "-i", f"file:{file.name}")
        sound = ("-vn", "-sn", "-dn", "-t", str(max_seconds + 1), "-ac", "1", "-ar", str(rate))
        command = (program, "-nostdin", "-v", "error", *source, *sound, "-f", "s16le", "pipe:1")
        try:
            done = subprocess.run(  # noqa: S603 - no argument is a client's
                command, capture_output=True, timeout=SECONDS, check=False, env={}
            )
        except subprocess.TimeoutExpired:
            raise MediaError(f"{name}: not converted within {SECONDS:g} s") from None
        except OSError as error:
            raise MediaError(f"{name}: ffmpeg cannot be run ({error})") from None
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").replace(f"file:{file.name}", name).strip()
        raise MediaError(f"{name}: not audio that can be played ({complaint[-200:]})")
    return done.stdout
