"""The pool of connections to PostgreSQL, which may be away at any time and come back."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeAlias
from urllib.parse import urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from runtime.errors import StorageUnavailable
from runtime.storage.failures import setting_error, translated

logger = logging.getLogger(__name__)

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

OLDEST_VERSION = 14
ANSWER_SECONDS = 5.0
_RELEASE_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0
_LOG_EVERY_SECONDS = 5.0

_WRONG_URL = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)


class Database:
    """A pool that connects when needed: `async with Database(url) as db`.

    Opening it sends nothing, so the server may come later. Raises SettingError for a URL that
    cannot be one; the URL, with its password, is never logged.
    """

    def __init__(self, url: str, *, max_connections: int = 10) -> None:
        _check(url)
        self._url = url
        self._max_connections = max_connections
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def __aenter__(self) -> Self:
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._max_connections,
            timeout=ANSWER_SECONDS,
            init=_set_up,
            reset=_as_it_was,
            server_settings={"application_name": "callflow"},
        )
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await pool.close()
        except (TimeoutError, OSError, asyncpg.InterfaceError) as error:
            logger.warning("PostgreSQL connections did not close in order: %r", error)
            pool.terminate()

    @asynccontextmanager
    async def connection(self, seconds: float | None = ANSWER_SECONDS) -> AsyncIterator[Connection]:
        """Lend a connection for the block, which must end within `seconds` (None: no limit).

        Raises StorageUnavailable when PostgreSQL is away or too slow, StorageRefused when a
        constraint or trigger refuses, both also from statements inside the block.
        """
        pool = self._pool
        if pool is None:
            raise StorageUnavailable("the database is not open")
        with translated():
            async with asyncio.timeout(seconds):
                connection = await pool.acquire()
                try:
                    yield connection
                finally:
                    await pool.release(connection, timeout=_RELEASE_SECONDS)

    async def dedicated(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Open a connection outside the pool; the caller closes it."""
        with translated():
            return await asyncpg.connect(
                self._url,
                timeout=ANSWER_SECONDS,
                server_settings={"application_name": "callflow listener"},
            )

    async def wait_ready(self) -> None:
        """Wait until PostgreSQL answers, however long that takes, with a log line now and then.

        Raises SettingError when it answers that user, password or database do not exist, or
        when it is older than OLDEST_VERSION.
        """
        loop = asyncio.get_running_loop()
        pause, next_line = _FIRST_PAUSE, loop.time()
        while True:
            try:
                version = await self._version()
            except StorageUnavailable as error:
                if isinstance(error.__cause__, _WRONG_URL):
                    raise setting_error(str(error.__cause__)) from None
                if loop.time() >= next_line:
                    logger.warning("waiting for PostgreSQL: %s", error)
                    next_line = loop.time() + _LOG_EVERY_SECONDS
            else:
                if version < OLDEST_VERSION:
                    raise setting_error(f"PostgreSQL {version} is older than {OLDEST_VERSION}")
                logger.info("PostgreSQL %d answers", version)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _version(self) -> int:
        async with self.connection() as connection:
            await connection.execute("select 1")
            return connection.get_server_version().major


async def _set_up(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, encoder=_to_json, decoder=json.loads, schema="pg_catalog"
        )


async def _as_it_was(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    # asyncpg has rolled back what was open. Nothing of ours outlives a transaction, so to reset the
    # session, too, would be a round trip for nothing after each use.
    return


def _to_json(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise setting_error(f"the database URL has a wrong port or host ({error})") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise setting_error("the database URL does not begin with postgresql://")
    if port == 0:
        raise setting_error("the database URL has port 0")
