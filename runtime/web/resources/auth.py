"""Tokens: got for a user's credentials or an account's key, described and given back."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from runtime.accounts import passwords, to_e164
from runtime.documents.auth import ApiAuth, Impersonation, UserAuth
from runtime.errors import RequestRefused
from runtime.storage import account_tree, api_tokens, collection, credentials, phone_numbers
from runtime.storage.accounts import AccountRow
from runtime.storage.api_tokens import Identity
from runtime.storage.collection import Collection
from runtime.storage.credentials import Credentials
from runtime.storage.pool import Connection
from runtime.web import refusals
from runtime.web.api import Api
from runtime.web.body import unusable_text
from runtime.web.buckets import LOGIN_COST
from runtime.web.declare import Access, Route
from runtime.web.request import Answer, ApiRequest
from runtime.web.validation import validated

LIFETIME: Final = timedelta(hours=1)
"""Of a token, as Kazoo's."""
_USERS: Final = Collection("user")
_NOBODY: Final = "0" * 32
_REFUSED: Final = {401: "the credentials are wrong"}


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of tokens."""
    auth = _Auth(api)

    def route(method: str, path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(
            method=method, path=path, handle=handle, summary=summary, tag="authentication", **more
        )

    new: dict[str, Any] = {"access": Access.PUBLIC, "status": 201, "statuses": _REFUSED}
    yield route("PUT", "/user_auth", auth.user, "Log in as a user", body=UserAuth, **new)
    yield route("PUT", "/api_auth", auth.key, "Log in as an account", body=ApiAuth, **new)
    own: dict[str, Any] = {"access": Access.TOKEN}
    yield route("GET", "/user_auth/{token}", auth.describe, "Whom a token stands for", **own)
    yield route("GET", "/token_auth", auth.describe_own, "Whom this token stands for", **own)
    yield route("DELETE", "/token_auth", auth.revoke, "End this token", reads_only=True, **own)
    yield route(
        "PUT",
        "/accounts/{account_id}/users/{id}/user_auth",
        auth.impersonate,
        "Get a token that stands for a user",
        body=Impersonation,
        status=201,
    )


@dataclass
class _Attempt:
    """An attempt to log in; `failed` says that it is to cost something."""

    failed: bool = field(default=True)


@dataclass(frozen=True)
class _Auth:
    api: Api

    async def user(self, request: ApiRequest) -> Answer:
        told = validated(UserAuth, request.object)
        if not any(told.get(way) for way in _WAYS):
            message = "Field is required but missing"
            raise refusals.invalid_field("account_name", "required", message, value="account_name")
        async with self._attempt(request) as attempt:
            async with self.api.reading() as connection:
                account = await _account(connection, told)
            found = await self._credentials(account, told["method"], told["credentials"].lower())
            if account is None or found is None:
                raise refusals.invalid_credentials()
            attempt.failed = False
        _check_enabled(account)
        return await self._new_token(account, found.user_id)

    async def key(self, request: ApiRequest) -> Answer:
        key = validated(ApiAuth, request.object)["api_key"]
        async with self._attempt(request) as attempt:
            async with self.api.reading() as connection:
                account_id = await api_tokens.account_of_key(connection, key)
                account = account_id and await account_tree.fetch(connection, account_id)
            if not account:
                raise RequestRefused(404, "bad identifier", [key])
            attempt.failed = False
        _check_enabled(account)
        return await self._new_token(account, None)

    async def describe(self, request: ApiRequest) -> Answer:
        return await self._described(request, request.parts["token"])

    async def describe_own(self, request: ApiRequest) -> Answer:
        return await self._described(request, request.token or "")

    async def revoke(self, request: ApiRequest) -> Answer:
        async with self.api.reading() as connection:
            await api_tokens.revoke(connection, request.token or "")
        return Answer({})

    async def impersonate(self, request: ApiRequest) -> Answer:
        given = request.object | {"action": request.value("action")}
        action = validated(Impersonation, given)["action"]
        user_id = request.parts["id"]
        async with self.api.writing(request, request.account.id) as write:
            user = await collection.fetch(write.connection, _USERS, write.account_id, user_id)
            if user is None:
                raise refusals.bad_identifier(user_id)
            if user.doc.get("enabled") is False:
                raise refusals.invalid_field("user", "disabled", "The user is disabled")
            _check_enabled(request.account)
            await write.audit("token", user_id, None, {"action": action})
        return await self._new_token(request.account, user_id)

    @asynccontextmanager
    async def _attempt(self, request: ApiRequest) -> AsyncIterator[_Attempt]:
        """Let somebody try; it costs first, so that many attempts at once are none for free."""
        buckets, client = self.api.buckets, request.address
        if not buckets.has(client, LOGIN_COST):
            raise refusals.too_many_requests()
        buckets.take(client, LOGIN_COST)
        request.consumed = LOGIN_COST
        attempt = _Attempt()
        try:
            yield attempt
        except RequestRefused:
            raise
        except Exception:
            attempt.failed = False  # the server's fault
            raise
        finally:
            if not attempt.failed:
                buckets.give_back(client, LOGIN_COST)
                request.consumed = 0

    async def _credentials(
        self, account: AccountRow | None, method: str, digest: str
    ) -> Credentials | None:
        """Return whose a digest is; it takes as long when it is nobody's, or of no account."""
        if not passwords.is_digest(digest, method):
            return None
        account_id = _NOBODY if account is None else account.id
        hashed = await passwords.hash_of(account_id, digest)
        async with self.api.reading() as connection:
            found = await credentials.find(connection, account_id, method, hashed, digest)
            if found is None:
                return None
            user = await collection.fetch(connection, _USERS, account_id, found.user_id)
        if user is None or user.doc.get("enabled") is False:
            return None
        await self._upgrade(found)
        return found

    async def _upgrade(self, found: Credentials) -> None:
        """Store hashes instead of the digests that came from Kazoo."""
        plain = [d for d in (found.md5, found.sha1) if d and not passwords.is_hashed(d)]
        if not plain:
            return
        hashes = {digest: await passwords.hash_of(found.account_id, digest) for digest in plain}
        async with self.api.reading() as connection:
            await credentials.upgrade(
                connection,
                found,
                hashes.get(found.md5, found.md5),
                hashes.get(found.sha1, found.sha1) if found.sha1 else None,
            )

    async def _new_token(self, account: AccountRow, user_id: str | None) -> Answer:
        async with self.api.reading() as connection:
            token = await api_tokens.create(connection, account.id, LIFETIME, user_id)
            data = await _told(connection, account, user_id)
        return Answer(data, token=token, status=201)

    async def _described(self, request: ApiRequest, token: str) -> Answer:
        who = None
        if unusable_text(token) is None:
            who = await api_tokens.identity(self.api.db, token)
        if who is None or not (account := await self._reached(request, who)):
            raise refusals.bad_identifier(token)
        async with self.api.reading() as connection:
            data = await _told(connection, account, who.user_id)
        return Answer(data | {"exp": int(who.expires_at.timestamp())})

    async def _reached(self, request: ApiRequest, who: Identity) -> AccountRow | None:
        async with self.api.reading() as connection:
            account = await account_tree.fetch(connection, who.account_id)
        asking = request.who
        reached = account is not None and account.is_reached_by(asking.account_id)
        return account if asking.superadmin or reached else None


_WAYS: Final = ("account_realm", "account_name", "phone_number")


async def _account(connection: Connection, told: Mapping[str, Any]) -> AccountRow | None:
    if realm := told.get("account_realm"):
        return await account_tree.by_realm(connection, realm)
    if name := told.get("account_name"):
        return await account_tree.by_name(connection, name)
    owner = await phone_numbers.owner(connection, to_e164(told["phone_number"]))
    return None if owner is None else await account_tree.fetch(connection, owner)


def _check_enabled(account: AccountRow) -> None:
    if not account.enabled:
        raise refusals.invalid_field("account", "disabled", "The account is disabled")


async def _told(connection: Connection, account: AccountRow, user_id: str | None) -> dict[str, Any]:
    """Return what a client wants to know of itself."""
    user = None
    if user_id is not None:
        user = await collection.fetch(connection, _USERS, account.id, user_id)
    language = (user.doc.get("language") if user else None) or account.doc.get("language")
    return {
        "account_id": account.id,
        "account_name": account.name,
        **({} if user_id is None else {"owner_id": user_id}),
        "apps": [],
        "capabilities": {},
        "is_master_account": account.superadmin,
        "is_reseller": account.superadmin,
        "language": language or "en-us",
        "reseller_id": account.tree[0] if account.tree else account.id,
        "ui_config": {},
    }
