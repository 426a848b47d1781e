"""A client of the WebSocket: the frames that it sends and hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.web.client import Client
from tests.web.conftest import A


class Ear:
    """A client at its end of a WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, token: str | None) -> None:
        self.socket = socket
        self._token = token

    async def asks(self, action: str, **more: Any) -> dict[str, Any]:
        """Send a frame and return the reply."""
        frame = {"action": action, "auth_token": self._token, "request_id": "r1", **more}
        await self.socket.send_json(frame)
        return await self.hears()

    async def subscribes(
        self, binding: str, account_id: str = A, action: str = "subscribe", **more: Any
    ) -> dict[str, Any]:
        data = {"account_id": account_id, "binding": binding}
        return await self.asks(action, data=data, **more)

    async def hears(self) -> dict[str, Any]:
        """Return the next frame."""
        frame: dict[str, Any] = await self.socket.receive_json(timeout=10)
        return frame

    async def is_closed(self) -> int | None:
        """Return with which code the server closes it; frames before are passed over."""
        async with asyncio.timeout(20):
            async for _ in self.socket:
                pass
        return self.socket.close_code


@asynccontextmanager
async def connected(client: Client) -> AsyncIterator[Ear]:
    """Open a WebSocket; the frames have the client's token."""
    async with client.session.ws_connect(f"{client.base}/v2/websocket") as socket:
        yield Ear(socket, client.token)
