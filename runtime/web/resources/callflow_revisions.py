"""Revisions of callflows: who changed what and why, and the way back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from runtime.storage import audit, callflow_revisions, collection
from runtime.storage.callflow_revisions import RevisionRow
from runtime.storage.pool import Connection
from runtime.web import listing, refusals
from runtime.web.api import Api
from runtime.web.callflow_hooks import Hooks
from runtime.web.declare import Parameter, Route
from runtime.web.documents import Change, Resource, public
from runtime.web.etag import revision_of
from runtime.web.request import Answer, ApiRequest

_MANY = "/accounts/{account_id}/callflows/{id}/revisions"
_ONE = f"{_MANY}/{{revision}}"
_PAGES = ("page_size", "start_key", "paginate")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of callflows' revisions."""
    history = _History(api, Resource(api, Hooks(api).kind))
    pages: list[Parameter] = [p for p in listing.PARAMETERS if p.name in _PAGES]
    tag = "callflows"
    yield Route(
        method="GET",
        path=_MANY,
        handle=history.list,
        summary="List the revisions of a callflow, also of a deleted one, the newest first",
        tag=tag,
        query=pages,
    )
    yield Route(
        method="GET",
        path=_ONE,
        handle=history.read,
        summary="Read a revision, with the callflow as it was",
        tag=tag,
    )
    yield Route(
        method="GET",
        path=f"{_ONE}/diff/{{other}}",
        handle=history.diff,
        summary="Tell what differs between two revisions: by dotted path [before, after]",
        tag=tag,
    )
    yield Route(
        method="POST",
        path=f"{_ONE}/restore",
        handle=history.restore,
        summary="Make a callflow, also a deleted one, what it was in a revision",
        tag=tag,
    )


@dataclass(frozen=True)
class _History:
    api: Api
    resource: Resource

    async def list(self, request: ApiRequest) -> Answer:
        """Answer rows, the newest first."""
        callflow_id = request.parts["id"]
        size = listing.page_size(request)
        limit = listing.MAX_UNPAGINATED + 1 if size is None else size + 1
        async with self.api.reading() as connection:
            rows = await callflow_revisions.revisions(
                connection,
                request.account.id,
                callflow_id,
                start=_start(request) if size is not None else None,
                limit=limit,
            )
        if not rows:
            raise refusals.bad_identifier(callflow_id)
        shown = [(str(row.revision), callflow_id, _shown(row)) for row in rows]
        return listing.paged(shown, size, start=request.query("start_key"))

    async def read(self, request: ApiRequest) -> Answer:
        """Answer a revision; `callflow` is null when that was the deletion."""
        async with self.api.reading() as connection:
            row, doc = await _revision(connection, request, "revision")
        callflow = None if row.deleted else doc | {"id": request.parts["id"]}
        return Answer(_shown(row) | {"callflow": callflow})

    async def diff(self, request: ApiRequest) -> Answer:
        """Answer {from, to, changes}."""
        async with self.api.reading() as connection:
            before, old = await _revision(connection, request, "revision")
            after, new = await _revision(connection, request, "other")
        changes = audit.changes(old, new)
        return Answer({"from": before.revision, "to": after.revision, "changes": changes})

    async def restore(self, request: ApiRequest) -> Answer:
        """Store a revision as the newest; everything is checked as for any other change."""
        account_id, callflow_id = request.account.id, request.parts["id"]
        kind = self.resource.kind
        async with self.api.writing(request, account_id) as write:
            row, doc = await _revision(write.connection, request, "revision")
            if row.deleted:
                raise refusals.invalid_data(f"revision {row.revision} is the deletion")
            before = await collection.fetch(
                write.connection, kind.collection, account_id, callflow_id
            )
            if before is not None:
                request.must_match(revision_of(before.revision, before.id))
            reason = f"revision {row.revision} restored"
            await callflow_revisions.give_reason(write.connection, reason)
            change = Change(callflow_id, doc, before, new_id=callflow_id)
            stored = await self.resource.save(write, change)
        extras = {"warnings": change.warnings} if change.warnings else {}
        revision = revision_of(stored.revision, stored.id)
        return Answer(self.resource.shown(stored), revision=revision, extras=extras)


async def _revision(
    connection: Connection, request: ApiRequest, name: str
) -> tuple[RevisionRow, dict[str, Any]]:
    """Return the revision of this name in the path and its public fields."""
    given = request.parts[name]
    found = None
    if _NUMBER.fullmatch(given):
        found = await callflow_revisions.revision(
            connection, request.account.id, request.parts["id"], int(given)
        )
    if found is None:
        raise refusals.bad_identifier(given)
    row, doc = found
    return row, public(doc) if isinstance(doc, Mapping) else {}


def _start(request: ApiRequest) -> int | None:
    start = listing.start_of(request)
    if start is None:
        return None
    if not _NUMBER.fullmatch(start[0]):
        raise refusals.faulty_request("start_key is none of ours")
    return int(start[0])


def _shown(row: RevisionRow) -> dict[str, Any]:
    return {
        "revision": row.revision,
        "changed_at": row.changed_at.astimezone(UTC).isoformat(),
        "author": row.author,
        "message": row.message,
        "deleted": row.deleted,
    }
