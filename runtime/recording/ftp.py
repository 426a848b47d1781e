"""Storing a file on an FTP server."""

import asyncio
import ftplib
import io
import socket
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

from runtime.errors import UploadError
from runtime.outward import is_public

PORT = 21
ANONYMOUS = "anonymous"


async def store_by_ftp(
    url: str, file_name: str, content: bytes, *, seconds: float, allow_private: bool
) -> None:
    """Store a file in the directory of an `ftp` or `ftps` URL; raises UploadError.

    `ftps` is FTP with TLS begun by the client (AUTH TLS), for the data, too.
    """
    parts = urlsplit(url)
    address = await _address(parts, allow_private=allow_private)
    try:
        # A library that blocks; its own timeout ends what nobody waits for any more.
        await asyncio.to_thread(_store, parts, address, file_name, content, seconds)
    except (ftplib.Error, OSError, EOFError, UnicodeError) as error:
        raise UploadError(f"ftp: {error}") from None


async def _address(parts: SplitResult, *, allow_private: bool) -> str:
    host, port = parts.hostname or "", parts.port or PORT
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UploadError(f"{host}: {error}") from None
    for *_, address in found:
        literal = str(address[0])
        if allow_private or is_public(literal):
            return literal
    raise UploadError(f"{host} is not a public address")


def _store(
    parts: SplitResult, address: str, file_name: str, content: bytes, seconds: float
) -> None:
    server = _server(parts)
    with server:
        # To the address that was looked at: a second look-up might find another.
        server.connect(address, parts.port or PORT, timeout=seconds)
        server.host = parts.hostname or address  # the name that the certificate must have
        server.login(unquote(parts.username or ANONYMOUS), unquote(parts.password or ""))
        if isinstance(server, ftplib.FTP_TLS):
            server.prot_p()
        for directory in filter(None, unquote(parts.path).split("/")):
            server.cwd(directory)
        server.storbinary(f"STOR {file_name}", io.BytesIO(content))


def _server(parts: SplitResult) -> ftplib.FTP:
    if parts.scheme.lower() == "ftps":
        return ftplib.FTP_TLS(context=ssl.create_default_context())  # noqa: S321 - as the URL wants
    return ftplib.FTP()  # noqa: S321
