"""Requests that make and dial legs, with the answers and refusals of the real Asterisk."""

import asyncio
from collections.abc import Callable

from runtime.ari import Response
from runtime.simulator.channel import Channel, Ring
from runtime.simulator.channel_requests import DONE, Answer, controlled
from runtime.simulator.local import Local
from runtime.simulator.nowhere import Nowhere
from runtime.simulator.switch import TICK, Switch
from runtime.simulator.variables import write_variables
from runtime.simulator.wire import Refusal, Request, allocation_failed

DEFAULT_DIAL_SECONDS = 30


def create(switch: Switch, request: Request) -> Answer:
    """Make a leg; it enters the application at once, state Down."""
    channel = _make(switch, request)
    originator = switch.channels.get(request.text("originator"))
    if originator is not None:
        originator.watched = True
    app_args = [arg for arg in request.text("appArgs").split(",") if arg]
    asyncio.get_running_loop().call_later(TICK / 10, switch.enter, channel, app_args)
    return Response(200, channel.describe())


def originate(switch: Switch, request: Request) -> Answer:
    """Make a leg and dial it; it enters the application when it is answered."""
    channel = _make(switch, request)
    channel.app_data = ""
    app_args = [arg for arg in request.text("appArgs").split(",") if arg]
    seconds = request.number("timeout") or DEFAULT_DIAL_SECONDS
    _dial(switch, channel, seconds, lambda: switch.enter(channel, app_args))
    return Response(200, channel.describe())


def dial(switch: Switch, request: Request, channel_id: str) -> Answer:
    """Dial a leg that was made."""
    channel = controlled(switch, channel_id)
    if channel.state != "Down":
        raise Refusal(409, "Channel is not in the 'Down' state")
    if not channel.originated:
        raise Refusal(409, "Dialing a channel not created by ARI")
    if channel.dialled:
        # As measured: it is accepted and kills the leg.
        switch.hang_up(channel, cause=16)
        return DONE
    caller = switch.channels.get(request.text("caller"))
    if caller is not None:
        channel.connected = caller.caller
    _dial(switch, channel, request.number("timeout") or 0, lambda: None)
    return DONE


def _make(switch: Switch, request: Request) -> Channel:
    technology, _, address = request.text("endpoint").partition("/")
    if not technology or not address:
        raise Refusal(400, "Invalid endpoint specified")
    phone: Ring
    if technology == "Local":
        endpoint, phone = address, Local(switch, address, request.text("otherChannelId"))
    else:
        endpoint, phone = _phone(switch, technology, address)
    channel_id = request.text("channelId") or f"1893456000.{switch.next_number()}"
    if channel_id in switch.channels:
        raise Refusal(409, "Channel with given unique ID already exists")
    number = switch.next_number()
    channel = Channel(
        id=channel_id,
        name=f"{technology}/{endpoint}-{number:08x}",
        party=phone.called(),
        ringer=phone,
        originated=True,
        state="Down",
        sip_call_id=f"call-{number}@virtual",
        app_data=",".join(filter(None, (switch.wire.app, request.text("appArgs")))),
    )
    switch.channels[channel_id] = channel
    write_variables(switch, channel, dict(request.get("variables") or {}))
    return channel


def _phone(switch: Switch, technology: str, address: str) -> tuple[str, Ring]:
    """Return the endpoint and phone of a dial string: an endpoint, its contact, or a trunk."""
    endpoint, _, uri = address.partition("/")
    if endpoint not in switch.contacts and not uri:
        endpoint = address.rpartition("@")[2]
    known = switch.contacts.get(endpoint)
    if technology != "PJSIP" or known is None:
        raise allocation_failed()
    if not uri:
        # Of several phones only one rings.
        found = next(reversed(known.values()), None)
        if found is None:
            raise allocation_failed()
        return endpoint, found
    host = uri.rpartition("@")[2]
    there = (phone for contact, phone in known.items() if contact.rpartition("@")[2] == host)
    return endpoint, next(there, Nowhere())


def _dial(switch: Switch, channel: Channel, seconds: float, answered: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    channel.dialled = True
    channel.on_answer = answered
    switch.dial_event(channel, "")
    if seconds:
        channel.timer = loop.call_later(seconds, switch.leg_fails, channel, 480)
    loop.call_later(TICK, _invite, channel)


def _invite(channel: Channel) -> None:
    if not channel.leaving and channel.ringer is not None:
        channel.ringer.dialled(channel)
