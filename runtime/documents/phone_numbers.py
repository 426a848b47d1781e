"""Public numbers: what is known of one beside whose it is."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from runtime.documents.base import DocumentModel, Flag

State = Literal["in_service", "port_in", "reserved"]


class Cnam(DocumentModel):
    """The name that others are shown with calls from the number, and whether callers' are asked."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=15)] | None = None
    inbound_lookup: Flag | None = None


class E911(DocumentModel):
    """Where emergency services find whoever calls."""

    locality: str
    postal_code: str
    region: Annotated[str, StringConstraints(min_length=2, max_length=2)]
    street_address: str
    caller_name: Annotated[str, StringConstraints(min_length=3)] | None = None
    extended_address: str | None = None
    notification_contact_emails: list[str] = Field(default=[])


class PhoneNumber(DocumentModel):
    """A number; `create_with_state` is the state of a new one."""

    carrier_name: Annotated[str, StringConstraints(min_length=1, max_length=30)] | None = None
    cnam: Cnam | None = None
    create_with_state: State | None = None
    e911: E911 | None = None
    porting: dict[str, Any] | None = None


class PhoneNumbers(PhoneNumber):
    """The same for many numbers at once."""

    numbers: Annotated[list[str], Field(min_length=1, max_length=1000)]


class Numbers(DocumentModel):
    """Numbers that somebody asks about."""

    numbers: Annotated[list[str], Field(max_length=1000)]
