"""Directories: people who are found by the letters of their names."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from runtime.documents.base import DocumentModel, Flag, Integer


class Directory(DocumentModel):
    """A directory; who is in it, the users' own `directories` say."""

    name: Annotated[str, StringConstraints(min_length=1)]
    min_dtmf: Annotated[Integer, Field(ge=1)] = 3
    max_dtmf: Annotated[Integer, Field(ge=0)] = 0
    confirm_match: Flag = True
    sort_by: Literal["first_name", "last_name"] = "last_name"
    search_fields: Literal["first_name", "last_name", "both"] | None = None
    users: list[str] = Field(default=[])
    flags: list[str] | None = None
