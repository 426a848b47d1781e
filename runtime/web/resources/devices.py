"""Devices: able to register as soon as they are stored."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from runtime.documents.devices import Device
from runtime.documents.validation import FieldErrors
from runtime.storage import uniqueness
from runtime.storage.collection import Stored
from runtime.storage.uniqueness import Claim
from runtime.web import documents
from runtime.web.api import Api, Write
from runtime.web.declare import Route
from runtime.web.documents import Change, Kind
from runtime.web.metaflow_data import complete_metaflows
from runtime.web.owners import put_back, set_aside
from runtime.web.recording_urls import check_recording_urls
from runtime.web.refusals import invalid

_SIP_TYPES: Final = frozenset(("sip_device", "softphone", "smartphone", "ata", "fax"))
"""Types of devices that register, and get credentials when they are made without."""
_RESERVED: Final = re.compile(r"anonymous|trunk.*|test-line|callflow-.*")
"""Names of endpoints of our own; sql/0004_sip_endpoints.sql refuses them, too."""
_COLUMNS: Final = ("name", "mac_address", "owner_id", "enabled", "mobile", "call_recording")


def row(stored: Stored) -> dict[str, Any]:
    """Return a device's row in a listing."""
    doc = stored.doc
    shown = {"id": stored.id, "device_type": doc.get("device_type", "sip_device")}
    shown["flags"] = doc.get("flags", [])
    sip = doc.get("sip")
    if isinstance(sip, dict) and "username" in sip:
        shown["username"] = sip["username"]
    return shown | {name: doc[name] for name in _COLUMNS if name in doc}


DEVICE = Kind(name="device", path="devices", model=Device, row=row, prepare=set_aside)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of devices."""
    return documents.routes(api, replace(DEVICE, check=_Checks(api).check))


@dataclass(frozen=True)
class _Checks:
    api: Api

    async def check(self, write: Write, change: Change) -> None:
        """Complete a device's credentials, and refuse what it must not have."""
        doc, sip = change.doc, change.doc["sip"]
        put_back(change)
        complete_metaflows(doc, private_urls=self.api.private_urls)
        check_recording_urls(doc, allow_private=self.api.private_urls)
        own_realm = write.request.account.realm
        if own_realm is not None and sip.get("realm", "").lower() == own_realm:
            del sip["realm"]
        if change.before is None and doc["device_type"] in _SIP_TYPES:
            _give_credentials(sip)
        claim = Claim(write.account_id, "device", change.id)
        wrong = await _wrong_name(write, claim, sip, own_realm)
        ip = sip.get("ip") if sip["method"] == "ip" else None
        if ip and await uniqueness.taken_ip(write.connection, claim, ip):
            wrong |= _taken("sip.ip", "SIP IP already in use", ip)
        address = doc.get("mac_address")
        if address and await uniqueness.taken_address(
            write.connection, claim, ("mac_address",), address
        ):
            wrong |= _taken("mac_address", "MAC address already in use", address)
        if doc["device_type"] == "mobile" and not doc.get("mobile", {}).get("mdn"):
            message = "Field is required but missing"
            wrong |= {"mobile.mdn": {"required": {"message": message, "value": "mdn"}}}
        if wrong:
            raise invalid(wrong)


def _give_credentials(sip: dict[str, Any]) -> None:
    if sip["method"] == "password":
        sip.setdefault("username", f"user_{secrets.token_hex(5)}")
        sip.setdefault("password", secrets.token_hex(10))


async def _wrong_name(
    write: Write, claim: Claim, sip: dict[str, Any], own_realm: str | None
) -> FieldErrors:
    """Return what is wrong with the name by which a device registers; not whose it is."""
    realm = sip.get("realm", "").lower() or own_realm
    if "realm" in sip and await uniqueness.foreign_realm(
        write.connection, write.account_id, sip["realm"].lower()
    ):
        return _taken("sip.realm", "SIP realm already in use", sip["realm"])
    username = sip.get("username")
    if username is None:
        return {}
    if _RESERVED.fullmatch(username):
        message = "This name is reserved for this system"
        return {"sip.username": {"forbidden": {"message": message, "value": username}}}
    if await uniqueness.taken_sip_name(write.connection, claim, username, realm, own_realm):
        return _taken("sip.username", "SIP credentials already in use", username)
    return {}


def _taken(path: str, message: str, cause: str) -> FieldErrors:
    return {path: {"unique": {"message": message, "cause": cause}}}
