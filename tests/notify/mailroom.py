"""A real mail server (aiosmtpd) whose postmaster is the test."""

import asyncio
import ssl
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import aiosmtpd
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(aiosmtpd.__file__).parent / "tests" / "certs" / "server.crt"
SOON = 10.0


@dataclass(frozen=True)
class Taken:
    """A message that the server has taken: the addresses on the envelope and what is in it."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        """What it says."""
        text = self.message.get_content()
        assert isinstance(text, str)
        return text.replace("\r\n", "\n")


class Mailroom:
    """A mail server on loopback.

    `answers` are what it says, in turn, to recipients before it takes anything for them, and
    `to_data` to the next messages. With `password` it wants that of the user `pbx`.
    """

    def __init__(self, *, port: int = 0, tls: str = "off", password: str | None = None) -> None:
        self.port = port
        self.answers: defaultdict[str, list[str]] = defaultdict(list)
        self.to_data: list[str] = []
        self.tried = 0
        self.connections = 0
        self._tls = tls
        self._password = password
        self._taken: asyncio.Queue[Taken] = asyncio.Queue()
        self._server: asyncio.Server | None = None
        self._lines: set[SMTP] = set()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Be there, always at the same port."""
        context = _certified() if self._tls == "tls" else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._line, "127.0.0.1", self.port, ssl=context, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Be gone, in the middle of whatever somebody says."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for line in self._lines:
            if line.transport is not None:
                line.transport.close()
        self._lines.clear()
        await server.wait_closed()

    async def takes(self, within: float = SOON) -> Taken:
        """Wait for the next message."""
        async with asyncio.timeout(within):
            return await self._taken.get()

    @property
    def is_empty(self) -> bool:
        """Whether nothing came that was not taken note of."""
        return self._taken.empty()

    # What aiosmtpd asks.

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Answer to a recipient."""
        self.tried += 1
        if self.answers[address]:
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a message."""
        if self.to_data:
            return self.to_data.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self._taken.put_nowait(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return "250 OK"

    def _line(self) -> SMTP:
        self.connections += 1
        wants: dict[str, Any] = {}
        if self._password is not None:
            wants = {"authenticator": self._knows, "auth_require_tls": self._tls != "tls"}
        if self._tls == "starttls":
            wants |= {"tls_context": _certified(), "require_starttls": True}
        line = SMTP(self, hostname="mail.example", loop=asyncio.get_running_loop(), **wants)
        self._lines.add(line)
        return line

    def _knows(self, *asked: Any) -> AuthResult:
        said = asked[-1]
        right = isinstance(said, LoginPassword) and said == LoginPassword(
            b"pbx", (self._password or "").encode()
        )
        return AuthResult(success=right, handled=False)


def trusting() -> ssl.SSLContext:
    """Return what a client needs that believes the server's own certificate."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    context.check_hostname = False
    return context


def _certified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    return context
