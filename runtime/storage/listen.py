"""LISTEN: tells at once which account or SIP endpoint changed in PostgreSQL."""

import asyncio
import logging
import random
from collections.abc import Callable

import asyncpg

from runtime.errors import StorageError, StorageUnavailable
from runtime.storage.failures import translated
from runtime.storage.pool import Database

logger = logging.getLogger(__name__)

ACCOUNT_CHANNEL = "callflow_changed"
ENDPOINT_CHANNEL = "callflow_endpoints"
DOCUMENT_CHANNEL = "callflow_documents"

_KEEP_ALIVE_SECONDS = 10.0
_ANSWER_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Changes:
    """One connection that listens, and is made again for ever.

    `on_account` gets an account's id, or "*" when the change may concern every account;
    `on_endpoint` a SIP endpoint's id, or "*". `on_gap` is called after each connect, the first
    included: whatever was read before may be out of date. `on_document` gets JSON about each
    document and callflow that was made, changed or deleted (see sql/0011_api.sql). The callbacks
    must not block; an exception in one ends `run`.
    """

    def __init__(
        self,
        db: Database,
        *,
        on_account: Callable[[str], None],
        on_endpoint: Callable[[str], None],
        on_gap: Callable[[], None],
        on_document: Callable[[str], None] | None = None,
    ) -> None:
        self._db = db
        self._callbacks = {ACCOUNT_CHANNEL: on_account, ENDPOINT_CHANNEL: on_endpoint}
        if on_document is not None:
            self._callbacks[DOCUMENT_CHANNEL] = on_document
        self._on_gap = on_gap
        # None: the connection was lost.
        self._news: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()

    async def run(self) -> None:
        """Listen until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            try:
                connection = await self._db.dedicated()
                try:
                    await self._listen(connection)
                    pause = _FIRST_PAUSE
                    await self._follow(connection)
                finally:
                    connection.terminate()
            except StorageError as error:
                logger.warning("not listening to PostgreSQL: %s", error)
            # Many runtimes that lost the same server come back spread out.
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _listen(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._news = asyncio.Queue()
        connection.add_termination_listener(self._lost)
        with translated():
            async with asyncio.timeout(_ANSWER_SECONDS):
                for channel in self._callbacks:
                    await connection.add_listener(channel, self._heard)
        logger.info("listening to changes in PostgreSQL")
        self._on_gap()

    async def _follow(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        while True:
            try:
                news = await asyncio.wait_for(self._news.get(), _KEEP_ALIVE_SECONDS)
            except TimeoutError:
                # A server that vanished without closing the connection is found only by asking.
                with translated():
                    await connection.execute("select 1", timeout=_ANSWER_SECONDS)
                continue
            if news is None:
                raise StorageUnavailable("the connection was closed")
            channel, payload = news
            self._callbacks[channel](payload)

    def _heard(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._news.put_nowait((channel, str(payload)))

    def _lost(self, _connection: object) -> None:
        self._news.put_nowait(None)
