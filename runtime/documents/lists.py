"""Lists of callers, their entries, and blacklists."""

from typing import Any

from pydantic import Field

from runtime.documents.base import DocumentModel, Flag, Integer, Name


class CallerList(DocumentModel):
    """A list; its entries are documents of their own."""

    name: Name
    description: Name | None = None
    org: str | None = None
    flags: list[str] | None = None


class ListEntry(DocumentModel):
    """Somebody in a list; `list_id` comes from the path."""

    list_id: str | None = None
    number: str | None = None
    pattern: str | None = None
    capture_group_key: str | None = None
    capture_group_length: Integer | None = None
    displayname: Name | None = None
    firstname: Name | None = None
    lastname: Name | None = None
    type: Name | None = None
    profile: dict[str, Any] = Field(default={})
    flags: list[str] | None = None


class Blacklist(DocumentModel):
    """Numbers whose calls are refused."""

    name: Name
    numbers: dict[str, dict[str, Any]] = Field(default={})
    should_block_anonymous: Flag | None = None
    flags: list[str] | None = None
