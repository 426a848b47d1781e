"""Media: sounds for callers, uploaded, recorded or spoken."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from runtime.documents.base import DocumentModel, Flag, Id32, Integer, Name

MAX_BYTES: Final = 11_534_336
"""How long an uploaded file may be."""


class Speech(DocumentModel):
    """A text, and how it is spoken: `female` or `male`, `/` and a language."""

    text: Annotated[str, StringConstraints(min_length=1)] | None = None
    voice: Annotated[str, StringConstraints(max_length=64)] = "female/en-US"


PromptId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,90}$")]
ContentType = Literal[
    "audio/mp3",
    "audio/mpeg",
    "audio/mpeg3",
    "audio/x-wav",
    "audio/wav",
    "audio/ogg",
    "audio/flac",
    "video/x-flv",
    "video/h264",
    "video/mpeg",
    "video/quicktime",
    "video/mp4",
    "video/webm",
]


class Media(DocumentModel):
    """A sound; `content_length` is in bytes, and said of a file by its upload."""

    name: Name
    media_source: Literal["recording", "upload", "tts"] = "upload"
    language: Annotated[str, StringConstraints(min_length=1, max_length=35)] = "en-us"
    streamable: Flag = True
    content_type: ContentType | None = None
    content_length: Annotated[Integer, Field(ge=1, le=MAX_BYTES)] | None = None
    prompt_id: PromptId | None = None
    source_id: Id32 | None = None
    source_type: str | None = None
    tts: Speech = Speech()
    description: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    flags: list[str] | None = None
