"""Metaflows: what keys that somebody presses do in the middle of a call."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from runtime.documents.base import DocumentModel, Integer

MAX_PATTERNS: Final = 100
"""Of one document: each is tried in turn while somebody waits."""


class Metaflow(DocumentModel):
    """One node: what is done when its keys are pressed, and what comes after it."""

    module: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    data: dict[str, Any] = Field(default={})
    children: dict[Annotated[str, StringConstraints(min_length=1)], "Metaflow"] | None = None


Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+$")]
Patterns = dict[Annotated[str, StringConstraints(min_length=1)], Metaflow]


class Metaflows(DocumentModel):
    """What keys do in the middle of a call; `digit_timeout` is milliseconds."""

    binding_digit: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"] = "*"
    digit_timeout: Annotated[Integer, Field(ge=0)] | None = None
    listen_on: Literal["both", "self", "peer"] | None = None
    numbers: dict[Digits, Metaflow] | None = None
    patterns: Annotated[Patterns, Field(max_length=MAX_PATTERNS)] | None = None
