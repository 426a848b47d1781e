"""Fetching audio that documents name by URL, without becoming a door into the own network."""

import asyncio

import aiohttp
from yarl import URL

from runtime.errors import MediaError
from runtime.media.outward import PublicResolver, refuse_private_literal

FETCH_SECONDS = 10.0
MAX_BYTES = 20_000_000


class Fetcher:
    """Fetches over HTTP; `allow_private` permits addresses that are not public."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str) -> bytes:
        """Return the body; raises MediaError saying why the URL cannot be used."""
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                return await self._get(url)
        except TimeoutError:
            raise MediaError(f"{url}: no answer within {FETCH_SECONDS:g} s") from None
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise MediaError(f"{url}: {error}") from None

    async def close(self) -> None:
        """Give up the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _get(self, url: str) -> bytes:
        session = self._opened()
        for _ in range(5):
            if not self._allow_private:
                refuse_private_literal(url)
            async with session.get(url, allow_redirects=False) as response:
                if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
                    url = str(response.url.join(URL(response.headers["Location"])))
                    continue
                if response.status != 200:
                    raise MediaError(f"{url}: answered {response.status} {response.reason}")
                body = await response.content.read(MAX_BYTES + 1)
                while len(body) <= MAX_BYTES and (more := await response.content.read(MAX_BYTES)):
                    body += more
                if len(body) > MAX_BYTES:
                    raise MediaError(f"{url}: larger than {MAX_BYTES} bytes")
                return body
        raise MediaError(f"{url}: too many redirects")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = None if self._allow_private else PublicResolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, limit=20)
            )
        return self._session
