"""One WebSocket connection to Asterisk: events, and REST requests over the same socket."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from itertools import count

import aiohttp

from runtime.ari.transport import JsonObject, RawEvent, Response
from runtime.errors import AriUnavailable

logger = logging.getLogger(__name__)

# Asterisk closes the whole WebSocket (1009) on a message above 64 KiB.
MAX_MESSAGE = 60_000


class EventSocket:
    """Reads one open WebSocket and pairs REST answers with their requests."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, deliver: Callable[[RawEvent], None]
    ) -> None:
        self._socket = socket
        self._deliver = deliver
        self._numbers = count(1)
        # In the order of sending. An entry stays until Asterisk answers, even when nobody waits
        # any more: Asterisk serves a socket's requests one by one, so it tells whether it is stuck.
        self._pending: dict[str, tuple[float, asyncio.Future[Response]]] = {}

    async def read(self) -> str:
        """Deliver events until the connection ends, and return why it did."""
        try:
            while True:
                message = await self._socket.receive()
                match message.type:
                    case aiohttp.WSMsgType.TEXT:
                        self._receive(message.data)
                    case aiohttp.WSMsgType.ERROR:
                        return f"connection failed: {message.data!r}"
                    case aiohttp.WSMsgType.BINARY:
                        logger.warning("ignoring a binary message on Asterisk's event socket")
                    case _:
                        return f"closed by Asterisk (code {self._socket.close_code})"
        finally:
            self._fail_pending()

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: JsonObject | None,
    ) -> Response | None:
        """Send a REST request over the socket; None when it was not sent: too big, or closed.

        Raises AriUnavailable when the connection ends before the answer.
        """
        number = str(next(self._numbers))
        message = _encode(number, method, path, query, body)
        if len(message) > MAX_MESSAGE or self._socket.closed:
            return None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Response] = loop.create_future()
        self._pending[number] = (loop.time(), answer)
        try:
            await self._socket.send_str(message)
        except (aiohttp.ClientError, OSError) as error:
            self._pending.pop(number, None)
            raise AriUnavailable(f"{method} {path}: {error}") from error
        return await answer

    def waiting(self) -> float:
        """Return for how many seconds Asterisk has owed the oldest answer."""
        for sent, _ in self._pending.values():
            return asyncio.get_running_loop().time() - sent
        return 0.0

    def _receive(self, text: str) -> None:
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError):
            logger.warning("ignoring a message of Asterisk that is not JSON: %.200r", text)
            return
        if not isinstance(raw, dict):
            logger.warning("ignoring a message of Asterisk that is no object: %.200r", text)
        elif raw.get("type") == "RESTResponse":
            self._answer(raw)
        else:
            self._deliver(raw)

    def _answer(self, raw: RawEvent) -> None:
        _, answer = self._pending.pop(str(raw.get("request_id")), (0.0, None))
        if answer is None or answer.done():
            return
        try:
            status = int(raw["status_code"])
        except (KeyError, TypeError, ValueError):
            answer.set_exception(AriUnavailable("Asterisk's answer has no status"))
            return
        answer.set_result(decode(status, str(raw.get("message_body") or "").encode()))

    def _fail_pending(self) -> None:
        for _, answer in self._pending.values():
            if not answer.done():
                answer.set_exception(AriUnavailable("connection to Asterisk lost"))
        self._pending.clear()


def decode(status: int, content: bytes) -> Response:
    """Make a response of a status and a body that may be JSON."""
    try:
        data = json.loads(content) if content else None
    except ValueError:
        data = None
    return Response(status, data, content)


def _encode(
    number: str,
    method: str,
    path: str,
    query: Mapping[str, str] | None,
    body: JsonObject | None,
) -> str:
    request: dict[str, object] = {
        "type": "RESTRequest",
        "transaction_id": number,
        "request_id": number,
        "method": method,
        "uri": path,
    }
    if query:
        request["query_strings"] = [{"name": k, "value": v} for k, v in query.items()]
    if body is not None:
        request["content_type"] = "application/json"
        request["message_body"] = json.dumps(body)
    return json.dumps(request)
