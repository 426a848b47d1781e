"""The FastAGI server: one short-lived session for each AGI() of a dialplan."""

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from runtime.agi.protocol import MAX_LINE, PATIENCE, AgiError, Session
from runtime.errors import SettingError

logger = logging.getLogger(__name__)

MAX_SESSIONS = 2000
"""Sessions at once; a call holds one for as long as its flow runs."""
KEEPALIVE_SECONDS = 60

Script = Callable[[Session], Awaitable[None]]
"""What runs for AGI(agi://host/<its name>,...); a CallflowError that leaves it fails the AGI."""


@asynccontextmanager
async def serve(
    host: str,
    port: int,
    scripts: Mapping[str, Script],
    *,
    max_sessions: int = MAX_SESSIONS,
    patience: float = PATIENCE,
) -> AsyncIterator[None]:
    """Serve while the block runs; leaving it cuts the sessions off, not their calls.

    `patience`: seconds that Asterisk may take for its greeting, and for each quick reply.
    Raises SettingError when the address cannot be had.
    """
    sessions = _Sessions(scripts, max_sessions, patience)
    try:
        server = await asyncio.start_server(sessions.take, host, port, limit=MAX_LINE)
    except OSError as error:
        name = "CALLFLOW_AGI_PORT" if error.errno == errno.EADDRINUSE else "CALLFLOW_AGI_HOST"
        reason = error.strerror or str(error)
        raise SettingError(
            name,
            f"cannot listen on {host}:{port} ({reason})",
            "Choose another; with CALLFLOW_AGI_PORT=0 there is no FastAGI.",
        ) from None
    try:
        yield
    finally:
        server.close()
        await sessions.end()


class _Sessions:
    def __init__(self, scripts: Mapping[str, Script], most: int, patience: float) -> None:
        self._scripts = scripts
        self._most = most
        self._patience = patience
        self._running: set[asyncio.Task[None]] = set()
        self._full = False

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin a session, or refuse it so that the dialplan sees AGISTATUS=FAILURE."""
        full = len(self._running) >= self._most
        if full and not self._full:
            logger.warning("AGI: %d sessions at once are the limit, more are refused", self._most)
        self._full = full
        if full:
            writer.write(b"failure\n")
            writer.close()
            return
        task = asyncio.create_task(self._run(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def end(self) -> None:
        """Cut all sessions off."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    async def _run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _keep_alive(writer)
        session = Session(reader, writer, self._patience)
        try:
            await session.greet()
            script = self._scripts.get(session.request.script)
            if script is not None:
                await script(session)
            else:
                known = ", ".join(self._scripts)
                logger.warning("%s: no such script; there are %s", session, known)
                await session.fail()
        except AgiError as error:
            level = logging.INFO if session.hung_up else logging.WARNING
            logger.log(level, "%s: %s", session, error)
        except Exception:
            logger.exception("%s failed", session)
            writer.write(b"failure\n")
        finally:
            writer.close()


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    # While a flow runs nothing is said; an Asterisk whose machine is gone must still be noticed.
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
