"""Sound as an answer, instead of the envelope."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web

from runtime.errors import RequestRefused
from runtime.objects import Opened
from runtime.web.declare import JSON
from runtime.web.etag import matches, quoted
from runtime.web.request import ApiRequest

SOUNDS: Final = (
    "audio/mpeg",
    "audio/mp3",
    "audio/mpeg3",
    "audio/wav",
    "audio/x-wav",
    "audio/ogg",
    "audio/flac",
    "video/mp4",
    "video/webm",
)
"""The types of sound that there are."""

_SAME: Final = {"audio/mp3": "audio/mpeg", "audio/mpeg3": "audio/mpeg", "audio/x-wav": "audio/wav"}
_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")
_PLAIN = re.compile(r"[^A-Za-z0-9 ._-]")


@dataclass(frozen=True)
class Sound:
    """A sound that a client is sent: its type, and what it is called as a file."""

    opened: Opened
    content_type: str
    sha256: str
    file_name: str

    def answer(self, request: ApiRequest, *, inline: bool = False) -> web.Response:
        """Return it; raises RequestRefused when the client accepts no such type."""
        ranges = accepted(request)
        if ranges and not any(_covers(range_, self.content_type) for range_ in ranges):
            raise RequestRefused(406, "not acceptable")
        headers = {"ETag": quoted(self.sha256), "X-Request-ID": request.id}
        known = request.http.headers.get("If-None-Match")
        if known is not None and matches(known, self.sha256):
            return web.Response(status=304, headers=headers)
        shown = "inline" if inline else "attachment"
        # The type is what the file was found to be, and no browser is to guess another.
        headers |= {
            "Content-Type": self.content_type,
            "Content-Length": str(self.opened.size),
            "Content-Disposition": f"{shown}; {_named(self.file_name)}",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=self.opened.chunks, headers=headers)


def wants_sound(request: ApiRequest) -> bool:
    """Whether the client asks for the sound itself rather than for what is known about it."""
    first = next(iter(accepted(request)), JSON)
    return not _covers(first, JSON)


def accepted(request: ApiRequest) -> Sequence[str]:
    """Return the types that a client accepts, in its order; none: it does not say."""
    header: str = request.http.headers.get(hdrs.ACCEPT, "")
    ranges = (request.query("accept") or header).split(",")
    kept = [range_.partition(";")[0].strip().lower() for range_ in ranges]
    return [range_ for range_ in kept if range_]


def _covers(range_: str, content_type: str) -> bool:
    if range_ in ("*", "*/*"):
        return True
    kind, _, rest = _SAME.get(range_, range_).partition("/")
    known = _SAME.get(content_type, content_type)
    return known == f"{kind}/{rest}" or (rest == "*" and known.startswith(f"{kind}/"))


def _named(file_name: str) -> str:
    plain = _PLAIN.sub("_", file_name)[:150]
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(file_name[:150], safe='')}"
