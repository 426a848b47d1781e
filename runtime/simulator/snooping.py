"""Snoop channels: they hear what another channel says, what it hears, or both."""

import asyncio

from runtime.ari import Response
from runtime.simulator.channel import Channel
from runtime.simulator.channel_requests import Answer
from runtime.simulator.nowhere import Nowhere
from runtime.simulator.switch import TICK, Switch
from runtime.simulator.wire import Refusal, Request

_DIRECTIONS = ("none", "in", "out", "both")


class Snooper(Nowhere):
    """The far end of a snoop channel: nobody, but what is heard there is what is spied."""

    def __init__(self, target: Channel, channel_id: str, spies: str) -> None:
        self._target = target
        self._channel_id = channel_id
        self._spies = spies

    @property
    def speech(self) -> str | None:
        """See Party.speech: all that is heard at once, joined by ` + `."""
        heard: set[str] = set()
        target = self._target
        if self._spies in ("in", "both") and "in" not in target.muted:
            heard |= {target.party.speech or ""}
        if self._spies in ("out", "both"):
            heard |= target.hears
        return " + ".join(sorted(filter(None, heard))) or None

    def over(self, status: int | None, cause: int) -> None:  # noqa: ARG002 - see Party.over
        """See Party.over."""
        self._target.snoops = [c for c in self._target.snoops if c.id != self._channel_id]


def snoop(switch: Switch, request: Request, channel_id: str, snoop_id: str) -> Answer:
    """Make a snoop channel, which enters the application at once."""
    target = switch.channels.get(channel_id)
    if target is None:
        raise Refusal(404, "Provided channel was not found")
    spies, whispers = request.text("spy", "none"), request.text("whisper", "none")
    if spies not in _DIRECTIONS:
        raise Refusal(400, "Invalid direction specified for spy")
    if whispers not in _DIRECTIONS:
        raise Refusal(400, "Invalid direction specified for whisper")
    if (spies, whispers) == ("none", "none"):
        raise Refusal(400, "Direction must be specified for at least spy or whisper")
    if snoop_id in switch.channels:
        raise Refusal(500, "Snoop channel could not be created")
    channel = Channel(
        id=snoop_id,
        name=f"Snoop/{channel_id}-{switch.next_number():08x}",
        party=Snooper(target, snoop_id, spies),
        originated=False,
        state="Up",
    )
    switch.channels[snoop_id] = channel
    target.snoops.append(channel)
    app_args = [arg for arg in request.text("appArgs").split(",") if arg]
    asyncio.get_running_loop().call_later(TICK / 10, switch.enter, channel, app_args)
    return Response(200, channel.describe())
