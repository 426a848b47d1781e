"""Users; with what they log in is stored apart from their documents."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from runtime.accounts import passwords
from runtime.documents.users import User
from runtime.documents.validation import FieldErrors
from runtime.storage import api_tokens, credentials
from runtime.storage.collection import Stored
from runtime.storage.uniqueness import Claim, taken
from runtime.web import documents
from runtime.web.api import Api, Write
from runtime.web.declare import Route
from runtime.web.documents import Change, Kind
from runtime.web.features import features_of_user
from runtime.web.metaflow_data import complete_metaflows
from runtime.web.recording_urls import check_recording_urls
from runtime.web.refusals import invalid

_PASSWORD: Final = "password"  # noqa: S105 - a field's name
_COLUMNS: Final = (
    "username",
    "email",
    "first_name",
    "last_name",
    "priv_level",
    "feature_level",
    "presence_id",
    "timezone",
    "call_recording",
    "service",
)


def row(stored: Stored) -> dict[str, Any]:
    """Return a user's row in a listing."""
    doc = stored.doc
    shown = {"id": stored.id, "features": features_of_user(doc), "flags": doc.get("flags", [])}
    return shown | {name: doc[name] for name in _COLUMNS if name in doc}


async def prepare(_write: Write, change: Change) -> None:
    """Write the username in lower case."""
    username = change.doc.get("username")
    if isinstance(username, str):
        change.doc["username"] = username.lower()


async def saved(write: Write, change: Change) -> None:
    """Let the user log in with what he has now; whoever came in with what he had is out."""
    user_id, username = str(change.id), change.doc.get("username")
    password = change.aside.get(_PASSWORD)
    if username is not None and password is None:
        return
    await api_tokens.revoke_of_user(
        write.connection, write.account_id, user_id, write.request.token
    )
    if username is None:
        await credentials.remove_credentials(write.connection, write.account_id, user_id)
    elif password is not None:
        hashes = await passwords.hashes_of(write.account_id, username, password)
        await credentials.set_credentials(
            write.connection, write.account_id, user_id, username, hashes.md5, hashes.sha1
        )


USER = Kind(
    name="user",
    path="users",
    model=User,
    row=row,
    order="concat_ws(' ', doc ->> 'last_name', doc ->> 'first_name')",
    prepare=prepare,
    saved=saved,
    secrets=frozenset((_PASSWORD,)),
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of users."""
    return documents.routes(api, replace(USER, check=_Checks(api).check))


@dataclass(frozen=True)
class _Checks:
    api: Api

    async def check(self, write: Write, change: Change) -> None:
        """Keep the password out of the document, and refuse what the user must not have."""
        doc = change.doc
        complete_metaflows(doc, private_urls=self.api.private_urls)
        check_recording_urls(doc, allow_private=self.api.private_urls)
        username, password = doc.get("username"), doc.pop(_PASSWORD, None)
        change.aside[_PASSWORD] = password
        wrong = _incomplete(change, username, password)
        claim = Claim(write.account_id, "user", change.id)
        if username is not None and await _is_taken(write, claim, username):
            message = "Username must be unique within account"
            wrong["username"] = {"unique": {"message": message, "cause": username}}
        desk = doc["hotdesk"].get("id")
        if desk and await taken(write.connection, claim, ("hotdesk", "id"), desk):
            message = "Hotdesk ID already in use"
            wrong["hotdesk.id"] = {"unique": {"message": message, "cause": desk}}
        if wrong:
            raise invalid(wrong)


def _incomplete(change: Change, username: str | None, password: str | None) -> FieldErrors:
    before = None if change.before is None else change.before.doc.get("username")
    known = before.lower() if isinstance(before, str) else None
    if username is None and password is not None:
        return _required("username", "The username must be set when setting a password")
    if username is not None and password is None and username != known:
        return _required(_PASSWORD, "The password must be set when setting a username")
    return {}


def _required(name: str, message: str) -> FieldErrors:
    return {name: {"required": {"message": message, "value": name}}}


async def _is_taken(write: Write, claim: Claim, username: str) -> bool:
    known = await credentials.of_username(write.connection, write.account_id, username)
    if known is not None and known.user_id != claim.id:
        return True
    return await taken(write.connection, claim, ("username",), username)
