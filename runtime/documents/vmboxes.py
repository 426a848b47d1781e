"""Voicemail boxes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from runtime.documents.base import DocumentModel, Flag, Id32, Integer, Name
from runtime.documents.formats import Email
from runtime.documents.shared import TimeZone, VoicemailNotify


class VoicemailMedia(DocumentModel):
    """The greeting: the id of a media document."""

    unavailable: Id32 | None = None


class VoicemailBox(DocumentModel):
    """A mailbox."""

    mailbox: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    name: Name
    owner_id: Id32 | None = None
    pin: Annotated[str, StringConstraints(min_length=4, max_length=6)] | None = None
    require_pin: Flag = False
    check_if_owner: Flag = True
    is_setup: Flag = False
    media: VoicemailMedia = VoicemailMedia()
    announcement_only: Flag = False
    skip_greeting: Flag = False
    skip_instructions: Flag = False
    skip_envelope: Flag = False
    oldest_message_first: Flag = False
    not_configurable: Flag = False
    is_voicemail_ff_rw_enabled: Flag = False
    seek_duration_ms: Annotated[Integer, Field(ge=0)] = 10_000
    operator_number: str | Integer | None = None
    media_extension: Literal["mp3", "mp4", "wav"] = "mp3"
    delete_after_notify: Flag = False
    save_after_notify: Flag = False
    include_message_on_notify: Flag = True
    include_transcription_on_notify: Flag = True
    notify_email_addresses: list[Email] = Field(default=[])
    notify: VoicemailNotify | None = None
    transcribe: Flag = False
    timezone: TimeZone | None = None
    flags: list[str] | None = None
