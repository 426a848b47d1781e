"""Requests about the Asterisk itself, its endpoints, device states and our application."""

from collections.abc import Mapping

from runtime.ari import Response
from runtime.simulator.channel_requests import DONE, Answer
from runtime.simulator.switch import Switch
from runtime.simulator.wire import Refusal, Request

VERSION = "22.10.1"


def ping(switch: Switch, _request: Request) -> Answer:
    return Response(200, {"asterisk_id": "virtual", "ping": "pong", "timestamp": switch.wire.app})


def info(_switch: Switch, _request: Request) -> Answer:
    started = "2030-01-01T00:00:00.000+0000"
    return Response(
        200,
        {
            "system": {"version": VERSION, "entity_id": "virtual"},
            "status": {"startup_time": started, "last_reload_time": started},
        },
    )


def reload_module(_switch: Switch, _request: Request, _name: str) -> Answer:
    return DONE


def get_endpoint(switch: Switch, _request: Request, technology: str, resource: str) -> Answer:
    contacts = switch.contacts.get(resource) if technology == "PJSIP" else None
    if contacts is None:
        raise Refusal(404, "Endpoint not found")
    ours = [c.id for c in switch.channels.values() if c.name.startswith(f"PJSIP/{resource}-")]
    state = "online" if contacts else "offline"
    return Response(
        200,
        {"technology": technology, "resource": resource, "state": state, "channel_ids": ours},
    )


def get_device_state(switch: Switch, _request: Request, name: str) -> Answer:
    return Response(200, {"name": name, "state": switch.device_states.get(name, "NOT_INUSE")})


def set_device_state(switch: Switch, request: Request, name: str) -> Answer:
    if not name.startswith("Stasis:"):
        raise Refusal(409, "Uncontrolled device specified")
    switch.device_states[name] = request.text("deviceState")
    return DONE


def forget_device_state(switch: Switch, _request: Request, name: str) -> Answer:
    if switch.device_states.pop(name, None) is None:
        raise Refusal(404, "Device state not found")
    return DONE


def get_application(switch: Switch, _request: Request, app: str) -> Answer:
    _ours(switch, app)
    return Response(200, _application(switch))


def filter_events(switch: Switch, request: Request, app: str) -> Answer:
    _ours(switch, app)
    allowed = request.get("allowed")
    switch.wire.allowed = (
        None
        if allowed is None
        else frozenset(str(kind["type"]) for kind in allowed if isinstance(kind, Mapping))
    )
    return Response(200, _application(switch))


def subscribe(switch: Switch, request: Request, app: str) -> Answer:
    """Subscribe our application to something or, with DELETE, no longer."""
    _ours(switch, app)
    source = request.text("eventSource")
    scheme, _, name = source.partition(":")
    if scheme not in ("channel", "bridge", "endpoint", "deviceState"):
        raise Refusal(400, "Invalid parameter")
    known = {"channel": set(switch.channels), "bridge": set(switch.bridges)}.get(scheme)
    if known is not None and name and name not in known:
        raise Refusal(422, "Event source not found")
    if scheme == "channel" and name:
        switch.channels[name].watched = request.method == "POST"
    elif request.method == "POST":
        switch.watched.add(source)
    elif source not in switch.watched:
        raise Refusal(409, "Event source not found")
    else:
        switch.watched.discard(source)
    return Response(200, _application(switch))


def _ours(switch: Switch, app: str) -> None:
    if app != switch.wire.app:
        raise Refusal(404, "Application not found")


def _application(switch: Switch) -> dict[str, object]:
    ours = [c.id for c in switch.channels.values() if c.in_stasis or c.watched]
    return {
        "name": switch.wire.app,
        "channel_ids": ours,
        # Of a bridge the application hears only once a channel has entered it.
        "bridge_ids": [bridge.id for bridge in switch.bridges.values() if bridge.members],
        "endpoint_ids": [],
        "device_names": [],
    }
