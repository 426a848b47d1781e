"""The transport to a real Asterisk: we connect to it, by WebSocket and by HTTP."""

import asyncio
import base64
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import aiohttp
import picows
from yarl import URL

from runtime.ari.backoff import Backoff
from runtime.ari.event_socket import EventSocket, connect, decode
from runtime.ari.transport import JsonObject, Response, Sink
from runtime.errors import AriError, AriUnavailable

logger = logging.getLogger(__name__)

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
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.close()

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
            response = await rest.request(method, path, query, body, self._timeout)
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
        url = f"{self._base}/events?{query}".replace("http", "ws", 1)
        try:
            async with asyncio.timeout(self._timeout):
                events = await connect(
                    url, self._headers, connection.sink.event, keep_alive=self._keep_alive
                )
        except picows.WSHandshakeError as error:
            return _explain(error)
        except TimeoutError:
            return f"no answer in {self._timeout} s"
        except OSError as error:
            return str(error) or repr(error)
        greeting = asyncio.create_task(self._greet(connection, events))
        try:
            reason = await events.read()
        finally:
            self._rest = None
            greeting.cancel()
            await asyncio.wait([greeting])
            await events.close()
        failure = None if greeting.cancelled() else greeting.exception()
        if failure is None:
            return reason
        if isinstance(failure, AriError):
            return str(failure)
        raise failure

    async def _greet(self, connection: "_Connection", events: EventSocket) -> None:
        try:
            await connection.sink.connected(first=connection.first)
        except Exception:
            await events.close()
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
        seconds = min(_PROBE_SECONDS, self._timeout)
        try:
            response = await events.request("GET", "asterisk/ping", None, None, seconds)
        except AriUnavailable:
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


def _explain(error: picows.WSHandshakeError) -> str:
    status = int(error.response.status) if error.response is not None else None
    match status:
        case 401 | 403:
            return f"Asterisk refuses our ARI user or password ({status})"
        case 404:
            return "Asterisk answers, but ARI is not loaded or not enabled (404)"
        case 503:
            return "Asterisk is still starting (503)"
        case None:
            return str(error)
        case _:
            return f"Asterisk refuses the WebSocket ({status})"
