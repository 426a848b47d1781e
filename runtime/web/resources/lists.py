"""Lists of callers, and their entries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from runtime.documents.lists import CallerList, ListEntry
from runtime.storage import collection
from runtime.storage.collection import Condition, Stored, Wanted
from runtime.storage.pool import Connection
from runtime.web import documents, listing, refusals
from runtime.web.api import Api, Write
from runtime.web.declare import Handle, Route
from runtime.web.documents import Change, Kind, Resource, fields
from runtime.web.request import Answer, ApiRequest

_LIST_IN_PATH: Final = "list_id"
_ENTRIES: Final = "/accounts/{account_id}/lists/{id}/entries"
_ENTRY: Final = f"{_ENTRIES}/{{entry_id}}"


async def _remove_entries(write: Write, change: Change) -> None:
    if change.id is not None:
        await _remove_all(write, change.id)


LIST = Kind(
    name="list",
    path="lists",
    model=CallerList,
    row=fields("name", "description", "org", flags=[]),
    removed=_remove_entries,
)


async def _into_its_list(write: Write, change: Change) -> None:
    list_id = write.request.parts[_LIST_IN_PATH]
    if change.before is not None:
        _must_be_in(list_id, change.before, write.request)
    else:
        await _must_be_a_list(write.connection, write.account_id, list_id)
    change.doc["list_id"] = list_id


async def _out_of_its_list(write: Write, change: Change) -> None:
    if change.before is not None:
        _must_be_in(write.request.parts[_LIST_IN_PATH], change.before, write.request)


async def _show_in_its_list(
    _api: Api, request: ApiRequest, stored: Stored, shown: dict[str, Any]
) -> dict[str, Any]:
    _must_be_in(request.parts[_LIST_IN_PATH], stored, request)
    return shown


LIST_ENTRY = Kind(
    name="list_entry",
    path="list_entries",
    model=ListEntry,
    row=fields(),
    prepare=_into_its_list,
    removed=_out_of_its_list,
    show=_show_in_its_list,
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of lists and of their entries."""
    yield from documents.routes(api, LIST)
    entries, entry = _Entries(api), Resource(api, LIST_ENTRY)

    def route(method: str, path: str, handle: Handle, summary: str, **more: Any) -> Route:
        return Route(method=method, path=path, handle=handle, summary=summary, tag="lists", **more)

    query = listing.PARAMETERS
    yield route("GET", _ENTRIES, entries.list, "List a list's entries", query=query)
    yield route(
        "PUT", _ENTRIES, _of_list(entry.create), "Create an entry", body=ListEntry, status=201
    )
    yield route("DELETE", _ENTRIES, entries.clear, "Delete all entries of a list")
    yield route("GET", _ENTRY, _of_list(entry.read), "Read an entry")
    yield route("POST", _ENTRY, _of_list(entry.replace), "Replace an entry", body=ListEntry)
    yield route(
        "PATCH",
        _ENTRY,
        _of_list(entry.patch),
        "Change fields of an entry",
        body=ListEntry,
        partial=True,
    )
    yield route("DELETE", _ENTRY, _of_list(entry.delete), "Delete an entry")


@dataclass(frozen=True)
class _Entries:
    api: Api

    async def list(self, request: ApiRequest) -> Answer:
        """Answer the rows of Kazoo's view."""
        account_id, list_id = request.account.id, request.parts["id"]
        async with self.api.reading() as connection:
            await _must_be_a_list(connection, account_id, list_id)
            only = (_of(list_id),)
            return await listing.listed(connection, LIST_ENTRY.collection, request, _row, only)

    async def clear(self, request: ApiRequest) -> Answer:
        """Delete all entries; answers the ids of those that there were."""
        account_id, list_id = request.account.id, request.parts["id"]
        async with self.api.writing(request, account_id) as write:
            await _must_be_a_list(write.connection, account_id, list_id)
            removed = await _remove_all(write, list_id)
        return Answer(removed)


def _row(stored: Stored) -> dict[str, Any]:
    value = documents.shown(stored)
    return {"id": stored.id, "key": stored.doc.get("list_id"), "value": value}


def _of_list(handle: Handle) -> Handle:
    """Handle a request of which `{id}` is the list and `{entry_id}` the document."""

    async def of_list(request: ApiRequest) -> Any:
        parts = dict(request.parts)
        parts[_LIST_IN_PATH] = parts["id"]
        parts["id"] = parts.get("entry_id", "")
        return await handle(replace(request, parts=parts))

    return of_list


async def _must_be_a_list(connection: Connection, account_id: str, list_id: str) -> None:
    if await collection.fetch(connection, LIST.collection, account_id, list_id) is None:
        raise refusals.bad_identifier(list_id)


def _must_be_in(list_id: str, entry: Stored, request: ApiRequest) -> None:
    if entry.doc.get("list_id") != list_id:
        raise refusals.bad_identifier(request.parts["id"])


def _of(list_id: str) -> Condition:
    return Condition("doc ->> 'list_id' = {}", (list_id,))


async def _remove_all(write: Write, list_id: str) -> list[str]:
    wanted = Wanted(conditions=(_of(list_id),))
    entries = LIST_ENTRY.collection
    found = await collection.page(write.connection, entries, write.account_id, wanted)
    for _, entry in found:
        await collection.remove(write.connection, entries, write.account_id, entry.id)
        await write.audit(LIST_ENTRY.name, entry.id, entry.doc, None)
    return [entry.id for _, entry in found]
