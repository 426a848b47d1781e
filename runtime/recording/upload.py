"""Sending a recording to where its URL says, without becoming a door into the own network."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from yarl import URL

from runtime.errors import UploadError, WebError
from runtime.outward import Connections, web_address
from runtime.recording.ftp import store_by_ftp
from runtime.recording.plan import Method

SECONDS = 30.0
BYTES_PER_SECOND = 100_000
"""How fast at least a server must take a file, besides the time it has for an answer."""

MAX_REDIRECTS = 5


@dataclass(frozen=True)
class Parcel:
    """A file and where it goes; `query` tells an HTTP server what it is."""

    url: str
    method: Method
    file_name: str
    content_type: str
    content: bytes = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The URL with the file's name and the query.

        A URL that has a query of its own ends in what the name is the value of.
        """
        name = quote(self.file_name)
        told = urlencode(self.query)
        if urlsplit(self.url).query:
            return f"{self.url}{name}&{told}"
        slash = "" if self.url.endswith("/") else "/"
        return f"{self.url}{slash}{name}?{told}"


class Carrier(Protocol):
    """Brings files to their URLs."""

    async def send(self, parcel: Parcel) -> None:
        """Send a file; raises UploadError saying why it was not taken."""


class Uploads:
    """Sends over HTTP and FTP, as an asynchronous context manager.

    `allow_private` permits addresses that are not public.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._connections = Connections(allow_private=allow_private)

    async def send(self, parcel: Parcel) -> None:
        """See Carrier.send."""
        seconds = SECONDS + len(parcel.content) / BYTES_PER_SECOND
        scheme = urlsplit(parcel.url).scheme.lower()
        send = self._by_ftp if scheme in ("ftp", "ftps") else self._by_http
        try:
            async with asyncio.timeout(seconds):
                await send(parcel, seconds)
        except TimeoutError:
            raise UploadError(f"not taken within {seconds:.0f} s") from None
        except (aiohttp.ClientError, WebError, ValueError, OSError) as error:
            raise UploadError(str(error) or repr(error)) from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connections.close()

    async def _by_ftp(self, parcel: Parcel, seconds: float) -> None:
        await store_by_ftp(
            parcel.url,
            parcel.file_name,
            parcel.content,
            seconds=seconds,
            allow_private=self._allow_private,
        )

    async def _by_http(self, parcel: Parcel, _seconds: float) -> None:
        url = URL(parcel.address, encoded=True)
        headers = {"Content-Type": parcel.content_type}
        for _ in range(MAX_REDIRECTS):
            if url.scheme not in ("http", "https"):
                raise UploadError(f"led to {url.scheme}")
            web_address(str(url.origin()), allow_private=self._allow_private)
            async with self._connections.session.request(
                parcel.method.upper(),
                url,
                data=parcel.content,
                headers=headers,
                allow_redirects=False,
            ) as response:
                if response.status in (301, 302, 307, 308) and "Location" in response.headers:
                    url = url.join(URL(response.headers["Location"]))
                    continue
                if not 200 <= response.status < 300:
                    raise UploadError(f"answered {response.status} {response.reason}")
                return
        raise UploadError("too many redirects")
