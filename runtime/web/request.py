"""A request to the API as its routes see it, and their answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from runtime.storage.accounts import AccountRow
from runtime.storage.api_tokens import Identity
from runtime.storage.audit import Writer
from runtime.web import refusals
from runtime.web.etag import matches


@dataclass(frozen=True)
class Answer:
    """What a route answers: the envelope's `data`, its status and what else stands beside.

    `revision` is what ETag is made of, `location` the path of something new, `extras` are keys
    of the envelope such as `page_size`.
    """

    data: Any
    status: int = 200
    revision: str | None = None
    location: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    token: str | None = None


@dataclass
class ApiRequest:
    """One request; `data` is the envelope's `data`, `envelope` the rest of it."""

    http: web.Request
    id: str
    method: str
    parts: Mapping[str, str]
    envelope: Mapping[str, Any] = field(default_factory=dict)
    data: Any = field(default_factory=dict)
    token: str | None = None
    identity: Identity | None = None
    found_account: AccountRow | None = None
    consumed: int = 0
    """What it has taken from the client's bucket."""

    @property
    def account(self) -> AccountRow:
        """The account in the path, which the token reaches."""
        if self.found_account is None:
            raise LookupError("this route has no account")
        return self.found_account

    @property
    def who(self) -> Identity:
        """Whom the token stands for."""
        if self.identity is None:
            raise LookupError("this route needs no token")
        return self.identity

    @property
    def writer(self) -> Writer:
        """Who writes, for the audit."""
        if self.identity is None:
            return Writer(address=self.address, request_id=self.id)
        return Writer(self.identity.account_id, self.identity.user_id, self.address, self.id)

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.http.remote or ""

    @property
    def object(self) -> dict[str, Any]:
        """`data`, which must be an object; raises RequestRefused."""
        if not isinstance(self.data, dict):
            message = "Value did not match type(s): object"
            raise refusals.invalid_field("data", "type", message, target="object")
        return self.data

    def query(self, name: str) -> str | None:
        """Return a parameter of the query."""
        value: str | None = self.http.query.get(name)
        return value

    def flag(self, name: str) -> bool | None:
        """Return a parameter of the query that is true or false; None when it is neither."""
        return {"true": True, "false": False}.get((self.query(name) or "").lower())

    def value(self, name: str) -> Any:
        """Return a request value: from `data`, else the query, else the envelope."""
        if isinstance(self.data, Mapping) and name in self.data:
            return self.data[name]
        query = self.query(name)
        return query if query is not None else self.envelope.get(name)

    def must_match(self, revision: str) -> None:
        """Raise RequestRefused (412) when the client's If-Match names another revision."""
        wanted = self.http.headers.get("If-Match")
        if wanted is not None and not matches(wanted, revision):
            raise refusals.changed_since()


def to_json(value: Any, *, pretty: bool = False) -> bytes:
    """Write JSON; what has no form of its own is written as text."""
    options = orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if pretty else 0)
    try:
        return orjson.dumps(value, default=str, option=options)
    except TypeError:
        # Numbers of more than 64 bits and halves of characters, which PostgreSQL keeps, too.
        text = json.dumps(value, default=str, indent=2 if pretty else None)
        return text.encode()
