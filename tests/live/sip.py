"""SIP as text: messages, digest, and the little SDP that a telephone needs."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """A SIP message; header names in lower case, of each only the first, but all Vias."""

    first: str
    headers: Mapping[str, str]
    vias: tuple[str, ...]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        """Read a message."""
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        vias = []
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.strip().lower(), value.strip()
            headers.setdefault(name, value)
            if name == "via":
                vias.append(value)
        return cls(first, headers, tuple(vias), body)

    @property
    def status(self) -> int:
        """Status of an answer; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """The method, also of an answer."""
        return self.headers["cseq"].split()[1]

    @property
    def number(self) -> int:
        """The number of the request within its dialog."""
        return int(self.headers["cseq"].split()[0])

    @property
    def call_id(self) -> str:
        """The id of its dialog."""
        return self.headers["call-id"]

    @property
    def contact(self) -> str:
        """The address of whoever sent it."""
        return uri_in(self.headers["contact"])

    @property
    def media(self) -> tuple[str, int]:
        """Where its sender wants audio."""
        address = re.search(r"^c=IN IP4 (\S+)", self.body, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        if address is None or port is None:
            raise AssertionError(f"no audio in {self.body!r}")
        return address[1], int(port[1])


def uri_in(header: str) -> str:
    """Return the URI of a name-addr."""
    found = re.search(r"<([^>]*)>", header)
    return found[1] if found is not None else header.partition(";")[0]


def tag_of(header: str) -> str:
    """Return the tag of a From or To."""
    found = re.search(r";tag=([^;\s]+)", header)
    return found[1] if found is not None else ""


def shown_in(header: str) -> tuple[str, str]:
    """Return the name and the number of a name-addr."""
    name = re.match(r'\s*"?([^"<]*?)"?\s*<', header)
    number = re.search(r"sips?:([^@>;]+)", header)
    return (name[1] if name is not None else ""), (number[1] if number is not None else "")


def authorization(challenge: Message, username: str, password: str, method: str, uri: str) -> str:
    """Answer a 401."""
    said = dict(re.findall(r'(\w+)="([^"]*)"', challenge.headers["www-authenticate"]))
    realm, nonce, cnonce = said["realm"], said["nonce"], secrets.token_hex(8)
    secret, what = _md5(f"{username}:{realm}:{password}"), _md5(f"{method}:{uri}")
    response = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{what}")
    opaque = f', opaque="{said["opaque"]}"' if "opaque" in said else ""
    return (
        f'Authorization: Digest username="{username}", realm="{realm}", nonce="{nonce}", '
        f'uri="{uri}", response="{response}", algorithm=MD5, qop=auth, nc=00000001, '
        f'cnonce="{cnonce}"{opaque}'
    )


def sdp(port: int, direction: str, version: int) -> str:
    """Offer or answer μ-law and keys at a port of ours."""
    lines = (
        "v=0",
        f"o=- 1 {version} IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        f"m=audio {port} RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        f"a={direction}",
        "",
    )
    return "\r\n".join(lines)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
