"""Listings of accounts: those below, beside and above one, as far as the token reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runtime.storage import account_tree
from runtime.storage.account_tree import Below
from runtime.storage.accounts import AccountRow
from runtime.storage.pool import Connection
from runtime.web import listing
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.request import Answer, ApiRequest

_ONE: Final = "/accounts/{account_id}"


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of listings."""
    listings = _Listings(api)

    def route(path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(
            method="GET", path=_ONE + path, handle=handle, summary=summary, tag="accounts", **more
        )

    paged: dict[str, Any] = {"query": listing.PARAMETERS}
    yield route("/children", listings.children, "List the accounts directly below", **paged)
    yield route("/descendants", listings.descendants, "List all accounts below", **paged)
    yield route("/siblings", listings.siblings, "List the accounts of the same parent", **paged)
    yield route("/parents", listings.above, "List the accounts above, the topmost first")
    yield route("/tree", listings.above, "List the accounts above, the topmost first")


@dataclass(frozen=True)
class _Listings:
    api: Api

    async def children(self, request: ApiRequest) -> Answer:
        return await self._below(request, request.account.id, directly=True)

    async def descendants(self, request: ApiRequest) -> Answer:
        return await self._below(request, request.account.id, directly=False)

    async def siblings(self, request: ApiRequest) -> Answer:
        """Answer none to a token of the account itself: the others are not its business."""
        parent_id = request.account.parent_id
        async with self.api.reading() as connection:
            reached = await _reached(connection, request)
        if parent_id is None or parent_id not in {account.id for account in reached}:
            return listing.paged([], listing.page_size(request))
        return await self._below(request, parent_id, directly=True)

    async def above(self, request: ApiRequest) -> Answer:
        async with self.api.reading() as connection:
            reached = await _reached(connection, request)
        return Answer([{"id": account.id, "name": account.name} for account in reached])

    async def _below(self, request: ApiRequest, account_id: str, *, directly: bool) -> Answer:
        wanted, size = listing.wanted_of(request)
        fields = [field for field in (request.query("fields") or "").split(",") if field]
        async with self.api.reading() as connection:
            found = await account_tree.below(connection, account_id, wanted, directly=directly)
        return listing.paged(
            [(key, below.id, _row(below, fields)) for key, below in found],
            size,
            start=request.query("start_key"),
        )


async def _reached(connection: Connection, request: ApiRequest) -> Sequence[AccountRow]:
    """Return the accounts above that the token reaches, too."""
    above = await account_tree.above(connection, request.account)
    who = request.who
    return [account for account in above if who.superadmin or account.is_reached_by(who.account_id)]


def _row(below: Below, fields: Sequence[str]) -> dict[str, Any]:
    if fields:
        return {"id": below.id} | {f: below.doc[f] for f in fields if f in below.doc}
    doc = below.doc
    return {
        "id": below.id,
        **{name: doc[name] for name in ("name", "realm", "enabled") if name in doc},
        "flags": doc.get("flags", []),
        "descendants_count": below.descendants,
    }
