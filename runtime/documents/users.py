"""Users: people, how they log in, and how they are called."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from runtime.documents.base import DocumentModel, Flag, Name
from runtime.documents.call_recording import CallRecording
from runtime.documents.devices import ContactList
from runtime.documents.formats import Email
from runtime.documents.shared import (
    CallForward,
    EndpointMedia,
    MusicOnHoldMedia,
    OutboundOptions,
    UserHotdesk,
    Voicemail,
)


class PronouncedName(DocumentModel):
    """The recording of somebody's name."""

    media_id: Annotated[str, StringConstraints(max_length=128)] | None = None


class User(OutboundOptions):
    """A user; the password is never part of what is stored here."""

    first_name: Name
    last_name: Name
    username: (
        Annotated[
            str, StringConstraints(min_length=1, max_length=256, pattern=r"^[+@.A-Za-z0-9_-]+$")
        ]
        | None
    ) = None
    password: Annotated[str, StringConstraints(min_length=1)] | None = None
    email: Email | None = None
    priv_level: Literal["user", "admin"] = "user"
    enabled: Flag = True
    feature_level: str | None = None
    timezone: str | None = None
    presence_id: str | None = None
    vm_to_email_enabled: Flag = True
    voicemail: Voicemail | None = None
    hotdesk: UserHotdesk = UserHotdesk()
    directories: dict[str, str] | None = None
    pronounced_name: PronouncedName | None = None
    call_forward: CallForward | None = None
    call_recording: CallRecording | None = None
    contact_list: ContactList = ContactList()
    media: EndpointMedia = EndpointMedia()
    music_on_hold: MusicOnHoldMedia = MusicOnHoldMedia()
    profile: dict[str, Any] | None = None
    require_password_update: Flag = False
    verified: Flag = False
