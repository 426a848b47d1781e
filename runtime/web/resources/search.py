"""Search: what of an account begins with a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from runtime.storage import search
from runtime.storage.collection import Wanted
from runtime.storage.search import BY_BOTH, BY_NAME, BY_NUMBER, Found, Search
from runtime.web import listing, refusals
from runtime.web.api import Api
from runtime.web.declare import Parameter, Route
from runtime.web.request import Answer, ApiRequest

_VIEWS: Final = (BY_NAME, BY_NUMBER, BY_BOTH)
_KIND: Final = Parameter(name="t", description="the kind: account, callflow, device, user, ...")
_PAGES: Final = ("page_size", "start_key", "paginate", "ascending", "descending")


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of search."""
    found = _Search(api)
    by: dict[str, Any] = {"type": "string", "enum": list(_VIEWS)}
    yield Route(
        method="GET",
        path="/accounts/{account_id}/search",
        handle=found.one,
        summary="Find things by how their name or number begins",
        tag="search",
        query=(
            _KIND,
            Parameter(name="q", description="what is compared", schema=by),
            Parameter(name="v", description="the text; only letters and digits count"),
            *(known for known in listing.PARAMETERS if known.name in _PAGES),
        ),
    )
    yield Route(
        method="GET",
        path="/accounts/{account_id}/search/multi",
        handle=found.many,
        summary="Find things by several texts at once",
        tag="search",
        query=(
            _KIND,
            *(Parameter(name=f"by_{view}", description=f"the {view}'s begin") for view in _VIEWS),
        ),
    )


@dataclass(frozen=True)
class _Search:
    api: Api

    async def one(self, request: ApiRequest) -> Answer:
        kind, by, text = (_required(request, name) for name in ("t", "q", "v"))
        if by not in _VIEWS:
            message = "Value not found in enumerated list of values"
            raise refusals.invalid_field("q", "enum", message, target=list(_VIEWS), value=by)
        wanted, size = listing.wanted_of(request, filters=False)
        things = Search(request.account.id, kind, by, text)
        async with self.api.reading() as connection:
            found = await search.find(connection, things, wanted)
        return listing.paged(
            [(key, thing.id, _row(thing, by)) for key, thing in found],
            size,
            start=request.query("start_key"),
        )

    async def many(self, request: ApiRequest) -> Answer:
        kind = _required(request, "t")
        asked = {view: request.query(f"by_{view}") for view in _VIEWS}
        if not any(asked.values()):
            _required(request, "by_name")
        data: dict[str, Any] = {}
        async with self.api.reading() as connection:
            for view, text in asked.items():
                if text:
                    things = Search(request.account.id, kind, view, text)
                    found = await search.find(connection, things, Wanted(limit=listing.PAGE_SIZE))
                    data[view] = [_row(thing, view) for _, thing in found]
        return Answer(data)


def _required(request: ApiRequest, name: str) -> str:
    value = request.query(name)
    if not value:
        message = "Field is required but missing"
        raise refusals.invalid_field(name, "required", message, value=name)
    return value


def _row(found: Found, by: str) -> dict[str, Any]:
    numbers = {} if by == BY_NAME else {"numbers": found.numbers}
    return {"id": found.id, "name": found.name, **numbers}
