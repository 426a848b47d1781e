"""Conferences: rooms, and what members and moderators may do there."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from runtime.documents.base import DocumentModel, Flag, Id32, Integer, Name, unique
from runtime.documents.formats import Digits
from runtime.documents.shared import Once

Numbers = Annotated[list[Digits], AfterValidator(unique), Once]


class Moderator(DocumentModel):
    """How moderators come in."""

    numbers: Numbers = Field(default=[])
    pins: list[Digits] = Field(default=[])
    join_muted: Flag = False
    join_deaf: Flag = False


class Member(DocumentModel):
    """How everybody else comes in."""

    numbers: Numbers = Field(default=[])
    pins: list[Digits] = Field(default=[])
    join_muted: Flag = True
    join_deaf: Flag = False
    play_entry_prompt: Flag | None = None


class Conference(DocumentModel):
    """A conference; tones are true, false, or media."""

    name: Name | None = None
    owner_id: Id32 | None = None
    conference_numbers: Numbers = Field(default=[])
    member: Member = Member()
    moderator: Moderator = Moderator()
    play_entry_tone: Flag | str | None = None
    play_exit_tone: Flag | str | None = None
    play_name: Flag = False
    play_welcome: Flag | None = None
    require_moderator: Flag | None = None
    wait_for_moderator: Flag | None = None
    max_participants: Integer | None = None
    max_members_media: str | None = None
    language: str | None = None
    domain: str | None = None
    focus: str | None = None
    bridge_username: str | None = None
    bridge_password: str | None = None
    profile_name: str | None = None
    caller_controls: str | None = None
    moderator_controls: str | None = None
    profile: dict[str, Any] | None = None
    controls: dict[str, Any] | None = None
    flags: list[str] | None = None
