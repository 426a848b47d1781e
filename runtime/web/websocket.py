"""The WebSockets of clients: how many there may be, and their end."""

import asyncio
from collections import Counter
from typing import Any, Final

from aiohttp import WSCloseCode, web

from runtime.events import Bus
from runtime.storage import Database
from runtime.web import refusals
from runtime.web.buckets import Buckets
from runtime.web.channel_orders import ChannelOrders
from runtime.web.listener import MAX_FRAME, Listener

PER_ADDRESS: Final = 50
AT_ALL: Final = 2_000
IDLE_SECONDS: Final = 30.0
"""How often a client is asked whether it is there; one that is silent for half as long is not."""
FAREWELL_SECONDS: Final = 2.0
"""How long a client may take to say goodbye, too."""


class Sockets:
    """All open WebSockets."""

    def __init__(self, per_address: int = PER_ADDRESS) -> None:
        self._per_address = per_address
        self._open: dict[str, Listener] = {}
        self._addresses: Counter[str] = Counter()
        self._closing = False

    def __len__(self) -> int:
        return len(self._open)

    def of_account(self, account_id: str) -> list[dict[str, Any]]:
        """Return those that want events of an account, and which."""
        shown = (listener.shown(account_id) for listener in self._open.values())
        return [each for each in shown if each["bindings"]]

    async def serve(
        self,
        http: web.Request,
        db: Database,
        bus: Bus,
        buckets: Buckets,
        orders: ChannelOrders,
    ) -> web.WebSocketResponse:
        """Serve a client until it or we have enough; raises RequestRefused."""
        socket = web.WebSocketResponse(
            heartbeat=IDLE_SECONDS,
            max_msg_size=MAX_FRAME,
            compress=False,
            timeout=FAREWELL_SECONDS,
        )
        if not socket.can_prepare(http).ok:
            raise refusals.invalid_data("this is the address of a WebSocket")
        address = http.remote or ""
        if self._addresses[address] >= self._per_address or len(self._open) >= AT_ALL:
            raise refusals.too_many_requests()
        if self._closing:
            raise refusals.invalid_data("the server is stopping")
        self._addresses[address] += 1
        listener = Listener(socket, db, bus, buckets, address, orders)
        self._open[listener.id] = listener
        try:
            await socket.prepare(http)
            await listener.run()
        finally:
            del self._open[listener.id]
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]
            transport = http.transport
            if transport is not None and transport.get_write_buffer_size():
                transport.abort()  # it reads nothing: what waits for it would wait for ever
        return socket

    async def close(self) -> None:
        """Say goodbye to all, because the server stops."""
        self._closing = True
        for listener in self._open.values():
            listener.end(WSCloseCode.GOING_AWAY, "the server stops")
        ends = [asyncio.create_task(each.closed.wait()) for each in self._open.values()]
        if ends:
            _, late = await asyncio.wait(ends, timeout=2 * FAREWELL_SECONDS)
            for task in late:
                task.cancel()
