"""One WebSocket: the frames of a client, the events that it wants, and its patience."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from aiohttp import WSCloseCode, WSMsgType, web

from runtime.callflow.live import gregorian
from runtime.errors import FrameRefused, RequestRefused, StorageError
from runtime.events import Binding, Bus, Event, Subscription, parse
from runtime.storage import Database
from runtime.web.body import unusable_text
from runtime.web.buckets import Buckets
from runtime.web.channel_orders import ChannelOrders
from runtime.web.request import to_json
from runtime.web.socket_access import EVERY_ACCOUNT, Access, Admitted
from runtime.web.socket_orders import SocketOrders, told

logger = logging.getLogger(__name__)

MAX_FRAME: Final = 64 * 1024
MAX_WAITING: Final = 1_000
MAX_WAITING_BYTES: Final = 1_000_000
"""What may wait for a client that reads slowly; with more it is left behind."""
MAX_BINDINGS: Final = 500
CHECK_SECONDS: Final = 15.0
"""How long a token may be used that was taken back."""


@dataclass(frozen=True)
class _Wanted:
    subscription: Subscription
    admitted: Admitted


class Listener:
    """A client at the other end of a WebSocket."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        db: Database,
        bus: Bus,
        buckets: Buckets,
        address: str,
        channels: ChannelOrders,
    ) -> None:
        self.id = uuid4().hex
        self.closed = asyncio.Event()
        self._socket = socket
        self._bus = bus
        self._access = Access(db, buckets, address, CHECK_SECONDS)
        self._orders = SocketOrders(self._access, channels)
        self._address = address
        self._since = datetime.now(UTC)
        self._wanted: dict[tuple[str, str], _Wanted] = {}
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._something = asyncio.Event()
        self._over: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def shown(self, account_id: str) -> dict[str, Any]:
        """Return what it is and what it wants of an account."""
        names = sorted(name for account, name in self._wanted if account == account_id)
        return {
            "id": self.id,
            "source": self._address,
            "timestamp": gregorian(self._since),
            "bindings": names,
        }

    def end(self, code: int, reason: str) -> None:
        """Let it be over, with a code of WebSockets and a reason."""
        if not self._over.done():
            self._over.set_result((code, reason))

    async def run(self) -> None:
        """Talk to the client until one side ends it."""
        work = [asyncio.create_task(each) for each in (self._read(), self._write(), self._check())]
        try:
            ends: set[asyncio.Future[Any]] = {*work, self._over}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wanted in self._wanted.values():
                self._bus.unsubscribe(wanted.subscription)
            self._wanted.clear()
            for task in work:
                task.cancel()
            await asyncio.wait(work)
            for task in work:
                if not task.cancelled() and (error := task.exception()) is not None:
                    logger.info("WebSocket of %s: %r", self._address, error)
            self._waiting.clear()
            code, reason = self._over.result() if self._over.done() else (WSCloseCode.OK, "")
            try:
                await self._socket.close(code=code, message=reason.encode(), drain=False)
            except ConnectionError:
                pass  # it was faster
            finally:
                self.closed.set()

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                await self._take(message.data)
            elif message.type is WSMsgType.BINARY:
                self.end(WSCloseCode.UNSUPPORTED_DATA, "frames are text")
                return

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                frame = self._waiting.popleft()
                self._bytes -= len(frame)
                await self._socket.send_str(frame.decode())

    async def _check(self) -> None:
        """Cease to tell what the token may not hear any more."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            for wanted in tuple(self._wanted.values()):
                try:
                    await self._access.again(wanted.admitted)
                except StorageError as error:
                    logger.info("WebSocket of %s: its token is not looked up: %s", self.id, error)
                except FrameRefused:
                    self.end(WSCloseCode.POLICY_VIOLATION, "the token is no longer valid")
                    return

    def _send(self, frame: Mapping[str, Any]) -> None:
        content = to_json(frame)
        self._bytes += len(content)
        self._waiting.append(content)
        if len(self._waiting) > MAX_WAITING or self._bytes > MAX_WAITING_BYTES:
            self.end(WSCloseCode.POLICY_VIOLATION, "too slow: too many events wait")
            return
        self._something.set()

    def _tell(self, event: Event, subscription: Subscription) -> None:
        binding = subscription.binding
        wanted = self._wanted.get((subscription.account_id, str(binding)))
        if wanted is None or self._over.done():
            return
        if wanted.admitted.expires_at <= datetime.now(UTC):
            self.end(WSCloseCode.POLICY_VIOLATION, "the token has expired")
            return
        self._send(
            {
                "action": "event",
                "subscribed_key": str(binding),
                "subscription_key": binding.of_account(subscription.account_id),
                "name": event.name,
                "routing_key": event.routing_key,
                "data": event.data,
            }
        )

    # Frames.

    async def _take(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict):
            self._refuse(None, "a frame is an object of JSON")
            return
        request_id = frame.get("request_id")
        if not isinstance(request_id, str | int | None) or len(str(request_id)) > 256:
            request_id = None
        try:
            data = await self._do(frame)
        except FrameRefused as denied:
            self._refuse(request_id, *denied.reasons)
        except RequestRefused as refused:
            self._reply(request_id, "error", told(refused))
        except StorageError:
            self._refuse(request_id, "the database does not answer, try again later")
        else:
            self._reply(request_id, "success", data)

    async def _do(self, frame: Mapping[str, Any]) -> dict[str, Any]:
        action, token = frame.get("action"), frame.get("auth_token")
        if not isinstance(token, str) or not token:
            raise FrameRefused("missing auth_token")
        if action == "ping":
            await self._access.known(token)
            return {"response": "pong"}
        if self._orders.has(action):
            return {"response": await self._orders.run(action, token, frame.get("data"))}
        if action not in ("subscribe", "unsubscribe"):
            raise FrameRefused("unknown action" if action is not None else "missing action")
        account_id, binding = _asked(frame.get("data"))
        admitted = await self._access.admit(token, account_id)
        key = (admitted.account_id, str(binding))
        if action == "subscribe":
            self._subscribe(key, binding, admitted)
            return {"subscribed": self._names()}
        wanted = self._wanted.pop(key, None)
        if wanted is None:
            raise FrameRefused(f"not subscribed to {binding}")
        self._bus.unsubscribe(wanted.subscription)
        return {"subscribed": self._names(), "unsubscribed": [str(binding)]}

    def _subscribe(self, key: tuple[str, str], binding: Binding, admitted: Admitted) -> None:
        if (before := self._wanted.get(key)) is not None:
            self._wanted[key] = _Wanted(before.subscription, admitted)
            return
        if len(self._wanted) >= MAX_BINDINGS:
            raise FrameRefused(f"a WebSocket has at most {MAX_BINDINGS} bindings")
        subscription = Subscription(admitted.account_id, binding, self._tell)
        self._wanted[key] = _Wanted(subscription, admitted)
        self._bus.subscribe(subscription)

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for _, name in self._wanted))

    def _refuse(self, request_id: object, *reasons: str) -> None:
        self._reply(request_id, "error", {"errors": list(reasons)})

    def _reply(self, request_id: object, status: str, data: Mapping[str, Any]) -> None:
        frame = {"action": "reply", "status": status, "data": data}
        self._send(frame if request_id is None else frame | {"request_id": request_id})


def _asked(data: object) -> tuple[str, Binding]:
    """Return the account and the binding of a frame; raises FrameRefused."""
    given = data if isinstance(data, dict) else {}
    account_id, name = given.get("account_id"), given.get("binding")
    missing = [
        f"missing {key}"
        for key, value in (("account_id", account_id), ("binding", name))
        if not isinstance(value, str) or not value
    ]
    if missing or not isinstance(account_id, str) or not isinstance(name, str):
        raise FrameRefused(*missing)
    binding = parse(name) if unusable_text(name) is None else None
    if binding is None:
        raise FrameRefused("unknown binding")
    return account_id if account_id == EVERY_ACCOUNT else account_id.lower(), binding
