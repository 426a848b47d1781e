"""Formats of text that several kinds of documents have."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f<>,;\"]+@[^@\s\x00-\x1f<>,;\"]+")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise PydanticCustomError(
            "wrong_format", "Field is not in the correct format", {"format": "email"}
        )
    return value


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        usable = usable and parts.port != 0 and not any(map(str.isspace, value))
    except ValueError:
        usable = False
    if not usable:
        raise PydanticCustomError("error", "invalid client URL")
    return value


Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254),
    AfterValidator(_email),
    Field(json_schema_extra={"format": "email"}),
]
"""An address of somebody's."""
HttpUrl = Annotated[str, AfterValidator(_http_url), Field(json_schema_extra={"format": "uri"})]
"""Where something is sent to."""
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]
SipHeaders = dict[HeaderName, str | dict[HeaderName, str]]
"""SIP headers by name, or two such objects under `in` and `out`."""
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+$")]
"""What can be typed as a number."""
