"""A telephone that answers every call at once, and notes on the clock when."""

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

ADDRESS = "127.0.0.3"
_PATIENCE_SECONDS = 10.0

_SDP = (
    "v=0\r\no=called 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
)

Address = tuple[str, int]


@dataclass
class Times:
    """When (ns, time.perf_counter_ns) the first INVITE of a call came and its 200 went out."""

    invited: int
    answered: int


class CalledPhone(asyncio.DatagramProtocol):
    """Answers what Asterisk sends; `calls` has the times by the caller's number."""

    def __init__(self, user: str, password: str, audio_port: int) -> None:
        self.calls: dict[str, Times] = {}
        self.registered = asyncio.Event()
        self._user = user
        self._password = password
        self._audio_port = audio_port
        self._tag = uuid4().hex[:8]
        self._register_id = uuid4().hex
        self._sequence = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._port = 0

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Take the socket."""
        self._transport = transport
        self._port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Answer one message."""
        now = time.perf_counter_ns()
        message = data.decode(errors="replace")
        first, _, _ = message.partition("\r\n")
        if first.startswith("SIP/2.0 "):
            self._take_answer(int(first.split()[1]), message, addr)
            return
        match first.split()[0]:
            case "INVITE":
                self._send(self._response(message, "180 Ringing"), addr)
                caller = _found(r"sips?:([^@;>]*)@", _header(message, "From"))
                self._send(self._response(message, "200 OK", sdp=True), addr)
                self.calls.setdefault(caller, Times(now, time.perf_counter_ns()))
            case "ACK":
                pass
            case _:
                self._send(self._response(message, "200 OK"), addr)

    def register(self, asterisk: Address, authorization: str = "") -> None:
        """Ask to be registered for an hour."""
        self._sequence += 1
        lines = [
            f"REGISTER sip:{asterisk[0]}:{asterisk[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {ADDRESS}:{self._port};branch=z9hG4bK{uuid4().hex}",
            f"From: <sip:{self._user}@{asterisk[0]}>;tag={self._tag}",
            f"To: <sip:{self._user}@{asterisk[0]}>",
            f"Call-ID: {self._register_id}",
            f"CSeq: {self._sequence} REGISTER",
            f"Contact: <sip:{self._user}@{ADDRESS}:{self._port}>",
            "Expires: 3600",
            "Max-Forwards: 70",
            *([authorization] if authorization else []),
            "Content-Length: 0",
        ]
        self._send("\r\n".join((*lines, "", "")), asterisk)

    def _take_answer(self, status: int, message: str, asterisk: Address) -> None:
        if not _header(message, "CSeq").endswith("REGISTER"):
            return
        if status == 401 and self._sequence == 1:
            challenge = _header(message, "WWW-Authenticate")
            self.register(asterisk, self._credentials(challenge, asterisk))
        elif status == 200:
            self.registered.set()

    def _credentials(self, challenge: str, asterisk: Address) -> str:
        realm = _found(r'realm="([^"]*)"', challenge)
        nonce = _found(r'nonce="([^"]*)"', challenge)
        uri = f"sip:{asterisk[0]}:{asterisk[1]}"
        cnonce = uuid4().hex[:8]
        secret = _md5(f"{self._user}:{realm}:{self._password}")
        proof = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{_md5(f'REGISTER:{uri}')}")
        opaque = _found(r'opaque="([^"]*)"', challenge)
        return (
            f'Authorization: Digest username="{self._user}", realm="{realm}", nonce="{nonce}", '
            f'uri="{uri}", response="{proof}", algorithm=MD5, qop=auth, nc=00000001, '
            f'cnonce="{cnonce}", opaque="{opaque}"'
        )

    def _response(self, request: str, status: str, *, sdp: bool = False) -> str:
        body = _SDP.format(address=ADDRESS, port=self._audio_port) if sdp else ""
        to = _header(request, "To")
        lines = [
            f"SIP/2.0 {status}",
            *(f"Via: {via}" for via in _headers(request, "Via")),
            f"From: {_header(request, 'From')}",
            f"To: {to}" if ";tag=" in to else f"To: {to};tag={self._tag}",
            f"Call-ID: {_header(request, 'Call-ID')}",
            f"CSeq: {_header(request, 'CSeq')}",
            f"Contact: <sip:{self._user}@{ADDRESS}:{self._port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join((*lines, "", body))

    def _send(self, message: str, to: Address) -> None:
        if self._transport is not None:
            self._transport.sendto(message.encode(), to)


@asynccontextmanager
async def called_phone(user: str, password: str, asterisk: Address) -> AsyncIterator[CalledPhone]:
    """Register a telephone while the block runs."""
    loop = asyncio.get_running_loop()
    # Bound and never read: what is sent there bothers nobody.
    audio, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=(ADDRESS, 0)
    )
    port = audio.get_extra_info("sockname")[1]
    transport, phone = await loop.create_datagram_endpoint(
        lambda: CalledPhone(user, password, port), local_addr=(ADDRESS, 0)
    )
    try:
        phone.register(asterisk)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await phone.registered.wait()
        yield phone
    finally:
        transport.close()
        audio.close()


def _headers(message: str, name: str) -> list[str]:
    head, _, _ = message.partition("\r\n\r\n")
    start = f"{name.lower()}:"
    return [
        line.partition(":")[2].strip()
        for line in head.split("\r\n")
        if line.lower().startswith(start)
    ]


def _header(message: str, name: str) -> str:
    return next(iter(_headers(message, name)), "")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match.group(1) if match else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
