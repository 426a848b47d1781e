"""LISTEN: tells at once which account or SIP endpoint changed in PostgreSQL."""

import asyncio
import logging
import random
from collections.abc import Callable

import asyncpg

from runtime.errors import StorageError
from runtime.storage.failures import translated
from runtime.storage.pool import Database

logger = logging.getLogger(__name__)

ACCOUNT_CHANNEL = "callflow_changed"
ENDPOINT_CHANNEL = "callflow_endpoints"

_KEEP_ALIVE_SECONDS = 10.0
_ANSWER_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_LOST = ("", "")


class Changes:
    """One connection that listens, and is made again for ever.

    `on_account` gets an account's id, or "*" when the change may concern every account;
    `on_endpoint` a SIP endpoint's id, or "*". `on_gap` is called after each connect, the first
    included: whatever was read before may be out of date. The callbacks must not block; an
    exception in one ends `run`.
    """

    def __init__(
        self,
        db: Database,
        *,
        on_account: Callable[[str], None],
        on_endpoint: Callable[[str], None],
        on_gap: Callable[[], None],
    ) -> None:
        self._db = db
        self._callbacks = {ACCOUNT_CHANNEL: on_account, ENDPOINT_CHANNEL: on_endpoint}
        self._on_gap = on_gap

    async def run(self) -> None:
        """Listen until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            try:
                connection = await self._db.dedicated()
            except StorageError as error:
                logger.warning("cannot listen to PostgreSQL: %s", error)
                # Many runtimes that lost the same server come back spread out.
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            try:
                await self._follow(connection)
            except StorageError as error:
                logger.warning("lost the connection that listens to PostgreSQL: %s", error)
            finally:
                connection.terminate()

    async def _follow(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        news: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

        def heard(_connection: object, _pid: int, channel: str, payload: object) -> None:
            news.put_nowait((channel, str(payload)))

        connection.add_termination_listener(lambda _connection: news.put_nowait(_LOST))
        with translated():
            async with asyncio.timeout(_ANSWER_SECONDS):
                for channel in self._callbacks:
                    await connection.add_listener(channel, heard)
        logger.info("listening to changes in PostgreSQL")
        self._on_gap()
        while True:
            try:
                channel, payload = await asyncio.wait_for(news.get(), _KEEP_ALIVE_SECONDS)
            except TimeoutError:
                # A server that vanished without closing the connection is found only by asking.
                with translated():
                    await connection.execute("select 1", timeout=_ANSWER_SECONDS)
                continue
            if (channel, payload) == _LOST:
                logger.warning("PostgreSQL closed the connection that listens")
                return
            self._callbacks[channel](payload)
