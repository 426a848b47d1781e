"""Kinds of documents as resources: list, create, read, replace, patch and delete."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from runtime.storage import collection
from runtime.storage.collection import Collection, Stored
from runtime.web import listing, refusals
from runtime.web.api import Api, Write
from runtime.web.declare import Parameter, Route
from runtime.web.etag import revision_of
from runtime.web.request import Answer, ApiRequest
from runtime.web.validation import validated

_PRIVATE = ("_", "pvt_")
_SOFT_DELETE = Parameter(
    name="should_soft_delete",
    description="accepted for Kazoo's clients: what is deleted is kept in the audit only",
    schema={"type": "boolean"},
)

Prepare = Callable[[Write, "Change"], Awaitable[None]]
Show = Callable[[Api, ApiRequest, Stored, dict[str, Any]], Awaitable[dict[str, Any]]]


@dataclass
class Change:
    """A document on its way in: `doc` may be changed, `before` is what it replaces.

    `warnings` go into the answer; `aside` is what one hook leaves for another, never stored.
    """

    id: str | None
    doc: dict[str, Any]
    before: Stored | None = None
    warnings: list[dict[str, Any]] = field(default_factory=list)
    new_id: str | None = None
    aside: dict[str, Any] = field(default_factory=dict)


async def _no_step(_write: Write, _change: Change) -> None:
    return None


async def _as_it_is(
    _api: Api, _request: ApiRequest, _stored: Stored, shown: dict[str, Any]
) -> dict[str, Any]:
    return shown


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of documents, declared.

    `name` is the kind as the database has it, `path` the collection in the URL, `row` the fields of
    a listing's row. `prepare` runs before a document is validated and `check` after it; both raise
    RequestRefused. `saved` runs in the same transaction when it is stored, `removed` when it is
    deleted. `show` completes what a client gets to see of one document. `merges_deeply` is about
    PATCH; `patches` says whether there is one.
    """

    name: str
    path: str
    model: type[BaseModel]
    row: Callable[[Stored], dict[str, Any]]
    order: str = "id"
    prepare: Prepare = _no_step
    check: Prepare = _no_step
    saved: Prepare = _no_step
    removed: Prepare = _no_step
    show: Show = _as_it_is
    merges_deeply: bool = True
    patches: bool = True
    secrets: frozenset[str] = frozenset()

    @property
    def collection(self) -> Collection:
        """Where they are stored."""
        return Collection(self.name, self.order)


def fields(*names: str, **defaults: Any) -> Callable[[Stored], dict[str, Any]]:
    """Return a row's maker: the id, and those of these fields that the document has.

    A field of `defaults` is always there.
    """

    def row(stored: Stored) -> dict[str, Any]:
        found = {name: stored.doc[name] for name in (*names, *defaults) if name in stored.doc}
        return {"id": stored.id} | defaults | found

    return row


def routes(api: Api, kind: Kind) -> Iterable[Route]:
    """Return the routes of a kind below its account."""
    resource = Resource(api, kind)
    many, one = (
        f"/accounts/{{account_id}}/{kind.path}",
        f"/accounts/{{account_id}}/{kind.path}/{{id}}",
    )
    thing = kind.name.replace("_", " ")
    tag = kind.path

    def route(method: str, path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(method=method, path=path, handle=handle, summary=summary, tag=tag, **more)

    yield route("GET", many, resource.list, f"List {kind.path}", query=listing.PARAMETERS)
    yield route(
        "PUT",
        many,
        resource.create,
        f"Create a {thing}",
        body=kind.model,
        status=201,
    )
    yield route("GET", one, resource.read, f"Read a {thing}")
    yield route("POST", one, resource.replace, f"Replace a {thing}", body=kind.model)
    if kind.patches:
        yield route(
            "PATCH",
            one,
            resource.patch,
            f"Change fields of a {thing}",
            body=kind.model,
            partial=True,
        )
    yield route("DELETE", one, resource.delete, f"Delete a {thing}", query=(_SOFT_DELETE,))


@dataclass(frozen=True)
class Resource:
    """The routes' handlers of one kind."""

    api: Api
    kind: Kind

    async def list(self, request: ApiRequest) -> Answer:
        """Answer rows."""
        async with self.api.reading() as connection:
            return await listing.listed(connection, self.kind.collection, request, self.kind.row)

    async def create(self, request: ApiRequest) -> Answer:
        """Store a new document under an id of ours."""
        change = Change(None, public(request.object))
        async with self.api.writing(request, request.account.id) as write:
            stored = await self._save(write, change)
        return await self._answer(
            request, stored, change, status=201, location=f"{request.http.path}/{stored.id}"
        )

    async def read(self, request: ApiRequest) -> Answer:
        """Answer one document."""
        async with self.api.reading() as connection:
            stored = await collection.fetch(
                connection, self.kind.collection, request.account.id, request.parts["id"]
            )
        if stored is None:
            raise refusals.bad_identifier(request.parts["id"])
        return await self._answer(request, stored)

    async def replace(self, request: ApiRequest) -> Answer:
        """Replace all public fields."""
        return await self._change(request, lambda _before: public(request.object))

    async def patch(self, request: ApiRequest) -> Answer:
        """Merge fields into the document; null removes one."""
        patch = public(request.object)
        deeply = self.kind.merges_deeply
        return await self._change(request, lambda before: merged(before, patch, deeply=deeply))

    async def delete(self, request: ApiRequest) -> Answer:
        """Delete the document; what it was is in the audit and in the answer."""
        account_id, document_id = request.account.id, request.parts["id"]
        async with self.api.writing(request, account_id) as write:
            before = await self._before(write)
            request.must_match(revision_of(before.revision, before.id))
            change = Change(document_id, dict(before.doc), before)
            await self.kind.removed(write, change)
            await collection.remove(write.connection, self.kind.collection, account_id, document_id)
            await write.audit(self.kind.name, document_id, before.doc, None)
        shown = self.shown(before) | {"_read_only": {"deleted": True}}
        return Answer(shown, revision=revision_of(before.revision, before.id))

    async def save(self, write: Write, change: Change) -> Stored:
        """Validate and store a document within a transaction of the caller's."""
        return await self._save(write, change)

    def shown(self, stored: Stored) -> dict[str, Any]:
        """Return what clients see of a document."""
        return shown(stored, self.kind.secrets)

    async def _change(
        self, request: ApiRequest, make: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Answer:
        async with self.api.writing(request, request.account.id) as write:
            before = await self._before(write)
            change = Change(before.id, make(public(before.doc)), before)
            stored = await self._save(write, change)
        return await self._answer(request, stored, change)

    async def _before(self, write: Write) -> Stored:
        document_id = write.request.parts["id"]
        before = await collection.fetch(
            write.connection, self.kind.collection, write.account_id, document_id
        )
        if before is None:
            raise refusals.bad_identifier(document_id)
        return before

    async def _save(self, write: Write, change: Change) -> Stored:
        kind = self.kind
        await kind.prepare(write, change)
        change.doc = validated(kind.model, change.doc)
        await kind.check(write, change)
        before = change.before
        stored: Stored | None
        if before is None:
            stored = await collection.insert(
                write.connection, kind.collection, write.account_id, change.doc, change.new_id
            )
            change.id = stored.id
        else:
            write.request.must_match(revision_of(before.revision, before.id))
            kept = {key: v for key, v in before.doc.items() if key.startswith(_PRIVATE)}
            stored = await collection.replace(
                write.connection, kind.collection, write.account_id, before.id, kept | change.doc
            )
        if stored is None:
            raise refusals.bad_identifier(write.request.parts["id"])
        await kind.saved(write, change)
        await write.audit(kind.name, stored.id, None if before is None else before.doc, stored.doc)
        return stored

    async def _answer(
        self,
        request: ApiRequest,
        stored: Stored,
        change: Change | None = None,
        **more: Any,
    ) -> Answer:
        data = await self.kind.show(self.api, request, stored, self.shown(stored))
        extras = {"warnings": change.warnings} if change is not None and change.warnings else {}
        revision = revision_of(stored.revision, stored.id)
        return Answer(data, revision=revision, extras=extras, **more)


def public(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a document that its owner may write."""
    return {
        key: value for key, value in doc.items() if key != "id" and not key.startswith(_PRIVATE)
    }


def shown(stored: Stored, secrets: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return what clients see of a document."""
    doc = public(stored.doc)
    return {key: value for key, value in doc.items() if key not in secrets} | {"id": stored.id}


def merged(
    before: Mapping[str, Any], patch: Mapping[str, Any], *, deeply: bool = True
) -> dict[str, Any]:
    """Return a document with a patch merged in: null removes a key, arrays are replaced whole."""
    result = dict(before)
    for key, value in patch.items():
        old = result.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and deeply:
            result[key] = merged(old if isinstance(old, Mapping) else {}, value)
        else:
            result[key] = value
    return result
