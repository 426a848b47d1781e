"""The client: one connection to Asterisk, its events routed, its objects at hand."""

import asyncio
from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from runtime.ari.bridge import Bridge
from runtime.ari.channel import Channel
from runtime.ari.commands import Commands
from runtime.ari.data import (
    ApplicationData,
    BridgeData,
    ChannelData,
    DeviceStateData,
    EndpointData,
    InfoData,
    StoredRecordingData,
)
from runtime.ari.endpoint import DeviceState, Endpoint
from runtime.ari.events import DEFAULT_EVENTS, Event, Gap
from runtime.ari.playback import Playback
from runtime.ari.reception import Arrival, Reception
from runtime.ari.recording import LiveRecording, StoredRecording
from runtime.ari.subscriptions import Subscription
from runtime.ari.transport import Transport
from runtime.errors import AriRefused

M = TypeVar("M", bound=BaseModel)


@cache
def _list_of(model: type[M]) -> TypeAdapter[list[M]]:
    # Making one takes longer than reading a list with it.
    return TypeAdapter(list[model])  # type: ignore[valid-type]


class AriClient:
    """All that the program does with one Asterisk.

    `app` is our Stasis application, `events` the types that Asterisk is asked to send. Nothing
    happens before `run` is a task; whoever runs it may cancel it. `observe` is told every event,
    whoever follows its object; it must not block and raises nothing.
    """

    def __init__(
        self,
        transport: Transport,
        app: str,
        *,
        events: Iterable[str] = DEFAULT_EVENTS,
        observe: Callable[[Event], None] | None = None,
    ) -> None:
        self.app = app
        self.commands = Commands(transport, app)
        self._transport = transport
        self._reception = Reception(self.commands, events, observe)
        self.arrivals: asyncio.Queue[Arrival] = self._reception.arrivals
        self.gaps: asyncio.Queue[Gap] = self._reception.gaps

    async def run(self) -> None:
        """Keep the connection and route events for ever.

        Raises AppTaken when another program connects with the name of our application.
        """
        try:
            await self._transport.run(self._reception)
        finally:
            self._reception.open.clear()

    @property
    def is_connected(self) -> bool:
        """Whether events come in right now, as far as we know."""
        return self._reception.open.is_set()

    async def wait_connected(self) -> None:
        """Wait until events come in and are filtered."""
        await self._reception.open.wait()

    def subscribe(self, *object_ids: str) -> Subscription:
        """Take the events of channels, bridges, playbacks, recordings (by name) ...

        The ids are ours, so subscribe before asking Asterisk to make the objects. A channel that
        somebody subscribed to is no arrival.
        """
        return self._reception.router.open(*object_ids)

    def follows(self, object_id: str) -> bool:
        """Whether somebody takes the events of this object."""
        return bool(self._reception.router.interested(object_id))

    def channel(self, channel_id: str) -> Channel:
        """Return the handle of a channel."""
        return Channel(self.commands, channel_id)

    def bridge(self, bridge_id: str) -> Bridge:
        """Return the handle of a bridge."""
        return Bridge(self.commands, bridge_id)

    def playback(self, playback_id: str) -> Playback:
        """Return the handle of a playback."""
        return Playback(self.commands, playback_id)

    def live_recording(self, name: str) -> LiveRecording:
        """Return the handle of a running recording."""
        return LiveRecording(self.commands, name)

    def stored_recording(self, name: str) -> StoredRecording:
        """Return the handle of a stored recording."""
        return StoredRecording(self.commands, name)

    def endpoint(self, technology: str, resource: str) -> Endpoint:
        """Return the handle of an endpoint."""
        return Endpoint(self.commands, technology, resource)

    def device_state(self, name: str) -> DeviceState:
        """Return the handle of a device state."""
        return DeviceState(self.commands, name)

    async def channels(self) -> list[ChannelData]:
        """List all channels of this Asterisk, also those that are not ours."""
        return await self._list(ChannelData, "channels")

    async def bridges(self) -> list[BridgeData]:
        """List all bridges of this Asterisk, also those that are not ours."""
        return await self._list(BridgeData, "bridges")

    async def stored_recordings(self) -> list[StoredRecordingData]:
        """List all recordings on this Asterisk's disk, also those that are not ours."""
        return await self._list(StoredRecordingData, "recordings", "stored")

    async def endpoints(self, technology: str) -> list[EndpointData]:
        """List all endpoints of a technology such as PJSIP."""
        return await self._list(EndpointData, "endpoints", technology)

    async def device_states(self) -> list[DeviceStateData]:
        """List the device states that were ever set (`Stasis:...`), each name cut at 63 characters.

        Asterisk keeps them on disk.
        """
        return await self._list(DeviceStateData, "deviceStates")

    async def application(self) -> ApplicationData:
        """Tell what our application is subscribed to: after a gap, the list of our calls."""
        return await self.commands.ask(ApplicationData, "applications", self.app)

    async def info(self) -> InfoData:
        """Tell which Asterisk this is and when it started."""
        return await self.commands.ask(InfoData, "asterisk", "info")

    async def ping(self) -> None:
        """Ask for a sign of life; raises AriUnavailable when there is none."""
        await self.commands.send("GET", "asterisk", "ping")

    async def reload_module(self, name: str) -> None:
        """Make a module such as `res_pjsip.so` read its configuration again."""
        await self.commands.send("PUT", "asterisk", "modules", name, blocking=True, gone=())

    async def watch(self, source: str) -> None:
        """Subscribe our application to `endpoint:PJSIP/alice`, `channel:...` and the like.

        Asterisk keeps it until it restarts. An unknown source is AriRefused with 422.
        """
        await self._watch("POST", source)

    async def unwatch(self, source: str) -> None:
        """Undo `watch`; AriRefused with 409 when it was not watched."""
        await self._watch("DELETE", source)

    async def _watch(self, method: str, source: str) -> None:
        path = ("applications", self.app, "subscription")
        await self.commands.send(method, *path, query={"eventSource": source})

    async def _list(self, model: type[M], *path: str) -> list[M]:
        response = await self.commands.send("GET", *path)
        try:
            return _list_of(model).validate_python(response.data)
        except ValidationError as error:
            raise AriRefused(
                "GET", "/".join(path), response.status, f"the answer is no list of {model.__name__}"
            ) from error
