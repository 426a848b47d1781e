"""Connections to servers that documents name: kept for a while, and checked when they are made."""

import aiohttp

from runtime.outward.address import PublicResolver

CONNECTIONS = 100
"""At most, to all servers; one server has no more than a part of them."""
CONNECTIONS_PER_SERVER = 20
KEPT_SECONDS = 3.0
"""How long one is kept: less than servers do, which would close it under the next POST."""


class Connections:
    """A client session that is opened when it is first used, and forgets cookies at once.

    Whoever uses it limits the time.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session."""
        if self._session is None:
            resolver = None if self.allow_private else PublicResolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=resolver,
                    limit=CONNECTIONS,
                    limit_per_host=CONNECTIONS_PER_SERVER,
                    keepalive_timeout=KEPT_SECONDS,
                ),
                # One account's must not become another's.
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session

    async def close(self) -> None:
        """Give up the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None
