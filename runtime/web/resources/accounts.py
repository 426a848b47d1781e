"""Accounts: made below others, changed, moved and deleted; their API keys."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from runtime.documents.accounts import Account, AccountMove
from runtime.storage import account_tree, api_tokens
from runtime.storage.account_tree import Named
from runtime.storage.accounts import AccountRow
from runtime.web import refusals
from runtime.web.api import Api, Write
from runtime.web.declare import Access, Route
from runtime.web.documents import merged, public
from runtime.web.etag import revision_of
from runtime.web.listing import GREGORIAN_EPOCH
from runtime.web.metaflow_data import complete_metaflows
from runtime.web.recording_urls import check_recording_urls
from runtime.web.request import Answer, ApiRequest
from runtime.web.validation import validated

NOWHERE: Final = "callflow.invalid"
"""Below this are made-up realms of accounts whose parent has none."""
_MAX_REALM: Final = 253
_ONE: Final = "/accounts/{account_id}"


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of accounts themselves."""
    accounts = _Accounts(api)

    def route(method: str, path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(
            method=method, path=path, handle=handle, summary=summary, tag="accounts", **more
        )

    yield route(
        "PUT",
        "/accounts",
        accounts.create_below_own,
        "Create an account below the token's",
        access=Access.TOKEN,
        body=Account,
        status=201,
    )
    yield route("GET", _ONE, accounts.read, "Read an account")
    yield route(
        "PUT", _ONE, accounts.create, "Create an account below it", body=Account, status=201
    )
    yield route("POST", _ONE, accounts.replace, "Replace an account's document", body=Account)
    yield route(
        "PATCH", _ONE, accounts.patch, "Change fields of an account", body=Account, partial=True
    )
    yield route("DELETE", _ONE, accounts.delete, "Delete an account and all that it has")
    yield route(
        "POST",
        f"{_ONE}/move",
        accounts.move,
        "Put an account below another",
        access=Access.SUPERADMIN,
        body=AccountMove,
    )
    yield route("GET", f"{_ONE}/api_key", accounts.key, "Whether the account has an API key")
    yield route(
        "PUT",
        f"{_ONE}/api_key",
        accounts.new_key,
        "Make a new API key; the old one ends",
        status=201,
    )


@dataclass(frozen=True)
class _Accounts:
    api: Api

    async def read(self, request: ApiRequest) -> Answer:
        return _answer(request.account)

    async def create_below_own(self, request: ApiRequest) -> Answer:
        return await self._create(request, request.who.account_id)

    async def create(self, request: ApiRequest) -> Answer:
        return await self._create(request, request.account.id)

    async def _create(self, request: ApiRequest, parent_id: str) -> Answer:
        doc = public(request.object)
        async with self.api.writing(request, parent_id) as write:
            parent = await _found(write, parent_id)
            timezone = parent.doc.get("timezone")
            if doc.get("timezone") is None and timezone is not None:
                doc["timezone"] = timezone
            new = _named(self.api, doc, realm=_made_up_realm(parent))
            check_recording_urls(new.doc, allow_private=self.api.private_urls)
            await _check_free(write, None, new)
            made = await account_tree.insert(write.connection, parent_id, new)
            of_new = replace(write, account_id=made.id)
            await of_new.audit("account", made.id, None, document(made))
        self.api.changed(made.id)
        answer = _answer(made)
        return replace(answer, status=201, location=f"/v2/accounts/{made.id}")

    async def replace(self, request: ApiRequest) -> Answer:
        return await self._change(request, lambda _before: public(request.object))

    async def patch(self, request: ApiRequest) -> Answer:
        patch = public(request.object)
        return await self._change(request, lambda before: merged(before, patch))

    async def _change(
        self, request: ApiRequest, make: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Answer:
        async with self.api.writing(request, request.account.id) as write:
            before = await _found(write, write.account_id)
            request.must_match(revision_of(before.revision, before.id))
            new = _named(self.api, make(public(document(before))), realm=before.realm)
            check_recording_urls(new.doc, allow_private=self.api.private_urls)
            await _check_free(write, before, new)
            private = {key: v for key, v in before.doc.items() if key not in public(before.doc)}
            new = replace(new, doc=private | dict(new.doc))
            after = await account_tree.replace(write.connection, before.id, new)
            if after is None:
                raise refusals.bad_identifier(before.id)
            await write.audit("account", after.id, document(before), document(after))
        return _answer(after)

    async def delete(self, request: ApiRequest) -> Answer:
        account_id = request.account.id
        if account_id == request.who.account_id:
            raise refusals.invalid_data("an account cannot delete itself: one above it can")
        async with self.api.writing(request, account_id) as write:
            before = await _found(write, account_id)
            request.must_match(revision_of(before.revision, before.id))
            if await account_tree.has_descendants(write.connection, account_id):
                raise refusals.invalid_data(
                    "the account has others below it: delete or move them first"
                )
            await account_tree.remove(write.connection, account_id)
            await write.audit("account", account_id, document(before), None)
        answer = _answer(before)
        return replace(answer, data=answer.data | {"_read_only": {"deleted": True}})

    async def move(self, request: ApiRequest) -> Answer:
        to: str = validated(AccountMove, request.object)["to"].lower()
        async with self.api.writing(request, request.account.id) as write:
            before = await _found(write, write.account_id)
            parent = await account_tree.fetch(write.connection, to)
            if parent is None:
                raise refusals.invalid_field(
                    "to", "not_found", "There is no such account", cause=to
                )
            if parent.is_reached_by(before.id):
                message = "The account cannot be below itself"
                raise refusals.invalid_field("to", "invalid", message, cause=to)
            after = await account_tree.move(write.connection, before.id, to)
            if after is None:
                raise refusals.bad_identifier(before.id)
            was, is_ = {"parent_id": before.parent_id}, {"parent_id": after.parent_id}
            await write.audit("account", after.id, was, is_)
        return _answer(after)

    async def key(self, request: ApiRequest) -> Answer:
        async with self.api.reading() as connection:
            made_at = await api_tokens.key_made_at(connection, request.account.id)
        if made_at is None:
            return Answer({})
        return Answer({"created": int(made_at.timestamp()) + GREGORIAN_EPOCH})

    async def new_key(self, request: ApiRequest) -> Answer:
        async with self.api.writing(request, request.account.id) as write:
            had_one = await api_tokens.key_made_at(write.connection, write.account_id)
            key = await api_tokens.new_key(write.connection, write.account_id)
            before = {"api_key": "the old one"} if had_one else {}
            await write.audit("api_key", write.account_id, before, {"api_key": key})
        return Answer({"api_key": key})


def document(account: AccountRow) -> dict[str, Any]:
    """Return an account's document with what the table has in columns of their own."""
    own = {"name": account.name, "enabled": account.enabled}
    return account.doc | own | ({} if account.realm is None else {"realm": account.realm})


def _answer(account: AccountRow) -> Answer:
    data = public(document(account)) | {"id": account.id}
    return Answer(data, revision=revision_of(account.revision, account.id))


async def _found(write: Write, account_id: str) -> AccountRow:
    account = await account_tree.fetch(write.connection, account_id)
    if account is None:
        raise refusals.bad_identifier(account_id)
    return account


def _named(api: Api, doc: dict[str, Any], *, realm: str | None) -> Named:
    """Return a valid account; raises RequestRefused. `realm` is the one that it has unless told."""
    doc = validated(Account, doc)
    complete_metaflows(doc, private_urls=api.private_urls)
    name, enabled = doc.pop("name"), doc.pop("enabled")
    told = doc.pop("realm", None)
    return Named(name, told.lower() if told is not None else realm, enabled, doc)


async def _check_free(write: Write, before: AccountRow | None, new: Named) -> None:
    if before is not None and (before.name, before.realm) == (new.name, new.realm):
        return
    own_id = None if before is None else before.id
    wrong = {}
    for field in await account_tree.taken(write.connection, own_id, new.name, new.realm):
        # Seeded accounts may share a name, and keep it.
        if before is None or getattr(before, field) != getattr(new, field):
            message = f"Account {field} already in use"
            wrong[field] = {"unique": {"message": message, "cause": getattr(new, field)}}
    if wrong:
        raise refusals.invalid(wrong)


def _made_up_realm(parent: AccountRow) -> str:
    above = parent.realm or NOWHERE
    realm = f"{secrets.token_hex(3)}.{above}"
    return realm if len(realm) <= _MAX_REALM else f"{secrets.token_hex(3)}.{NOWHERE}"
