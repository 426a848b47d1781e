"""FreeSWITCH's tone and silence streams, as found in Kazoo's documents, in Asterisk's words."""

import re

from runtime.errors import MediaError

TONE_STREAM = "tone_stream://"
SILENCE_STREAM = "silence_stream://"

MAX_LOOPS = 100
MAX_SILENCE_SECONDS = 600

_TONE = re.compile(r"%\(\s*(\d{1,6})\s*,\s*(\d{1,6})\s*((?:,\s*\d{1,5}\s*){1,4})\)")
_LOOPS = re.compile(r"loops=(-?\d{1,6})")


def tone_media(stream: str) -> str:
    """Translate `tone_stream://%(on,off,f1[,f2]);loops=n` (ms, Hz) to a `tone:` of Asterisk.

    Without `loops` it is heard once; `loops=-1` never ends by itself. Raises MediaError.
    """
    text = stream.removeprefix(TONE_STREAM)
    tones = _TONE.findall(text)
    if not tones:
        raise MediaError(f"{stream}: no tone of the form %(on,off,frequency) in it")
    found = _LOOPS.search(text)
    loops = int(found.group(1)) if found else 1
    parts = []
    for on, off, frequencies in tones:
        mix = "+".join(f.strip() for f in frequencies.strip(", ").split(",")[:2])
        parts.append(f"{mix}/{on}")
        if int(off):
            parts.append(f"0/{off}")
    if loops < 0:
        return "tone:" + ",".join(parts)
    once = [f"!{part}" for part in parts]
    return "tone:" + ",".join(once * max(1, min(loops, MAX_LOOPS)))


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
