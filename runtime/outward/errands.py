"""Requests that wait for nobody: sent after a while again when a server does not take them."""

import asyncio
import logging

from runtime.errors import WebError
from runtime.outward.web import Request, Web, without_secrets

logger = logging.getLogger(__name__)

PAUSES = (0.0, 5.0, 30.0, 120.0, 600.0)
"""How many seconds are between the attempts."""
MAX_WAITING = 1000
"""Requests that have not been taken yet, at most."""


class Errands:
    """Sends requests whose answer matters to nobody; those that wait end with the program."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._given: asyncio.Queue[Request] = asyncio.Queue()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Number of requests that have not been taken yet."""
        return self._waiting

    def send(self, request: Request) -> None:
        """Let a request be sent; never waits."""
        if self._waiting >= MAX_WAITING:
            where = without_secrets(request.url)
            logger.error("%s: not sent: %d others wait to be taken", where, self._waiting)
            return
        self._waiting += 1
        self._given.put_nowait(request)

    async def run(self) -> None:
        """Send for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._send(await self._given.get()))

    async def _send(self, request: Request) -> None:
        where = without_secrets(request.url)
        try:
            for pause in PAUSES:
                await asyncio.sleep(pause)
                problem = await self._problem(request)
                if problem is None:
                    return
                logger.info("%s: not taken: %s", where, problem)
            logger.warning("%s: not taken, given up after %d attempts", where, len(PAUSES))
        except asyncio.CancelledError:
            logger.warning("%s: not taken before the program ended", where)
            raise
        finally:
            self._waiting -= 1

    async def _problem(self, request: Request) -> str | None:
        try:
            response = await self._web.ask(request)
        except WebError as error:
            return str(error)
        taken = 200 <= response.status < 300
        return None if taken else f"answered {response.status} {response.reason}"
