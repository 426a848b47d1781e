"""What a node says of the web server that is asked: the data of both `pivot` actions."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from runtime.callflow import ActionData, Flag

MAX_TIMEOUT_MS = 5000

WebUrl = Annotated[str, StringConstraints(pattern=r"^https?://")]


def _known_case(value: object) -> object:
    return value.lower() if isinstance(value, str) and value != value.upper() else value


Method = Annotated[Literal["get", "post", "GET", "POST"], BeforeValidator(_known_case)]
"""In any case."""


class PivotData(ActionData):
    """The first URL and how it is asked; `cdr_url` is told of the hangup, after TwiML only."""

    voice_url: WebUrl
    method: Method = "get"
    req_format: Literal["kazoo", "twiml"] = "kazoo"
    req_body_format: Literal["form", "json"] = "form"
    req_timeout_ms: Annotated[int, Field(ge=1, le=MAX_TIMEOUT_MS)] = MAX_TIMEOUT_MS
    cdr_url: WebUrl | None = None
    debug: Flag = False

    @property
    def seconds(self) -> float:
        """How long a server may take to answer."""
        return self.req_timeout_ms / 1000
