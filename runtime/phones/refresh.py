"""Makes Asterisk read the phones again when their documents have changed."""

import asyncio
import logging

from runtime.ari import AriClient
from runtime.errors import AriError

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.2
RETRY_SECONDS = 2.0


class EndpointRefresh:
    """Asterisk keeps all endpoints in memory, so that phones call while PostgreSQL is away.

    New devices it finds by itself; a changed or deleted one only after a reload. PostgreSQL must
    answer at that moment, or Asterisk forgets them all: so only a notice of PostgreSQL, which has
    just answered then, is a reason to reload.
    """

    def __init__(self, ari: AriClient) -> None:
        self._ari = ari
        self._wanted = asyncio.Event()

    def changed(self, endpoint_id: str = "*") -> None:
        """Take note that an endpoint, or with `*` any, may have changed."""
        logger.debug("endpoint %s changed", endpoint_id)
        self._wanted.set()

    async def run(self) -> None:
        """Reload for ever, once for changes that come together."""
        while True:
            await self._wanted.wait()
            await asyncio.sleep(GATHER_SECONDS)
            await self._ari.wait_connected()
            self._wanted.clear()
            try:
                await self._ari.reload_module("res_pjsip.so")
            except AriError as error:
                logger.warning("phones could not be read again, trying once more: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                self._wanted.set()
