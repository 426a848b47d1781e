"""Menus: greeting, digits and what is said when they are wrong."""

from typing import Annotated

from pydantic import Field, StringConstraints

from runtime.documents.base import DocumentModel, Flag, Integer, Name


class MenuMedia(DocumentModel):
    """What is played: true is the standard prompt, false is silence, text is a media id."""

    greeting: Annotated[str, StringConstraints(min_length=3, max_length=2048)] | None = None
    exit_media: Flag | str | None = None
    invalid_media: Flag | str | None = None
    transfer_media: Flag | str | None = None


Regex = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Menu(DocumentModel):
    """A menu; timers are milliseconds."""

    name: Name
    hunt: Flag = True
    hunt_allow: Regex | None = None
    hunt_deny: Regex | None = None
    interdigit_timeout: Annotated[Integer, Field(ge=1, le=10_000)] | None = None
    timeout: Annotated[Integer, Field(ge=1, le=60_000)] | None = None
    max_extension_length: Annotated[Integer, Field(ge=1, le=6)] = 4
    retries: Annotated[Integer, Field(ge=1, le=10)] = 3
    media: MenuMedia = MenuMedia()
    record_pin: Annotated[str, StringConstraints(min_length=3, max_length=6)] | None = None
    suppress_media: Flag = False
    allow_record_from_offnet: Flag = False
    flags: list[str] | None = None
