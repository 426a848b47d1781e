"""Accounts: the names by which they are known, and what their phones inherit."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from runtime.documents.base import ClosedModel, DocumentModel, Flag, Name
from runtime.documents.call_recording import CallRecording
from runtime.documents.shared import MusicOnHold, OutboundOptions, TimeZone, Voicemail


class AccountCallRecording(ClosedModel):
    """Recording of the account's calls, and of each endpoint's unless it says otherwise."""

    account: CallRecording | None = None
    endpoint: CallRecording | None = None


class Preflow(ClosedModel):
    """`always` is the id of the callflow that runs before every other."""

    always: str | None = None


class Overload(DocumentModel):
    """`callflow` is the id of the callflow for calls above a limit; Kazoo refuses such calls."""

    callflow: str | None = None


Realm = Annotated[
    str,
    StringConstraints(
        min_length=4, max_length=253, pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"
    ),
]
"""A SIP domain."""


class Account(OutboundOptions):
    """An account; `realm` is made up when a new one has none."""

    name: Name
    realm: Realm | None = None
    enabled: Flag = True
    timezone: TimeZone | None = None
    org: str | None = None
    preflow: Preflow = Preflow()
    overload: Overload | None = None
    call_recording: AccountCallRecording | None = None
    music_on_hold: MusicOnHold = MusicOnHold()
    voicemail: Voicemail | None = None
    zones: dict[str, Any] | None = None


class AccountMove(DocumentModel):
    """Where an account goes: `to` is the id of its new parent."""

    to: Annotated[str, Field(min_length=1)]
