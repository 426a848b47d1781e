"""Webhooks: which servers are told of what happens."""

from typing import Annotated, Literal

from pydantic import Field

from runtime.documents.base import DocumentModel, Flag, Integer
from runtime.documents.formats import HttpUrl


class Webhook(DocumentModel):
    """`hook` is the event's name, `uri` where it is sent to."""

    name: str
    hook: str
    uri: HttpUrl
    enabled: Flag = True
    format: Literal["form-data", "json"] = "form-data"
    http_verb: Literal["get", "post", "put"] = "post"
    include_internal_legs: Flag = True
    include_subaccounts: Flag | None = None
    retries: Annotated[Integer, Field(ge=0, le=4)] = 2
    custom_data: dict[str, str] | None = None
    flags: list[str] | None = None
