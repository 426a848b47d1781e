"""Fax boxes: how faxes are sent and received."""

from typing import Annotated, Literal

from pydantic import Field

from runtime.documents.base import DocumentModel, Flag, Integer, Name
from runtime.documents.formats import Email, HttpUrl
from runtime.documents.shared import Expression

Tries = Annotated[Integer, Field(ge=0, le=4)]


class FaxMedia(DocumentModel):
    """Whether faxes are sent over T.38."""

    fax_option: Flag | None = None


class FaxEmail(DocumentModel):
    """Who is told by e-mail."""

    send_to: Email | list[Email] | None = None


class FaxSms(DocumentModel):
    """Who is told by a short message."""

    send_to: str | list[str] | None = None


class FaxCallback(DocumentModel):
    """Which server is told."""

    method: Literal["post", "put"] | None = None
    type: Literal["json", "www-url-form-encoded"] | None = None
    url: HttpUrl | None = None


class FaxNotification(DocumentModel):
    """Who is told of a fax."""

    email: FaxEmail | None = None
    sms: FaxSms | None = None
    callback: FaxCallback | None = None


class FaxNotifications(DocumentModel):
    """Who is told of faxes, by their direction."""

    inbound: FaxNotification | None = None
    outbound: FaxNotification | None = None


class FaxBox(DocumentModel):
    """A fax box."""

    name: Name
    caller_name: str = "Kazoo Fax Printer"
    caller_id: str | None = None
    fax_header: str = "Kazoo Fax Printer"
    fax_identity: str | None = None
    fax_timezone: str | None = None
    retries: Tries = 1
    attempts: Tries = 0
    media: FaxMedia = FaxMedia()
    notifications: FaxNotifications | None = None
    smtp_permission_list: list[Expression] = Field(default=[])
    custom_smtp_email_address: str | None = None
    flags: list[str] | None = None
