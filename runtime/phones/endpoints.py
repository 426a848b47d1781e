"""From a device or user document to the endpoints that ring, by Kazoo's rules.

Source of the behaviour: Kazoo's endpoint building. A device that may not ring is left out and the
reason is told; it never makes a failure branch.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.accounts import Account, Document, Documents
from runtime.phones.caller import Caller, shown_caller_id
from runtime.phones.merge import Doc, first_text, is_false, is_true, section, text
from runtime.telephony import Target

_HEADER_NAME = re.compile(r"^[A-Za-z0-9-]{1,64}$")
_SIP_USER = re.compile(r"^[A-Za-z0-9_.!~*'()&=+$,?/-]{1,128}$")


@dataclass(frozen=True)
class RingOptions:
    """What the ringing action says of each leg; times in seconds, 0 means not said."""

    delay: float = 0
    timeout: float = 0
    can_call_self: bool = False
    suppress_clid: bool = False
    static_invite: str | None = None
    custom_sip_headers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Phones:
    """The endpoints to ring, and for each device left out its id and the reason."""

    targets: tuple[Target, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    revisions: tuple[tuple[str, int], ...] = ()


async def device_targets(
    documents: Documents, account: Account, caller: Caller, device_id: str, options: RingOptions
) -> Phones:
    """Return the endpoint of one device; raises StorageUnavailable."""
    device = await documents.get(account.id, "device", device_id)
    if device is None:
        return Phones(left_out=((device_id, "unknown device"),))
    owner = await owner_of(documents, device)
    return _gather(account, caller, [(device, owner)], options)


async def user_targets(
    documents: Documents, account: Account, caller: Caller, user_id: str, options: RingOptions
) -> Phones:
    """Return the endpoints of all devices of a user; raises StorageUnavailable."""
    user = await documents.get(account.id, "user", user_id)
    if user is None:
        return Phones(left_out=((user_id, "unknown user"),))
    if is_false(user.doc, "enabled"):
        return Phones(left_out=((user_id, "user is disabled"),))
    devices = await documents.devices_of(account.id, user_id)
    return _gather(account, caller, [(device, user) for device in devices], options)


async def owner_of(documents: Documents, device: Document) -> Document | None:
    """Return the user a device belongs to: the one hot-desked on it, else its owner."""
    hotdesked = list(section(device.doc, "hotdesk", "users"))
    if len(hotdesked) > 1:
        return None
    owner_id = hotdesked[0] if hotdesked else text(device.doc, "owner_id")
    if owner_id is None:
        return None
    return await documents.get(device.account_id, "user", owner_id)


def _gather(
    account: Account,
    caller: Caller,
    devices: Sequence[tuple[Document, Document | None]],
    options: RingOptions,
) -> Phones:
    targets: list[Target] = []
    left_out: list[tuple[str, str]] = []
    revisions: dict[str, int] = {}
    for device, owner in devices:
        revisions[device.id] = device.revision
        if owner is not None:
            revisions[owner.id] = owner.revision
        reason = _reason_not_to_ring(account, caller, device, owner, options)
        endpoint = endpoint_of(account, device.doc)
        if reason is None and endpoint is None:
            reason = "device has no sip.username"
        if reason is not None or endpoint is None:
            left_out.append((device.id, reason or ""))
        else:
            targets.append(_target(account, caller, device, owner, endpoint, options))
    return Phones(tuple(targets), tuple(left_out), tuple(revisions.items()))


def _reason_not_to_ring(
    account: Account,
    caller: Caller,
    device: Document,
    owner: Document | None,
    options: RingOptions,
) -> str | None:
    if not options.can_call_self:
        if owner is not None and owner.id == caller.owner_id:
            return "caller's own user"
        if device.id == caller.device_id:
            return "caller's own device"
    if is_false(device.doc, "enabled"):
        return "device is disabled"
    owner_doc: Doc = owner.doc if owner is not None else {}
    for doc, whose in ((device.doc, "device"), (owner_doc, "user"), (account.doc, "account")):
        if is_true(doc, "do_not_disturb", "enabled"):
            return f"do not disturb ({whose})"
    return None


def endpoint_of(account: Account, device: Doc) -> str | None:
    """Return the endpoint's name in Asterisk, as the database derives it for registrations."""
    username = text(device, "sip", "username")
    if username is None:
        return None
    realm = text(device, "sip", "realm") or account.realm
    return f"{username}@{realm.lower()}" if realm else username


def _target(
    account: Account,
    caller: Caller,
    device: Document,
    owner: Document | None,
    endpoint: str,
    options: RingOptions,
) -> Target:
    user = options.static_invite or text(device.doc, "sip", "static_invite")
    return Target(
        name=device.id,
        endpoint=endpoint,
        delay=options.delay,
        timeout=options.timeout or None,
        user=user if user is not None and _SIP_USER.match(user) else None,
        variables=_variables(caller, device.doc, _by_strength(account, device, owner), options),
        tell_elsewhere=_tells_elsewhere(device.doc),
    )


def _by_strength(account: Account, device: Document, owner: Document | None) -> tuple[Doc, ...]:
    return (*((owner.doc,) if owner is not None else ()), device.doc, account.doc)


def _variables(
    caller: Caller, device: Doc, docs: tuple[Doc, ...], options: RingOptions
) -> dict[str, str]:
    """Return what is set on the leg: the caller it shows, and the headers of its INVITE."""
    name, number = shown_caller_id(caller)
    if options.suppress_clid:
        shown = {"CONNECTEDLINE(pres,i)": "prohib"}
    else:
        shown = {"CONNECTEDLINE(num,i)": number, "CONNECTEDLINE(name,i)": name}
    headers = {
        **section(caller.device, "sip", "custom_sip_headers", "out"),
        **section(device, "sip", "custom_sip_headers", "in"),
        **options.custom_sip_headers,
    }
    alert = first_text(docs, "ringtones", "internal" if caller.internal else "external")
    if alert is not None:
        headers["Alert-Info"] = alert
    added = {
        f"PJSIP_HEADER(add,{header})": _header_value(value)
        for header, value in headers.items()
        if _HEADER_NAME.match(header) and isinstance(value, str | int)
    }
    return shown | added


def _header_value(value: str | int) -> str:
    # Alert-Info is of the form <http://...>;info=x, so only what ends a header is taken out.
    return re.sub(r"[\x00-\x1f\x7f]", "", str(value))[:256]


def _tells_elsewhere(device: Doc) -> bool:
    places = (("caller_id_options",), ("sip",), ())
    return any(is_false(device, *place, "ignore_completed_elsewhere") for place in places)
