"""Metaflows: what keys that somebody presses do in the middle of a call."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from runtime.documents.base import DocumentModel, Integer

METAFLOW_MODULES: Final = frozenset(
    (
        "audio_level",
        "break",
        "callflow",
        "hangup",
        "hold",
        "hold_control",
        "intercept",
        "move",
        "pivot",
        "play",
        "record_call",
        "relate",
        "resume",
        "say",
        "sound_touch",
        "transfer",
        "tts",
    )
)
"""What may be done in the middle of a call."""


def _known_module(value: str) -> str:
    if value not in METAFLOW_MODULES:
        raise PydanticCustomError(
            "error", "unable to find metaflow schema for module {module}", {"module": value[:64]}
        )
    return value


ModuleName = Annotated[
    str, StringConstraints(min_length=1, max_length=64), AfterValidator(_known_module)
]


class Metaflow(DocumentModel):
    """One node: what is done when its keys are pressed, and what comes after it."""

    module: ModuleName
    data: dict[str, Any] = Field(default={})
    children: dict[Annotated[str, StringConstraints(min_length=1)], "Metaflow"] | None = None


Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+$")]


class Metaflows(DocumentModel):
    """What keys do in the middle of a call; `digit_timeout` is milliseconds."""

    binding_digit: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"] = "*"
    digit_timeout: Annotated[Integer, Field(ge=0)] | None = None
    listen_on: Literal["both", "self", "peer"] | None = None
    numbers: dict[Digits, Metaflow] | None = None
    patterns: dict[Annotated[str, StringConstraints(min_length=1)], Metaflow] | None = None
