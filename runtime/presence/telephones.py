"""What the telephones do, told by Asterisk's events about their channels and registrations."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from runtime.ari import (
    ChannelCreated,
    ChannelData,
    ChannelDestroyed,
    ChannelHold,
    ChannelStateChange,
    ChannelUnhold,
    EndpointData,
    EndpointStateChange,
    Event,
)
from runtime.presence.state import State

TECHNOLOGY: Final = "PJSIP"

EVENTS: Final = frozenset(
    {
        "ChannelCreated",
        "ChannelDestroyed",
        "ChannelHold",
        "ChannelStateChange",
        "ChannelUnhold",
        "EndpointStateChange",
    }
)
"""The types of events that tell it."""

_ONLINE = "online"


@dataclass(frozen=True)
class _Call:
    endpoint: str
    state: str
    held: bool = False


class Telephones:
    """The state of each telephone, by the name of its SIP endpoint.

    Events may come in any order with what `listed` tells: an event is newer than a list that was
    asked for before it.
    """

    def __init__(self) -> None:
        self._calls: dict[str, _Call] = {}
        self._calls_of: defaultdict[str, set[str]] = defaultdict(set)
        self._online: set[str] = set()
        self._heard: set[str] = set()

    def state(self, endpoint: str) -> State:
        """Return what a telephone does; one that Asterisk does not know is offline."""
        calls = [self._calls[name] for name in self._calls_of.get(endpoint, ())]
        ringing = any(call.state == "Ringing" for call in calls)
        talking = [call for call in calls if call.state not in ("Down", "Ringing")]
        if ringing:
            return State.RINGING_AND_BUSY if talking else State.RINGING
        if talking:
            return State.ON_HOLD if all(call.held for call in talking) else State.BUSY
        return State.IDLE if endpoint in self._online else State.OFFLINE

    def hear(self, event: Event) -> frozenset[str]:
        """Take an event; return the telephones whose state it may have changed."""
        match event:
            case ChannelCreated(channel=channel) | ChannelStateChange(channel=channel):
                self._heard.add(channel.id)
                return self._put(channel)
            case ChannelHold(channel=channel):
                self._heard.add(channel.id)
                return self._put(channel, held=True)
            case ChannelUnhold(channel=channel):
                self._heard.add(channel.id)
                return self._put(channel, held=False)
            case ChannelDestroyed(channel=channel):
                self._heard.add(channel.id)
                return self._drop(channel.id)
            case EndpointStateChange(endpoint=endpoint) if endpoint.technology == TECHNOLOGY:
                self._heard.add(endpoint.resource)
                self._register(endpoint)
                return frozenset({endpoint.resource})
            case _:
                return frozenset()

    def asked(self) -> None:
        """Take note that lists are asked for: what is heard from now on is newer than they are."""
        self._heard.clear()

    def listed(self, channels: Iterable[ChannelData], endpoints: Iterable[EndpointData]) -> None:
        """Take all channels and endpoints that there are; what is not among them is gone."""
        there = {channel.id: channel for channel in channels}
        for name in [name for name in self._calls if name not in there]:
            if name not in self._heard:
                self._drop(name)
        for channel in there.values():
            if channel.id not in self._heard:
                self._put(channel)
        known = {endpoint.resource: endpoint for endpoint in endpoints}
        self._online -= {name for name in self._online - set(known) if name not in self._heard}
        for endpoint in known.values():
            if endpoint.resource not in self._heard:
                self._register(endpoint)

    def _put(self, channel: ChannelData, *, held: bool | None = None) -> frozenset[str]:
        endpoint = endpoint_of(channel.name)
        if endpoint is None:
            return frozenset()
        before = self._calls.get(channel.id)
        if held is None:
            held = before is not None and before.held
        changed = {endpoint}
        # A transfer can give a channel another name, of another telephone.
        if before is not None and before.endpoint != endpoint:
            changed |= self._drop(channel.id)
        self._calls[channel.id] = _Call(endpoint, channel.state, held)
        self._calls_of[endpoint].add(channel.id)
        return frozenset(changed)

    def _drop(self, channel_id: str) -> frozenset[str]:
        call = self._calls.pop(channel_id, None)
        if call is None:
            return frozenset()
        others = self._calls_of[call.endpoint]
        others.discard(channel_id)
        if not others:
            del self._calls_of[call.endpoint]
        return frozenset({call.endpoint})

    def _register(self, endpoint: EndpointData) -> None:
        if endpoint.state == _ONLINE:
            self._online.add(endpoint.resource)
        else:
            self._online.discard(endpoint.resource)


def endpoint_of(channel_name: str) -> str | None:
    """Return the endpoint in a channel's name, `PJSIP/alice@home.example-0000001f`."""
    technology, _, rest = channel_name.partition("/")
    endpoint, dash, _ = rest.rpartition("-")
    return endpoint if technology == TECHNOLOGY and dash else None
