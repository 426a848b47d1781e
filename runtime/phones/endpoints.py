"""From a device or user document to the endpoints that ring, by Kazoo's rules.

Source of the behaviour: Kazoo's endpoint building. A device that may not ring is left out and the
reason is told; it never makes a failure branch.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from runtime.accounts import Account, Documents
from runtime.phones.caller import Caller
from runtime.phones.forwarding import (
    Forward,
    Forwarder,
    forward_leg,
    mobile,
    redirection,
)
from runtime.phones.legs import called_party, sip_leg
from runtime.phones.merge import Doc, is_false
from runtime.phones.options import RingOptions
from runtime.phones.station import Station, owner_of, station_of, undisturbed
from runtime.telephony import Target

__all__ = ["Phones", "RingOptions", "device_targets", "owner_of", "user_targets"]


@dataclass(frozen=True)
class Phones:
    """The endpoints to ring, and for each device left out its id and the reason."""

    targets: tuple[Target, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    revisions: tuple[tuple[str, int], ...] = ()


@dataclass
class _Gathering:
    documents: Documents
    account: Account
    caller: Caller
    options: RingOptions
    targets: list[Target] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    revisions: dict[str, int] = field(default_factory=dict)

    def phones(self) -> Phones:
        return Phones(tuple(self.targets), tuple(self.left_out), tuple(self.revisions.items()))

    def take(self, whose: str, leg: Target | str) -> None:
        """Ring a leg, or tell why there is none."""
        if isinstance(leg, str):
            self.left_out.append((whose, leg))
        else:
            self.targets.append(leg)


async def device_targets(
    documents: Documents, account: Account, caller: Caller, device_id: str, options: RingOptions
) -> Phones:
    """Return the endpoint of one device; raises StorageUnavailable.

    It forwards as its document says, else as its owner's does.
    """
    device = await documents.get(account.id, "device", device_id)
    if device is None:
        return Phones(left_out=((device_id, "unknown device"),))
    gathering = _Gathering(documents, account, caller, options)
    station = await station_of(documents, account, device)
    forward = Forward.of(device.doc) or Forward.of(station.user)
    await _ring(gathering, station, forward)
    return gathering.phones()


async def user_targets(
    documents: Documents, account: Account, caller: Caller, user_id: str, options: RingOptions
) -> Phones:
    """Return the endpoints of all devices of a user; raises StorageUnavailable.

    Where the user's calls are forwarded, that is for all of the devices at once; each of those that
    ring may forward by itself, too.
    """
    user = await documents.get(account.id, "user", user_id)
    if user is None:
        return Phones(left_out=((user_id, "unknown user"),))
    gathering = _Gathering(documents, account, caller, options)
    gathering.revisions[user.id] = user.revision
    if is_false(user.doc, "enabled"):
        return Phones(left_out=((user_id, "user is disabled"),))
    reason = _reason_not_to_ring_user(gathering, user.id, user.doc)
    forward = Forward.of(user.doc)
    forwarder = Forwarder(account, None, user.id)
    active = forward is not None and forward.is_active(caller, options)
    if forward is not None and active and forward.substitute:
        leg = reason or forward_leg(forwarder, caller, options, forward)
        gathering.take(user_id, leg)
        return gathering.phones()
    stations = [
        await station_of(documents, account, device)
        for device in await documents.devices_of(account.id, user_id)
    ]
    for station in stations:
        if reason is not None and station.owner is None:
            # Several are hot-desked on it: it is nobody's, but this user is who is rung.
            gathering.left_out.append((station.device.id, reason))
        else:
            await _ring(gathering, station, Forward.of(station.device.doc))
    if forward is not None and reason is None and (active or forward.failover):
        known = tuple(station.endpoint for station in stations if station.endpoint is not None)
        leg = forward_leg(
            forwarder,
            caller,
            options,
            forward,
            unless_registered=known if forward.failover else (),
        )
        gathering.take(user_id, leg)
    return gathering.phones()


async def _ring(gathering: _Gathering, station: Station, forward: Forward | None) -> None:
    """Add the legs of one device: its telephone, and the number to which it forwards."""
    caller, options = gathering.caller, gathering.options
    gathering.revisions |= station.documents()
    device_id = station.device.id
    if (reason := station.reason_not_to_ring(caller, options)) is not None:
        gathering.left_out.append((device_id, reason))
        return
    forwarder = Forwarder(station.account, device_id, station.owner_id)
    called = called_party(station, caller, options)

    def forwarded(forward: Forward, unless_registered: tuple[str, ...] = ()) -> Target | str:
        return forward_leg(
            forwarder,
            caller,
            options,
            forward,
            unless_registered=unless_registered,
            called=called,
        )

    if forward is not None and forward.is_active(caller, options):
        gathering.take(device_id, forwarded(forward))
        if forward.substitute:
            return
    if (number := station.mobile_number) is not None:
        gathering.take(device_id, forwarded(mobile(number)))
        return
    follow = options.follow_redirects
    gathering.take(
        device_id,
        sip_leg(
            station,
            caller,
            options,
            busy_with=await _busy_with(gathering, station),
            redirected=(lambda number: forwarded(redirection(number))) if follow else None,
        ),
    )
    if forward is not None and forward.failover and station.endpoint is not None:
        gathering.take(device_id, forwarded(forward, (station.endpoint,)))


async def _busy_with(gathering: _Gathering, station: Station) -> tuple[str, ...]:
    """Return the endpoints of which one that talks makes the device busy: all of its owner's."""
    if station.call_waiting or station.endpoint is None:
        return ()
    if station.owner is None:
        return (station.endpoint,)
    devices = await gathering.documents.devices_of(station.account.id, station.owner.id)
    return tuple(_endpoints(Station(station.account, device) for device in devices))


def _endpoints(stations: Iterable[Station]) -> list[str]:
    return [station.endpoint for station in stations if station.endpoint is not None]


def _reason_not_to_ring_user(gathering: _Gathering, user_id: str, user: Doc) -> str | None:
    if not gathering.options.can_call_self and user_id == gathering.caller.owner_id:
        return "caller's own user"
    if (whose := undisturbed({}, user, gathering.account)) is not None:
        return f"do not disturb ({whose})"
    return None
