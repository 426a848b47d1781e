"""A handset: the audio of one channel, both ways, as frames in the test's own process."""

import asyncio
from typing import Self

import aiohttp

from runtime.ari import AriClient, StasisStart, new_id
from tests.live.ear import Ear
from tests.live.tones import Tone, sine

_TALK_SECONDS = 15  # the telephone's Asterisk keeps 18 s of what it has not sent yet


class Handset:
    """A WebSocket channel in a bridge with the call's channel.

    Asterisk sends a frame each 20 ms as it comes from the far end, and paces what we send.
    """

    def __init__(
        self, ari: AriClient, socket: aiohttp.ClientWebSocketResponse, bridge_id: str, ear: Ear
    ) -> None:
        self._ari = ari
        self._socket = socket
        self._bridge_id = bridge_id
        self._listening = asyncio.create_task(self._listen(ear))

    @classmethod
    async def lift(
        cls, ari: AriClient, session: aiohttp.ClientSession, channel_id: str, ear: Ear
    ) -> Self:
        """Hold the handset of a channel to the ear, before or after the call is answered."""
        media = ari.channel(new_id("handset"))
        bridge = ari.bridge(new_id("talk"))
        with ari.subscribe(media.id) as events:
            made = await media.external_media(
                "INCOMING",
                "slin",
                encapsulation="none",
                transport="websocket",
                connection_type="server",
                transport_data="f(json)",
            )
            path = made.channelvars["MEDIA_WEBSOCKET_CONNECTION_ID"]
            socket = await session.ws_connect(f"/media/{path}", protocols=("media",))
            async with asyncio.timeout(5):
                while not isinstance(await events.get(), StasisStart):
                    pass
        await bridge.create("mixing")
        # What the handset's channel is called must not become the caller's name.
        await bridge.add(channel_id, media.id, inhibit_connected_line_updates=True)
        return cls(ari, socket, bridge.id, ear)

    async def speaks(self, tone: Tone) -> None:
        """Speak a tone until `hush`, 15 s at most."""
        one_second = sine(tone.hertz[0], 1)  # whole Hz: seconds join without a click
        for _ in range(_TALK_SECONDS):  # Asterisk takes no messages of more than 64 kB
            await self._socket.send_bytes(one_second)

    async def sounds(self, samples: bytes) -> None:
        """Send 16-bit samples, 8,000 a second; not while it speaks."""
        await self._socket.send_bytes(samples)

    async def hush(self) -> None:
        """Say nothing from now on."""
        await self._socket.send_json({"command": "FLUSH_MEDIA"})

    async def put_down(self) -> None:
        """End the audio; its channel ends with the socket."""
        await self._socket.close()
        await self._listening
        await self._ari.bridge(self._bridge_id).destroy()

    async def _listen(self, ear: Ear) -> None:
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                ear.packet(message.data)
