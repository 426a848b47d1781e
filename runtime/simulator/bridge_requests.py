"""Requests about bridges, with the answers and refusals of the real Asterisk."""

import asyncio

from runtime.ari import Response
from runtime.simulator.channel import Bridge, Channel
from runtime.simulator.channel_requests import DONE, Answer
from runtime.simulator.switch import Switch
from runtime.simulator.wire import Refusal, Request, allocation_failed
from runtime.simulator.work import Command

_KINDS = {"mixing", "holding", "dtmf_events", "proxy_media", "video_sfu", "video_single"}


def existing(switch: Switch, bridge_id: str) -> Bridge:
    """Return a bridge; raises Refusal when there is none."""
    bridge = switch.bridges.get(bridge_id)
    if bridge is None:
        raise Refusal(404, "Bridge not found")
    return bridge


def list_bridges(switch: Switch, _request: Request) -> Answer:
    return Response(200, [bridge.describe() for bridge in switch.bridges.values()])


def get_bridge(switch: Switch, _request: Request, bridge_id: str) -> Answer:
    return Response(200, existing(switch, bridge_id).describe())


def create(switch: Switch, request: Request) -> Answer:
    bridge_id = request.text("bridgeId") or f"bridge-{switch.next_number()}"
    if bridge_id in switch.bridges:
        raise Refusal(500, f"Unable to create bridge. Possible duplicate bridge id '{bridge_id}'")
    kinds = tuple(kind for kind in request.text("type", "mixing").split(",") if kind)
    if not set(kinds) <= _KINDS:
        raise allocation_failed()
    bridge = Bridge(bridge_id, kinds, request.text("name"))
    switch.bridges[bridge_id] = bridge
    return Response(200, bridge.describe())


def destroy(switch: Switch, _request: Request, bridge_id: str) -> Answer:
    switch.destroy_bridge(existing(switch, bridge_id))
    return DONE


def add(switch: Switch, request: Request, bridge_id: str) -> Answer:
    """Add channels one after the other; each waits for what plays on it."""
    bridge = existing(switch, bridge_id)
    channels = _channels(switch, request)
    if any(channel.recording is not None for channel in channels):
        raise Refusal(409, "Channel currently recording")
    answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
    absorb, mute = bool(request.get("absorbDTMF")), bool(request.get("mute"))

    def add_next(response: Response = DONE) -> None:
        if not channels:
            answer.set_result(response)
            return
        channel = channels.pop(0)

        def act() -> Response:
            channel.absorbs_digits = absorb
            if mute:
                channel.muted.add("in")
            switch.enter_bridge(channel, bridge)
            return DONE

        channel.thread.put(Command(act, add_next))

    add_next()
    return answer


def remove(switch: Switch, request: Request, bridge_id: str) -> Answer:
    bridge = existing(switch, bridge_id)
    channels = _channels(switch, request)
    for channel in channels:
        if channel.bridge is not bridge:
            raise Refusal(422, "Channel not in this bridge")
    for channel in channels:
        switch.leave_bridge(channel)
    return DONE


def music(switch: Switch, request: Request, bridge_id: str) -> Answer:
    """Start or, with DELETE, stop music on hold for all members."""
    bridge = existing(switch, bridge_id)
    if request.method == "DELETE" and not bridge.music:
        raise Refusal(409, "Bridge isn't playing music")
    bridge.music = request.method == "POST"
    bridge.listen()
    return DONE


def get_variable(switch: Switch, request: Request, bridge_id: str) -> Answer:
    value = existing(switch, bridge_id).variables.get(request.text("variable"))
    if value is None:
        raise Refusal(404, "Provided variable was not found")
    return Response(200, {"value": value})


def set_variable(switch: Switch, request: Request, bridge_id: str) -> Answer:
    bridge = existing(switch, bridge_id)
    bridge.variables[request.text("variable")] = request.text("value")
    return DONE


def _channels(switch: Switch, request: Request) -> list[Channel]:
    given = request.get("channel")
    ids = given.split(",") if isinstance(given, str) else list(given or ())
    if not ids:
        raise Refusal(400, "Missing parameter channel")
    channels = []
    for channel_id in ids:
        channel = switch.channels.get(channel_id)
        if channel is None:
            raise Refusal(400, "Channel not found")
        if not channel.in_stasis:
            raise Refusal(422, "Channel not in Stasis application")
        channels.append(channel)
    return channels
