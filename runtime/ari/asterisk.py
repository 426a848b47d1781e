"""The transport to a real Asterisk: we connect to it, by WebSocket and by HTTP."""

import asyncio
import base64
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from runtime.ari.backoff import Backoff
from runtime.ari.event_socket import EventSocket, decode
from runtime.ari.transport import JsonObject, Response, Sink
from runtime.errors import AriError, AriUnavailable

logger = logging.getLogger(__name__)

# Events are small, but the list of all channels comes over the same socket.
_MAX_RECEIVED = 64 * 1024 * 1024
# A peer that is gone does not answer our close either.
_CLOSE_SECONDS = 1.0
# Asterisk drops idle HTTP connections after 15 s; a POST must not meet that moment.
_IDLE_SECONDS = 10.0
# An Asterisk that knows REST over the WebSocket answers within milliseconds.
_PROBE_SECONDS = 2.0
# When the socket's oldest request has waited this long, others do not queue behind it.
_STUCK_SECONDS = 0.25


class Asterisk:
    """One Asterisk's ARI, as an asynchronous context manager.

    `url` is the base (`http://host:8088/ari`), `timeout` the seconds that any request may take,
    `keep_alive` the seconds of silence after which the peer is asked for a sign of life (it has
    half of that time to give one), `connections` the size of the HTTP pool: it stays below the
    100 sessions that Asterisk's http.conf allows by default.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        app: str,
        *,
        timeout: float = 10.0,
        keep_alive: float = 20.0,
        connections: int = 90,
    ) -> None:
        self._base = url.rstrip("/")
        self._app = app
        self._timeout = timeout
        self._keep_alive = keep_alive
        self._connections = connections
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._rest: EventSocket | None = None

    async def __aenter__(self) -> Self:
        limits = aiohttp.ClientTimeout(total=self._timeout)
        self._pool = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=_IDLE_SECONDS
            ),
            headers=self._headers,
            timeout=limits,
        )
        # Not from the pool: with every pooled connection waiting we must still be able to listen.
        self._listener = aiohttp.ClientSession(headers=self._headers)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.close()
        await self._listener.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        blocking: bool = False,
    ) -> Response:
        """See Transport.request."""
        rest = self._rest
        if rest is not None and not blocking and rest.waiting() < _STUCK_SECONDS:
            try:
                async with asyncio.timeout(self._timeout):
                    response = await rest.request(method, path, query, body)
            except TimeoutError:
                raise AriUnavailable(f"{method} {path}: no answer in {self._timeout} s") from None
            if response is not None:
                return response
        return await self._request_by_http(method, path, query, body)

    async def run(self, sink: Sink) -> None:
        """See Transport.run."""
        loop = asyncio.get_running_loop()
        backoff = Backoff()
        first = True
        told = ""
        while True:
            began = loop.time()
            connection = _Connection(sink, first=first)
            reason = await self._live_through(connection)
            if connection.announced:
                first = False
                sink.disconnected(reason)
            if connection.announced:
                logger.warning("lost %s, events are missed: %s", self._base, reason)
            elif reason != told:
                logger.warning("cannot connect to %s, still trying: %s", self._base, reason)
            told = reason
            # A peer that accepts and closes at once is not a good one: keep slowing down.
            if loop.time() - began > backoff.limit:
                backoff.reset()
            await asyncio.sleep(backoff.next())

    async def _live_through(self, connection: "_Connection") -> str:
        """Live through one connection and return why it ended or was not made."""
        query = urlencode({"app": self._app, "subscribeAll": "false"})
        try:
            async with asyncio.timeout(self._timeout):
                socket = await self._listener.ws_connect(
                    f"{self._base}/events?{query}",
                    heartbeat=self._keep_alive,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                    max_msg_size=_MAX_RECEIVED,
                )
        except aiohttp.WSServerHandshakeError as error:
            return _explain(error.status)
        except TimeoutError:
            return f"no answer in {self._timeout} s"
        except (aiohttp.ClientError, OSError) as error:
            return str(error) or repr(error)
        events = EventSocket(socket, connection.sink.event)
        greeting = asyncio.create_task(self._greet(connection, socket, events))
        try:
            reason = await events.read()
        finally:
            self._rest = None
            greeting.cancel()
            await asyncio.wait([greeting])
            await socket.close()
        failure = None if greeting.cancelled() else greeting.exception()
        if failure is None:
            return reason
        if isinstance(failure, AriError):
            return str(failure)
        raise failure

    async def _greet(
        self,
        connection: "_Connection",
        socket: aiohttp.ClientWebSocketResponse,
        events: EventSocket,
    ) -> None:
        try:
            await connection.sink.connected(first=connection.first)
        except Exception:
            await socket.close()
            raise
        connection.announced = True
        over_socket = await self._answers_rest(events)
        if over_socket:
            self._rest = events
        logger.info(
            "connected to %s as %s, requests by %s",
            self._base,
            self._app,
            "WebSocket" if over_socket else "HTTP",
        )

    async def _answers_rest(self, events: EventSocket) -> bool:
        """Ask over the socket: an Asterisk that is too old ignores what we send there."""
        try:
            async with asyncio.timeout(min(_PROBE_SECONDS, self._timeout)):
                response = await events.request("GET", "asterisk/ping", None, None)
        except (TimeoutError, AriUnavailable):
            return False
        return response is not None and response.status == 200

    async def _request_by_http(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: JsonObject | None,
    ) -> Response:
        # Encoded here once and for all: an encoded slash in an id must arrive as it is.
        suffix = f"?{urlencode(query, quote_via=quote)}" if query else ""
        url = URL(f"{self._base}/{path}{suffix}", encoded=True)
        try:
            async with self._pool.request(method, url, json=body, allow_redirects=False) as answer:
                return decode(answer.status, await answer.read())
        except TimeoutError as error:
            raise AriUnavailable(f"{method} {path}: no answer in {self._timeout} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise AriUnavailable(f"{method} {path}: {str(error) or repr(error)}") from error


class _Connection:
    """What is known of one connection while it lasts."""

    def __init__(self, sink: Sink, *, first: bool) -> None:
        self.sink = sink
        self.first = first
        self.announced = False


def _explain(status: int) -> str:
    match status:
        case 401 | 403:
            return f"Asterisk refuses our ARI user or password ({status})"
        case 404:
            return "Asterisk answers, but ARI is not loaded or not enabled (404)"
        case 503:
            return "Asterisk is still starting (503)"
        case _:
            return f"Asterisk refuses the WebSocket ({status})"
