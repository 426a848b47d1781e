"""What kind of sound file something is, by its first bytes."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Container:
    """A kind of file: its content type, and how names of such files end."""

    content_type: str
    extension: str


WAV: Final = Container("audio/wav", "wav")
MP3: Final = Container("audio/mpeg", "mp3")
OGG: Final = Container("audio/ogg", "ogg")
FLAC: Final = Container("audio/flac", "flac")
MP4: Final = Container("video/mp4", "mp4")
WEBM: Final = Container("video/webm", "webm")

CONTAINERS: Final = (WAV, MP3, OGG, FLAC, MP4, WEBM)


def container_of(data: bytes) -> Container | None:
    """Return the kind of a file that is given by its begin; None when it is none of these."""
    head = data[:12]
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:] == b"WAVE":
        return WAV
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return MP3  # a frame of layer III; the same bits of AAC say layer 0
    signs = ((b"OggS", OGG), (b"fLaC", FLAC), (b"\x1a\x45\xdf\xa3", WEBM))
    for sign, container in signs:
        if head.startswith(sign):
            return container
    return MP4 if head[4:8] == b"ftyp" else None
