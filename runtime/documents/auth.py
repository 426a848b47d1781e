"""What clients send to get a token."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from runtime.documents.base import ClosedModel, DocumentModel

Known = Annotated[str, StringConstraints(min_length=1, max_length=253)]
"""How an account is known."""


class UserAuth(DocumentModel):
    """A user's credentials, the digest (hexadecimal) of `username:password`, and his account."""

    credentials: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    method: Literal["md5", "sha"] = "md5"
    account_name: Known | None = None
    account_realm: Known | None = None
    phone_number: Known | None = None


class ApiAuth(ClosedModel):
    """What an account shows instead of credentials: its API key."""

    api_key: Annotated[str, StringConstraints(min_length=64, max_length=64)]


class Impersonation(DocumentModel):
    """What is wanted of a user's login."""

    action: Literal["impersonate_user"]
