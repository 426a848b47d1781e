"""Metaflows of an account, a user or a device: a part of their documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from runtime.documents.metaflows import Metaflows
from runtime.storage import account_tree, collection
from runtime.storage.account_tree import Named
from runtime.web import refusals
from runtime.web.api import Api, Write
from runtime.web.declare import Route
from runtime.web.documents import Kind, public
from runtime.web.etag import revision_of
from runtime.web.metaflow_data import METAFLOWS, with_data
from runtime.web.request import Answer, ApiRequest
from runtime.web.resources.devices import DEVICE
from runtime.web.resources.users import USER
from runtime.web.validation import validated

_ACCOUNT: Final = "/accounts/{account_id}"


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of metaflows."""
    yield from _routes(_OfAccount(api), f"{_ACCOUNT}/metaflows", "an account")
    for kind in (USER, DEVICE):
        path = f"{_ACCOUNT}/{kind.path}/{{id}}/metaflows"
        yield from _routes(_OfDocument(api, kind), path, f"a {kind.name}")


def _routes(of: "_OfAccount | _OfDocument", path: str, whose: str) -> Iterable[Route]:
    def route(method: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(
            method=method,
            path=path,
            handle=handle,
            summary=f"{summary} of {whose}",
            tag="metaflows",
            **more,
        )

    yield route("GET", of.read, "Read the metaflows")
    yield route("POST", of.replace, "Replace the metaflows", body=Metaflows)
    yield route("DELETE", of.delete, "Remove the metaflows")


@dataclass(frozen=True)
class _OfAccount:
    api: Api

    async def read(self, request: ApiRequest) -> Answer:
        account = request.account
        return _answer(account.doc, revision_of(account.revision, account.id))

    async def replace(self, request: ApiRequest) -> Answer:
        return await self._store(request, _wanted(self.api, request))

    async def delete(self, request: ApiRequest) -> Answer:
        return await self._store(request, None)

    async def _store(self, request: ApiRequest, metaflows: Any) -> Answer:
        async with self.api.writing(request, request.account.id) as write:
            before = await account_tree.fetch(write.connection, write.account_id)
            if before is None:
                raise refusals.bad_identifier(write.account_id)
            request.must_match(revision_of(before.revision, before.id))
            doc = _with(before.doc, metaflows)
            named = Named(before.name, before.realm, before.enabled, doc)
            after = await account_tree.replace(write.connection, before.id, named)
            if after is None:
                raise refusals.bad_identifier(before.id)
            await write.audit("account", after.id, before.doc, after.doc)
        return _answer(after.doc, revision_of(after.revision, after.id))


@dataclass(frozen=True)
class _OfDocument:
    api: Api
    kind: Kind

    async def read(self, request: ApiRequest) -> Answer:
        document_id = request.parts["id"]
        async with self.api.reading() as connection:
            stored = await collection.fetch(
                connection, self.kind.collection, request.account.id, document_id
            )
        if stored is None:
            raise refusals.bad_identifier(document_id)
        return _answer(stored.doc, revision_of(stored.revision, stored.id))

    async def replace(self, request: ApiRequest) -> Answer:
        return await self._store(request, _wanted(self.api, request))

    async def delete(self, request: ApiRequest) -> Answer:
        return await self._store(request, None)

    async def _store(self, request: ApiRequest, metaflows: Any) -> Answer:
        async with self.api.writing(request, request.account.id) as write:
            after = await self._stored(write, metaflows)
        return _answer(after.doc, revision_of(after.revision, after.id))

    async def _stored(self, write: Write, metaflows: Any) -> collection.Stored:
        document_id, of = write.request.parts["id"], self.kind.collection
        before = await collection.fetch(write.connection, of, write.account_id, document_id)
        if before is None:
            raise refusals.bad_identifier(document_id)
        write.request.must_match(revision_of(before.revision, before.id))
        doc = _with(before.doc, metaflows)
        after = await collection.replace(write.connection, of, write.account_id, before.id, doc)
        if after is None:
            raise refusals.bad_identifier(document_id)
        await write.audit(self.kind.name, after.id, before.doc, after.doc)
        return after


def _wanted(api: Api, request: ApiRequest) -> Any:
    return with_data(validated(Metaflows, public(request.object)), private_urls=api.private_urls)


def _with(doc: dict[str, Any], metaflows: Any) -> dict[str, Any]:
    rest = {key: value for key, value in doc.items() if key != METAFLOWS}
    return rest if metaflows is None else rest | {METAFLOWS: metaflows}


def _answer(doc: dict[str, Any], revision: str) -> Answer:
    metaflows = doc.get(METAFLOWS)
    return Answer(metaflows if isinstance(metaflows, dict) else {}, revision=revision)
