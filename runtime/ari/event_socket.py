"""One WebSocket connection to Asterisk: events, and REST requests over the same socket."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count

import orjson
import picows
from picows.picows import WSCloseHandshake

from runtime.ari.transport import JsonObject, RawEvent, Response
from runtime.errors import AriError, AriUnavailable

logger = logging.getLogger(__name__)

# Asterisk closes the whole WebSocket (1009) on a message above 64 KiB.
MAX_MESSAGE = 60_000
# Events are small, but the list of all channels comes over the same socket.
MAX_RECEIVED = 64 * 1024 * 1024
# A peer that is gone does not answer our close either.
_CLOSE_SECONDS = 1.0

# What it tells of each connection we tell ourselves.
_wire = logging.getLogger(f"{__name__}.wire")
_wire.setLevel(logging.WARNING)


async def connect(
    url: str,
    headers: Mapping[str, str],
    deliver: Callable[[RawEvent], None],
    *,
    keep_alive: float,
) -> "EventSocket":
    """Open a connection, whose events are delivered from now on.

    After `keep_alive` seconds of silence the peer is asked for a sign of life and has half of that
    time to give one. Raises picows.WSHandshakeError when it refuses, and OSError.
    """
    events = EventSocket(deliver)
    connected: list[socket.socket] = []

    async def connection(parts: picows.WSParsedURL) -> socket.socket:
        connected.append(await _connection(parts.host, parts.port))
        return connected[0]

    try:
        await picows.ws_connect(
            lambda: events,
            url,
            socket_factory=connection,
            extra_headers=headers,
            enable_auto_ping=True,
            auto_ping_idle_timeout=keep_alive,
            auto_ping_reply_timeout=keep_alive / 2,
            websocket_handshake_timeout=None,
            max_frame_size=MAX_RECEIVED,
            max_redirects=0,
            logger_name=_wire,
        )
    except BaseException:
        # Cancelled in the middle, the library would leave it open.
        for each in connected:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        raise
    if not events.is_open:
        raise ConnectionError("closed before it was open")
    return events


async def _connection(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    failure: OSError | None = None
    for family, kind, protocol, _, address in await loop.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        candidate = socket.socket(family, kind, protocol)
        candidate.settimeout(0)
        try:
            await loop.sock_connect(candidate, address)
        except OSError as error:
            candidate.close()
            failure = error
        except BaseException:
            candidate.close()
            raise
        else:
            return candidate
    raise failure or OSError(f"{host} has no address")


class EventSocket(picows.WSListener):
    """Reads one open WebSocket and pairs REST answers with their requests."""

    def __init__(self, deliver: Callable[[RawEvent], None]) -> None:
        super().__init__()
        self._deliver = deliver
        self._socket: picows.WSTransport | None = None
        self._fragments = bytearray()
        self._numbers = count(1)
        # In the order of sending. An entry stays until Asterisk answers, even when nobody waits
        # any more: Asterisk serves a socket's requests one by one, so it tells whether it is stuck.
        self._pending: dict[str, tuple[float, asyncio.Future[Response]]] = {}

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        """Take the open connection; the library's side."""
        self._socket = transport

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        """Take a frame; the library's side."""
        match frame.msg_type:
            case picows.WSMsgType.TEXT if frame.fin:
                self._receive(frame.get_payload_as_memoryview())
            case picows.WSMsgType.TEXT | picows.WSMsgType.CONTINUATION:
                self._collect(frame)
            case picows.WSMsgType.CLOSE:
                transport.send_close(picows.WSCloseCode.OK)
                transport.disconnect()
            case picows.WSMsgType.BINARY:
                logger.warning("ignoring a binary message on Asterisk's event socket")
            case _:
                pass

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        opened = self._socket
        return opened is not None and not (opened.is_disconnected or opened.is_close_frame_sent)

    async def read(self) -> str:
        """Deliver events until the connection ends, and return why it did.

        Raises what `deliver` raised.
        """
        try:
            await self._opened.wait_disconnected()
        except (picows.WSError, OSError) as error:
            return f"connection failed: {error}"
        finally:
            self._fail_pending()
        return _reason(self._opened)

    async def close(self) -> None:
        """End the connection in order, or after a second without."""
        opened = self._opened
        if opened.is_disconnected:
            return
        opened.send_close(picows.WSCloseCode.OK)
        opened.disconnect()
        with suppress(TimeoutError, picows.WSError, AriError, OSError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await opened.wait_disconnected()
        opened.disconnect(graceful=False)

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: JsonObject | None,
        seconds: float,
    ) -> Response | None:
        """Send a REST request over the socket; None when it was not sent: too big, or closed.

        Raises AriUnavailable when there is no answer in time or the connection ends before.
        """
        number = str(next(self._numbers))
        message = _encode(number, method, path, query, body)
        if len(message) > MAX_MESSAGE or not self.is_open:
            return None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Response] = loop.create_future()
        self._pending[number] = (loop.time(), answer)
        # A timer of its own costs a tenth of asyncio.timeout.
        timer = loop.call_later(seconds, _expire, answer, f"{method} {path}", seconds)
        try:
            self._opened.send(picows.WSMsgType.TEXT, message)
            return await answer
        finally:
            timer.cancel()

    def waiting(self) -> float:
        """Return for how many seconds Asterisk has owed the oldest answer."""
        for sent, _ in self._pending.values():
            return asyncio.get_running_loop().time() - sent
        return 0.0

    @property
    def _opened(self) -> picows.WSTransport:
        if self._socket is None:
            raise AssertionError("`connect` returns open connections only")
        return self._socket

    def _collect(self, frame: picows.WSFrame) -> None:
        self._fragments += frame.get_payload_as_memoryview()
        if len(self._fragments) > MAX_RECEIVED:
            raise picows.WSProtocolError(
                picows.WSCloseCode.MESSAGE_TOO_BIG, "the message is too big"
            )
        if frame.fin:
            text, self._fragments = self._fragments, bytearray()
            self._receive(text)

    def _receive(self, text: bytearray | memoryview) -> None:
        try:
            raw = orjson.loads(text)
        except (ValueError, RecursionError):
            logger.warning("ignoring a message of Asterisk, no JSON: %r", bytes(text[:200]))
            return
        if not isinstance(raw, dict):
            logger.warning(
                "ignoring a message of Asterisk that is no object: %r", bytes(text[:200])
            )
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


def _reason(opened: picows.WSTransport) -> str:
    # None until one of the two has said that it closes, whatever the library's types say.
    closing: WSCloseHandshake | None = opened.close_handshake
    if closing is not None and closing.recv is not None:
        return f"closed by Asterisk (code {closing.recv.code})"
    if closing is not None and closing.sent is not None:
        return f"closed: {closing.sent.reason}"
    return "closed by Asterisk without a word"


def decode(status: int, content: bytes) -> Response:
    """Make a response of a status and a body that may be JSON."""
    try:
        data = orjson.loads(content) if content else None
    except ValueError:
        data = None
    return Response(status, data, content)


def _encode(
    number: str,
    method: str,
    path: str,
    query: Mapping[str, str] | None,
    body: JsonObject | None,
) -> bytes:
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
        request["message_body"] = orjson.dumps(body).decode()
    return orjson.dumps(request)


def _expire(answer: asyncio.Future[Response], what: str, seconds: float) -> None:
    if not answer.done():
        answer.set_exception(AriUnavailable(f"{what}: no answer in {seconds} s"))
