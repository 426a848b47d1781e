"""What phones do with a call that goes on: hold, transfer, and take the place of another.

As measured with `PJSIP_TRANSFER_HANDLING()=ari-only`: a REFER is told to the application, and
Asterisk does nothing by itself.
"""

from collections.abc import Mapping

from runtime.ari import Response
from runtime.simulator.channel import Channel, Identity, Party
from runtime.simulator.channel_requests import DONE, Answer, usable
from runtime.simulator.switch import Switch
from runtime.simulator.wire import Refusal, Request

_STATUS = {
    "channel_progress": 180,
    "channel_answered": 200,
    "channel_unavailable": 503,
    "channel_declined": 603,
}


def hold(switch: Switch, channel: Channel, *, on: bool) -> None:
    """Let a phone hold the call, or resume it (re-INVITE)."""
    if channel.leaving or channel.holds == on:
        return
    channel.holds = on
    kind = "ChannelHold" if on else "ChannelUnhold"
    switch.wire.emit(kind, channel=channel.describe(), **({"musicclass": ""} if on else {}))
    if channel.bridge is not None:
        channel.bridge.listen()


def refer(switch: Switch, channel: Channel, number: str, second: Channel | None = None) -> None:
    """Let a phone ask for a transfer to a number, or to the other party of its second call."""
    if channel.leaving or not channel.in_stasis:
        return
    target: dict[str, object] = {"requested_destination": {"destination": number}}
    if second is not None:
        target = {"requested_destination": {"protocol_id": second.sip_call_id}}
        if not second.leaving:
            target["destination_channel"] = second.describe()
            target |= _beside(second)
    by = {"source_channel": channel.describe(), **_beside(channel)}
    channel.refer = {"refer_to": target, "referred_by": by}
    switch.wire.emit("ChannelTransfer", **channel.refer)


def progress(switch: Switch, request: Request, channel_id: str) -> Answer:
    """Tell a phone how its transfer goes (NOTIFY)."""
    channel = usable(switch, channel_id)
    state = request.text("states")
    if state not in _STATUS:
        raise Refusal(400, "Invalid state provided")
    if channel.refer is not None:
        channel.party.told(_STATUS[state])
        switch.wire.emit("ChannelTransfer", state=state, **channel.refer)
    return Response(204) if channel.refer is not None else DONE


def replace(
    switch: Switch,
    party: Party,
    old: Channel,
    endpoint: str,
    caller: Identity,
    variables: Mapping[str, str],
) -> Channel:
    """Let a call come in that takes the place of one in a bridge (INVITE with Replaces).

    The old channel is out of the bridge then, and nothing more.
    """
    number = switch.next_number()
    channel = Channel(
        id=f"1893456000.{number}",
        name=f"PJSIP/{endpoint}-{number:08x}",
        party=party,
        originated=False,
        state="Up",
        caller=caller,
        sip_call_id=f"call-{number}@virtual",
        app_data=switch.wire.app,
        variables=dict(variables),
        reported=set(variables),
        in_stasis=True,
    )
    switch.channels[channel.id] = channel
    bridge = old.bridge
    switch.wire.emit(
        "StasisStart", args=[], channel=channel.describe(), replace_channel=old.describe()
    )
    if bridge is not None:
        switch.leave_bridge(old)
        switch.enter_bridge(channel, bridge)
    party.up()
    return channel


def _beside(channel: Channel) -> dict[str, object]:
    """Return the bridge of a channel and the other one in it."""
    if channel.bridge is None:
        return {}
    others = [member for member in channel.bridge.members if member is not channel]
    found: dict[str, object] = {"bridge": channel.bridge.describe()}
    if others:
        found["connected_channel"] = others[0].describe()
    return found
