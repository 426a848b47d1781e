"""Devices: telephones, and numbers that ring like one."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from runtime.documents.accounts import Realm
from runtime.documents.base import DocumentModel, Flag, Id32, Integer, Name
from runtime.documents.call_recording import CallRecording
from runtime.documents.formats import SipHeaders
from runtime.documents.shared import (
    CallForward,
    DeviceHotdesk,
    EndpointMedia,
    MusicOnHold,
    OutboundOptions,
)


class Sip(DocumentModel):
    """How a device registers and is called; `expire_seconds` is how long it stays registered."""

    method: Literal["password", "ip"] = "password"
    username: (
        Annotated[
            str, StringConstraints(min_length=2, max_length=32, pattern=r"^[A-Za-z0-9_.+-]+$")
        ]
        | None
    ) = None
    password: Annotated[str, StringConstraints(min_length=5, max_length=32)] | None = None
    ip: str | None = None
    realm: Realm | None = None
    invite_format: Literal[
        "username", "npan", "1npan", "e164", "route", "strip_plus", "contact"
    ] = "contact"
    route: str | None = None
    number: str | None = None
    static_invite: str | None = None
    static_route: str | None = None
    forward: str | None = None
    proxy: str | None = None
    transport: str | None = None
    custom_sip_interface: str | None = None
    custom_sip_headers: SipHeaders | None = None
    expire_seconds: Integer = 300
    ignore_completed_elsewhere: Flag | None = None


class ContactList(DocumentModel):
    """Whether it is left out of the phone book."""

    exclude: Flag | None = None


class OutboundFlags(DocumentModel):
    """What a carrier must have for calls from here."""

    static: list[str] | None = None
    dynamic: list[str] | None = None


class Mobile(DocumentModel):
    """The number of a mobile device."""

    mdn: str | None = None


class Provision(DocumentModel):
    """What a telephone is set up with; keys are numbered."""

    id: str | None = None
    endpoint_brand: str | None = None
    endpoint_family: str | None = None
    endpoint_model: str | list[str] | None = None
    combo_keys: dict[str, Any] | None = None
    feature_keys: dict[str, Any] | None = None


class Device(OutboundOptions):
    """A device."""

    name: Name
    owner_id: Id32 | None = None
    enabled: Flag = True
    device_type: str = "sip_device"
    sip: Sip = Sip()
    call_forward: CallForward | None = None
    call_recording: CallRecording | None = None
    contact_list: ContactList = ContactList()
    exclude_from_queues: Flag = False
    hotdesk: DeviceHotdesk | None = None
    mac_address: str | None = None
    media: EndpointMedia = EndpointMedia()
    mobile: Mobile | None = None
    music_on_hold: MusicOnHold = MusicOnHold()
    mwi_unsolicited_updates: Flag = True
    outbound_flags: list[str] | OutboundFlags | None = None
    presence_id: str | None = None
    provision: Provision | None = None
    register_overwrite_notify: Flag = False
    suppress_unregister_notifications: Flag = False
    timezone: str | None = None
