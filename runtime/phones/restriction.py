"""Which numbers a caller may not call.

Source of the behaviour: Kazoo's restriction check before a call's first node. The callee's
`call_restriction` is never looked at.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runtime.accounts import Account, Document, Documents
from runtime.phones.caller import Caller
from runtime.phones.merge import Doc, is_false, is_true, section, text
from runtime.phones.merged import CLOSED_GROUPS, merged
from runtime.phones.number_class import class_of
from runtime.phones.station import owner_of, station_of

GROUP: Final = "group"

_RESTRICTING: Final = ("call_restriction", "services", "pvt_services")


@dataclass(frozen=True)
class Wanted:
    """What somebody calls: the number as dialled or as captured, and what an extension leads to.

    `extension` is the kind (`device` or `user`) and id with which the number's callflow begins.
    """

    number: str
    extension: tuple[str, str] | None = None


async def restriction(
    documents: Documents, account: Account, caller: Caller, wanted: Wanted
) -> str | None:
    """Return why the caller may not call this number; None when he may.

    The caller's phone decides, or the user as whom a forwarded call goes out; a caller who is
    neither may call anything. Raises StorageUnavailable.
    """
    if _unrestricted(account, caller):
        return None
    endpoint = await _endpoint_of(documents, account, caller)
    if endpoint is None:
        return None
    if _has_no_audio(endpoint):
        return "the phone has no audio service"
    if _has_no_audio(account.doc):
        return "the account has no audio service"
    if wanted.extension is not None and _denies(endpoint, CLOSED_GROUPS):
        # This alone decides: a colleague of the group may always be called.
        together = await _in_one_group(documents, account, caller, wanted.extension)
        return None if together else "no group that caller and callee are both in"
    if not section(endpoint, "call_restriction"):
        return None
    kind = class_of(_normalised(account, endpoint, wanted.number))
    return f"calls of class {kind} are denied" if _denies(endpoint, kind) else None


async def caller_at(documents: Documents, account: Account, device_id: str) -> Caller:
    """Return who calls when this device does, as far as restrictions go."""
    caller = Caller("", "", internal=True, device_id=device_id, account=account.doc)
    device = await documents.get(account.id, "device", device_id)
    if device is None:
        return caller
    owner = await owner_of(documents, device)
    if owner is None:
        return replace(caller, device=device.doc)
    return replace(caller, device=device.doc, owner_id=owner.id, user=owner.doc)


def groups_with(ids: Collection[str], groups: Sequence[Document]) -> frozenset[str]:
    """Return the ids of the groups in which any of these are, also by way of groups in groups."""
    found: set[str] = set()
    latest = set(ids)
    while latest:
        latest = {
            group.id
            for group in groups
            if group.id not in found and not latest.isdisjoint(section(group.doc, "endpoints"))
        }
        found |= latest
    return frozenset(found)


def _unrestricted(account: Account, caller: Caller) -> bool:
    """Whether nobody says anything about it, as is usual: then there is nothing to merge."""
    docs = (caller.device, caller.user, account.doc)
    said = any(key in doc for doc in docs for key in _RESTRICTING)
    return not said and not section(caller.device, "hotdesk", "users")


async def _endpoint_of(documents: Documents, account: Account, caller: Caller) -> Doc | None:
    if caller.device_id is None:
        return merged(caller.user, {}, account.doc) if caller.owner_id is not None else None
    device = await documents.get(account.id, "device", caller.device_id)
    if device is None:
        return None
    station = await station_of(documents, account, device)
    hot_desked = [user.doc for user in station.hot_desked]
    return merged(station.user, device.doc, account.doc, hot_desked)


def _has_no_audio(doc: Doc) -> bool:
    path = ("audio", "enabled")
    override = section(doc, "pvt_services")
    if is_true(override, *path) or is_false(override, *path):
        return is_false(override, *path)
    return is_false(doc, "services", *path)


def _denies(endpoint: Doc, kind: str) -> bool:
    return text(endpoint, "call_restriction", kind, "action") == "deny"


def _normalised(account: Account, endpoint: Doc, number: str) -> str:
    """Write a number as the caller's own dial plan does."""
    plan = {**account.doc, "dial_plan": endpoint.get("dial_plan")}
    return replace(account, doc=plan).normalise(number)


async def _in_one_group(
    documents: Documents, account: Account, caller: Caller, extension: tuple[str, str]
) -> bool:
    groups = await documents.all_of(account.id, GROUP)
    callers = {caller.device_id, caller.owner_id, *section(caller.device, "hotdesk", "users")}
    kind, callee_id = extension
    callees = {callee_id}
    if kind == "device":
        device = await documents.get(account.id, "device", callee_id)
        owner = await owner_of(documents, device) if device is not None else None
        callees |= {owner.id} if owner is not None else set()
    theirs = groups_with({one for one in callers if one is not None}, groups)
    return not theirs.isdisjoint(groups_with(callees, groups))
