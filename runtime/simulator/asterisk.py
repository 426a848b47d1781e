"""A virtual Asterisk behind the transport seam: no sockets, no audio, any clock."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import unquote

from runtime.ari import JsonObject, Response, Sink
from runtime.errors import AriUnavailable
from runtime.simulator import bridge_requests as bridges
from runtime.simulator import channel_requests as channels
from runtime.simulator import leg_requests as legs
from runtime.simulator import media_requests as media
from runtime.simulator import snooping, transfers
from runtime.simulator import system_requests as system
from runtime.simulator.channel_requests import Answer
from runtime.simulator.sounds import Sounds
from runtime.simulator.switch import Switch
from runtime.simulator.wire import Delays, Refusal, Request, Wire

TIMEOUT = 10.0
"""Seconds after which a request that Asterisk does not answer is given up, as the real one is."""

_ROUTES: dict[str, Callable[..., Answer]] = {
    "GET asterisk/ping": system.ping,
    "GET asterisk/info": system.info,
    "PUT asterisk/modules/*": system.reload_module,
    "GET endpoints/*/*": system.get_endpoint,
    "GET deviceStates/*": system.get_device_state,
    "PUT deviceStates/*": system.set_device_state,
    "DELETE deviceStates/*": system.forget_device_state,
    "GET applications/*": system.get_application,
    "PUT applications/*/eventFilter": system.filter_events,
    "POST applications/*/subscription": system.subscribe,
    "DELETE applications/*/subscription": system.subscribe,
    "GET channels": channels.list_channels,
    "POST channels": legs.originate,
    "POST channels/create": legs.create,
    "GET channels/*": channels.get_channel,
    "DELETE channels/*": channels.hangup,
    "POST channels/*/dial": legs.dial,
    "POST channels/*/answer": channels.answer,
    "POST channels/*/ring": channels.ring,
    "DELETE channels/*/ring": channels.ring_stop,
    "POST channels/*/progress": channels.progress,
    "POST channels/*/silence": channels.accepted,
    "DELETE channels/*/silence": channels.accepted,
    "POST channels/*/transfer_progress": transfers.progress,
    "POST channels/*/continue": channels.go_on_in_dialplan,
    "POST channels/*/move": channels.move,
    "POST channels/*/redirect": channels.redirect,
    "POST channels/*/dtmf": channels.send_dtmf,
    "POST channels/*/mute": channels.mute,
    "DELETE channels/*/mute": channels.mute,
    "POST channels/*/hold": channels.music,
    "DELETE channels/*/hold": channels.music,
    "POST channels/*/moh": channels.music,
    "DELETE channels/*/moh": channels.music,
    "GET channels/*/variable": channels.get_variable,
    "POST channels/*/variable": channels.set_variable,
    "POST channels/*/variables": channels.set_variables,
    "POST channels/*/play": media.play_to_channel,
    "POST channels/*/play/*": media.play_to_channel,
    "POST channels/*/record": media.record_channel,
    "POST channels/*/snoop/*": snooping.snoop,
    "GET bridges": bridges.list_bridges,
    "POST bridges": bridges.create,
    "GET bridges/*": bridges.get_bridge,
    "DELETE bridges/*": bridges.destroy,
    "POST bridges/*/addChannel": bridges.add,
    "POST bridges/*/removeChannel": bridges.remove,
    "POST bridges/*/moh": bridges.music,
    "DELETE bridges/*/moh": bridges.music,
    "GET bridges/*/variable": bridges.get_variable,
    "POST bridges/*/variable": bridges.set_variable,
    "POST bridges/*/play": media.play_to_bridge,
    "POST bridges/*/play/*": media.play_to_bridge,
    "POST bridges/*/record": media.record_bridge,
    "GET playbacks/*": media.get_playback,
    "DELETE playbacks/*": media.stop_playback,
    "POST playbacks/*/control": media.control_playback,
    "GET recordings/live/*": media.get_recording,
    "DELETE recordings/live/*": media.discard_recording,
    "POST recordings/live/*/stop": media.stop_recording,
    "POST recordings/live/*/pause": media.pause_recording,
    "DELETE recordings/live/*/pause": media.pause_recording,
    "POST recordings/live/*/mute": media.pause_recording,
    "DELETE recordings/live/*/mute": media.pause_recording,
    "GET recordings/stored": media.list_stored,
    "GET recordings/stored/*": media.get_stored,
    "DELETE recordings/stored/*": media.delete_stored,
    "GET recordings/stored/*/file": media.get_stored_file,
    "POST recordings/stored/*/copy": media.copy_stored,
}


class VirtualAsterisk:
    """A transport to an Asterisk that is only imagined.

    Channels wait for what plays on them, events come in the order of the real one, errors have its
    statuses and texts. `switch` is its state, `requests` what it was asked.
    """

    def __init__(
        self, app: str, *, sounds: Sounds | None = None, delays: Delays | None = None
    ) -> None:
        self.wire = Wire(app, delays or Delays())
        self.switch = Switch(self.wire, sounds or Sounds())
        self.requests: list[Request] = []
        self._broken = asyncio.Event()
        self._away = 0.0

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        blocking: bool = False,
    ) -> Response:
        """See Transport.request; what was sent takes effect also when the asker is cancelled."""
        if self._away:
            raise AriUnavailable(f"{method} {path}: not connected")
        request = Request(method, path, query or {}, body or {}, blocking)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Response] = loop.create_future()
        loop.call_later(self.wire.delays.request, self._serve, request, answer)
        try:
            async with asyncio.timeout(TIMEOUT):
                return await answer
        except TimeoutError:
            raise AriUnavailable(f"{method} {path}: no answer in {TIMEOUT} s") from None

    async def run(self, sink: Sink) -> None:
        """See Transport.run."""
        first = True
        while True:
            self.wire.sink = sink
            try:
                await sink.connected(first=first)
                first = False
                await self._broken.wait()
            finally:
                self.wire.sink = None
            self._broken.clear()
            sink.disconnected("the connection was cut")
            await asyncio.sleep(self._away)
            self._away = 0.0

    def cut(self, seconds: float) -> None:
        """Cut the connection for so long: no request is answered, and events are lost."""
        self._away = seconds
        self._broken.set()

    def _serve(self, request: Request, answer: asyncio.Future[Response]) -> None:
        self.requests.append(request)
        handler, ids = _handler(request.method, request.path)
        try:
            result = handler(self.switch, request, *ids)
        except Refusal as refusal:
            result = refusal.response
        if isinstance(result, Response):
            self._reply(answer, result)
        else:
            result.add_done_callback(lambda done: self._reply(answer, done.result()))

    def _reply(self, answer: asyncio.Future[Response], response: Response) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(self.wire.delays.answer, _arrive, answer, response)


def _arrive(answer: asyncio.Future[Response], response: Response) -> None:
    if not answer.done():
        answer.set_result(response)


@cache
def _by_shape() -> dict[tuple[str, int], list[tuple[list[str], Callable[..., Answer]]]]:
    shapes: dict[tuple[str, int], list[tuple[list[str], Callable[..., Answer]]]] = {}
    for route, handler in _ROUTES.items():
        method, _, path = route.partition(" ")
        pattern = path.split("/")
        shapes.setdefault((method, len(pattern)), []).append((pattern, handler))
    return shapes


def _handler(method: str, path: str) -> tuple[Callable[..., Answer], list[str]]:
    segments = path.split("/")
    for pattern, handler in _by_shape().get((method, len(segments)), ()):
        pairs = list(zip(pattern, segments, strict=True))
        if all(part in ("*", segment) for part, segment in pairs):
            return handler, [unquote(segment) for part, segment in pairs if part == "*"]
    return _unknown, []


def _unknown(_switch: Switch, _request: Request) -> Answer:
    raise Refusal(404, "Resource not found")
