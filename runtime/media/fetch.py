"""Fetching audio that documents name by URL, without becoming a door into the own network."""

import asyncio
import ipaddress
import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from runtime.errors import MediaError

FETCH_SECONDS = 10.0
MAX_BYTES = 20_000_000


class _PublicResolver(AbstractResolver):
    """Names resolve only to public addresses; checked here, so redirects cannot get around it."""

    def __init__(self) -> None:
        self._resolver = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [entry for entry in found if ipaddress.ip_address(entry["host"]).is_global]
        if not public:
            raise MediaError(f"{host} is not a public address")
        return public

    async def close(self) -> None:
        await self._resolver.close()


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
            self._refuse_private_literal(url)
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
            resolver = None if self._allow_private else _PublicResolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, limit=20)
            )
        return self._session

    def _refuse_private_literal(self, url: str) -> None:
        # A literal address is never resolved, so the resolver does not see it.
        host = URL(url).host or ""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return
        if not self._allow_private and not address.is_global:
            raise MediaError(f"{url}: {host} is not a public address")
