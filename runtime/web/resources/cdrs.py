"""Call detail records: what became of each leg, and of the interactions that they make."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from runtime.storage import cdrs
from runtime.storage.cdrs import Total
from runtime.web import listing, refusals, spans
from runtime.web.api import Api
from runtime.web.cdr_forms import document, row_of, table
from runtime.web.content import accepted
from runtime.web.declare import JSON, Parameter, Route
from runtime.web.request import Answer, ApiRequest

CSV: Final = "text/csv"
_FILE_NAME = re.compile(r"[^A-Za-z0-9._ -]")
_OFFSET = re.compile(r"[+-]?[0-9]{1,2}(\.[0-9]{1,2})?")
_LISTED: Final = (
    *spans.PARAMETERS,
    Parameter(name="accept", description="the type that is wanted, instead of Accept"),
    Parameter(name="file_name", description="what a table of CSV is called as a file"),
    Parameter(
        name="utc_offset",
        description="hours by which the times of a table of CSV differ from UTC",
        schema={"type": "number", "minimum": -14, "maximum": 14},
    ),
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of call detail records."""
    shown = _Cdrs(api)
    account = "/accounts/{account_id}"
    many, user = f"{account}/cdrs", f"{account}/users/{{id}}/cdrs"

    def route(path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(method="GET", path=path, handle=handle, summary=summary, tag="cdrs", **more)

    both: dict[str, Any] = {"query": _LISTED, "gives": (JSON, CSV)}
    yield route(many, shown.list, "List call detail records", **both)
    yield route(user, shown.of_user, "List call detail records of a user", **both)
    yield route(f"{many}/interaction", shown.interactions, "List interactions", **both)
    yield route(f"{user}/interaction", shown.interactions_of_user, "List a user's", **both)
    yield route(f"{many}/legs/{{id}}", shown.legs, "List all legs of an interaction")
    yield route(f"{many}/summary", shown.summary, "Count calls", query=spans.TIMES)
    yield route(f"{many}/{{id}}", shown.read, "Read a call detail record")


@dataclass(frozen=True)
class _Cdrs:
    api: Api

    async def list(self, request: ApiRequest) -> Answer | web.StreamResponse:
        return await self._listed(request, cdrs.of_span, of_user=False)

    async def of_user(self, request: ApiRequest) -> Answer | web.StreamResponse:
        return await self._listed(request, cdrs.of_span, of_user=True)

    async def interactions(self, request: ApiRequest) -> Answer | web.StreamResponse:
        return await self._listed(request, cdrs.interactions, of_user=False)

    async def interactions_of_user(self, request: ApiRequest) -> Answer | web.StreamResponse:
        return await self._listed(request, cdrs.interactions, of_user=True)

    async def legs(self, request: ApiRequest) -> Answer:
        account, wanted = request.account, request.parts["id"]
        async with self.api.reading() as connection:
            found = await cdrs.legs(connection, account.id, wanted)
            if not found and (one := await cdrs.one(connection, account.id, _ids(wanted))):
                found = await cdrs.legs(connection, account.id, one.row.interaction_id)
        if not found:
            raise refusals.bad_identifier(wanted)
        return Answer([row_of(each, account.realm) for each in found])

    async def summary(self, request: ApiRequest) -> Answer:
        since, until = spans.period_of(request)
        async with self.api.reading() as connection:
            totals = await cdrs.totals(connection, request.account.id, since, until)
        by_direction = {total.direction: _counted(total) for total in totals}
        return Answer({name: by_direction.get(name, _NONE) for name in ("inbound", "outbound")})

    async def read(self, request: ApiRequest) -> Answer:
        wanted = request.parts["id"]
        async with self.api.reading() as connection:
            found = await cdrs.one(connection, request.account.id, _ids(wanted))
        if found is None:
            raise refusals.bad_identifier(wanted)
        return Answer(document(found, request.account.realm))

    async def _listed(
        self, request: ApiRequest, fetch: Any, *, of_user: bool
    ) -> Answer | web.StreamResponse:
        as_table = next(iter(accepted(request)), JSON) in (CSV, "text/*")
        size = listing.page_size(request)
        if as_table and request.query("page_size") is None:
            size = None
        offset = _offset(request) if as_table else timedelta()
        async with self.api.reading() as connection:
            owner = await spans.known_user(connection, request) if of_user else None
            span = spans.span_of(request, owner, size=size)
            found = await fetch(connection, request.account.id, span)
        realm = request.account.realm
        answer = spans.answered(found, request, size, lambda each: row_of(each, realm, offset))
        return _file(request, table(answer.data)) if as_table else answer


def _file(request: ApiRequest, text: str) -> web.Response:
    name = _FILE_NAME.sub("_", request.query("file_name") or "cdrs.csv")[:100]
    return web.Response(
        body=text.encode(),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "X-Request-ID": request.id,
        },
    )


def _ids(given: str) -> list[str]:
    month, _, rest = given.partition("-")
    return [given, rest] if len(month) == 6 and month.isdigit() else [given]


def _offset(request: ApiRequest) -> timedelta:
    given = request.query("utc_offset")
    if given is None:
        return timedelta()
    if not _OFFSET.fullmatch(given) or not -14 <= float(given) <= 14:
        message = "Value must be hours from -14 to 14"
        raise refusals.invalid_field("utc_offset", "invalid", message, value=given[:20])
    return timedelta(hours=float(given))


def _counted(total: Total) -> dict[str, int]:
    return {
        "calls": total.calls,
        "answered": total.answered,
        "duration_seconds": int(total.duration),
        "billing_seconds": int(total.billing),
    }


_NONE: Final = _counted(Total("", 0, 0, 0.0, 0.0))
