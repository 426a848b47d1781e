"""Which calls are recorded, and how."""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from runtime.documents.base import ClosedModel, Flag, Integer

URL_SCHEMES: Final = ("http", "https", "ftp", "ftps")


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme.lower() in URL_SCHEMES and bool(parts.hostname)
        usable = usable and parts.port != 0 and not any(map(str.isspace, value))
    except ValueError:
        usable = False
    if not usable:
        raise PydanticCustomError("error", "invalid client URL")
    return value


ClientUrl = Annotated[str, AfterValidator(_url)]
"""A URL to which something is sent."""


class RecordingParameters(ClosedModel):
    """How calls are recorded; times are seconds."""

    enabled: Flag | None = None
    format: Literal["mp3", "wav"] | None = None
    record_min_sec: Integer | None = None
    record_on_answer: Flag | None = None
    record_on_bridge: Flag | None = None
    record_sample_rate: Integer | None = None
    time_limit: Annotated[Integer, Field(ge=5, le=10_800)] | None = None
    url: ClientUrl | None = None


class RecordingSource(ClosedModel):
    """Recording by where the other side is."""

    onnet: RecordingParameters | None = None
    offnet: RecordingParameters | None = None
    any: RecordingParameters | None = None


class CallRecording(ClosedModel):
    """Recording by the direction of the call."""

    inbound: RecordingSource | None = None
    outbound: RecordingSource | None = None
    any: RecordingSource | None = None
