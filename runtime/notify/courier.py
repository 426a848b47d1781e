"""The mail server that takes our messages."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Literal

import aiosmtplib

from runtime.errors import MailDelayed, MailRefused, SettingError
from runtime.notify.address import is_address
from runtime.storage.mails import MailRow

COMMAND_SECONDS = 15.0
"""How long the server may take for each of its answers."""

Tls = Literal["starttls", "tls", "off"]


@dataclass(frozen=True)
class MailServer:
    """How the server is reached, and as whom.

    `tls`: from the first byte, after STARTTLS, which it must then offer, or never. `sender` is an
    address, with a name or without.
    """

    host: str
    port: int
    sender: str
    tls: Tls = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = None


class Courier:
    """Takes messages to the mail server; raises SettingError for a sender that is no address."""

    def __init__(self, server: MailServer) -> None:
        name, address = parseaddr(server.sender)
        if not is_address(address):
            raise SettingError(
                "CALLFLOW_MAIL_FROM",
                f"{server.sender!r} is no mail address",
                "Set it to the sender of mail, such as `Telephone system <pbx@example.com>`.",
            )
        self._server = server
        self._address = address
        self._domain = address.rpartition("@")[2]
        self._sender = Address(name, addr_spec=address)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["Round"]:
        """Connect for as many messages as there are; raises MailDelayed."""
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=server.context,
            timeout=COMMAND_SECONDS,
        )
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailDelayed(f"{server.host}:{server.port}: {_told(error)}") from error
        try:
            yield Round(self, smtp)
            with suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit()
        finally:
            smtp.close()

    def message(self, mail: MailRow) -> EmailMessage:
        """Make the message; it has the same Message-ID however often it is sent."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.recipient
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.created_at)
        message["Message-ID"] = f"<{mail.id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.body)
        return message

    @property
    def address(self) -> str:
        """The sender's address, to which the mail of failures goes."""
        return self._address


class Round:
    """One connection, over which several messages go."""

    def __init__(self, courier: Courier, smtp: aiosmtplib.SMTP) -> None:
        self._courier = courier
        self._smtp = smtp

    async def deliver(self, mail: MailRow) -> None:
        """Hand a message over; raises MailRefused when it never can be, else MailDelayed."""
        try:
            message = self._courier.message(mail)
        except ValueError as error:
            raise MailRefused(f"no message can be made of it: {error}") from error
        try:
            await self._smtp.send_message(
                message, sender=self._courier.address, recipients=[mail.recipient]
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            # One recipient, so there is one answer.
            refused = error.recipients[0]
            raise _failure(refused.code, _told(refused)) from error
        except aiosmtplib.SMTPDataError as error:
            raise _failure(error.code, _told(error)) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise MailRefused(_told(error)) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # Also a sender it refuses: that is a setting of it or of us, and can be put right.
            raise MailDelayed(_told(error)) from error


def _failure(code: int, told: str) -> MailDelayed | MailRefused:
    return MailRefused(told) if 500 <= code < 600 else MailDelayed(told)


def _told(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
