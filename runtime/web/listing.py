"""Listings: pages, order and filters, as Kazoo's clients ask for them."""

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from runtime.errors import RequestRefused
from runtime.storage.collection import Collection, Condition, Stored, Wanted, page
from runtime.storage.pool import Connection
from runtime.web import refusals
from runtime.web.body import unusable_text
from runtime.web.declare import Parameter
from runtime.web.request import Answer, ApiRequest

PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 10_000
MAX_UNPAGINATED: Final = 100_000
"""Rows that one answer may have; Kazoo's limit is the server's memory."""
GREGORIAN_EPOCH: Final = 62_167_219_200
"""Seconds from the year 0 to 1970, by which Kazoo counts time."""

PARAMETERS: Final = (
    Parameter(
        name="page_size",
        description=f"rows of a page; {PAGE_SIZE} unless given",
        schema={"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE},
    ),
    Parameter(name="start_key", description="next_start_key of the page before"),
    Parameter(
        name="paginate",
        description="false: all rows at once",
        schema={"type": "boolean"},
    ),
    Parameter(name="ascending", description="true: in ascending order", schema={"type": "boolean"}),
    Parameter(
        name="descending",
        description="true: in descending order, as without it",
        schema={"type": "boolean"},
    ),
    Parameter(
        name="fields",
        description="the fields of each document that a row has, separated by commas, "
        "instead of the usual ones",
    ),
    Parameter(name="has_key", description="documents that have this field, a dotted path"),
    Parameter(name="key_missing", description="documents that do not have this field"),
    Parameter(name="has_value", description="documents in which this field is not empty"),
    Parameter(name="missing_value", description="documents in which this field is empty or absent"),
    *(
        Parameter(
            name=f"{event}_{end}",
            description=f"documents {event} {'since' if end == 'from' else 'until'} then, "
            "in Gregorian seconds",
            schema={"type": "integer"},
        )
        for event in ("created", "modified")
        for end in ("from", "to")
    ),
)

_FIRST_SECOND: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799
_NUMBER = re.compile(r"[0-9]{1,12}")
_EMPTY = "('\"\"', '[]', '{{}}', 'null')"

Row = Callable[[Stored], dict[str, Any]]


async def listed(
    connection: Connection,
    of: Collection,
    request: ApiRequest,
    row: Row,
    only: Sequence[Condition] = (),
) -> Answer:
    """Answer a page of documents as the request's parameters want it; `only` narrows it further."""
    wanted, size = wanted_of(request)
    wanted = replace(wanted, conditions=[*only, *wanted.conditions])
    found = await page(connection, of, request.account.id, wanted)
    fields = [field for field in (request.query("fields") or "").split(",") if field]

    def shown(stored: Stored) -> dict[str, Any]:
        if not fields:
            return row(stored)
        return {"id": stored.id} | {f: stored.doc[f] for f in fields if f in stored.doc}

    return paged(
        [(key, stored.id, shown(stored)) for key, stored in found],
        size,
        start=request.query("start_key"),
    )


def wanted_of(request: ApiRequest, *, filters: bool = True) -> tuple[Wanted, int | None]:
    """Return which rows a client wants, one more than the page's size, and that size (None: all).

    Raises RequestRefused.
    """
    size = page_size(request)
    wanted = Wanted(
        ascending=ascending(request),
        start=None if size is None else start_of(request),
        limit=(MAX_UNPAGINATED if size is None else size) + 1,
        conditions=conditions_of(request) if filters else (),
    )
    return wanted, size


def paged(
    rows: Sequence[tuple[str, str, Any]], size: int | None, start: str | None = None
) -> Answer:
    """Answer rows (sort key, id, row), of which there may be one more than a page has."""
    if size is None:
        if len(rows) > MAX_UNPAGINATED:
            raise RequestRefused(
                416, "range not satisfiable", {"message": "too many rows: ask for pages"}
            )
        return Answer([row for _, _, row in rows])
    kept, beyond = rows[:size], rows[size:]
    extras: dict[str, Any] = {"page_size": len(kept)}
    if start:
        extras["start_key"] = start
    if beyond:
        extras["next_start_key"] = start_key(beyond[0][0], beyond[0][1])
    return Answer([row for _, _, row in kept], extras=extras)


def page_size(request: ApiRequest) -> int | None:
    """Return how many rows a page has; None: all. Raises RequestRefused."""
    if request.flag("paginate") is False:
        return None
    given = request.query("page_size")
    if given is None:
        return PAGE_SIZE
    if not _NUMBER.fullmatch(given) or int(given) < 1:
        raise refusals.faulty_request("page size must be at least 1")
    return min(int(given), MAX_PAGE_SIZE)


def ascending(request: ApiRequest) -> bool:
    """Whether the order is to be ascending."""
    return request.flag("descending") is not True and request.flag("ascending") is True


def start_key(key: str, document_id: str) -> str:
    """Return a place in a listing as a client keeps it."""
    text = json.dumps([key, document_id]).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def start_of(request: ApiRequest) -> tuple[str, str] | None:
    """Return the place at which a page begins; raises RequestRefused."""
    given = request.query("start_key")
    if not given:
        return None
    try:
        padded = given + "=" * (-len(given) % 4)
        place = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        place = None
    match place:
        case [str() as key, str() as document_id] if unusable_text(key + document_id) is None:
            return key, document_id
        case _:
            raise refusals.faulty_request("start_key is none of ours")


def conditions_of(request: ApiRequest) -> list[Condition]:
    """Return the filters of the query; raises RequestRefused for times that are none."""
    conditions: list[Condition] = []
    for name, value in request.http.query.items():
        if name.startswith("filter_not_"):
            sql = "not coalesce(doc #>> {} = any ({}::text[]), false)"
            conditions.append(Condition(sql, (_path(name, "filter_not_"), _values(value))))
        elif name.startswith("filter_"):
            sql = "doc #>> {} = any ({}::text[])"
            conditions.append(Condition(sql, (_path(name, "filter_"), _values(value))))
        elif (condition := _presence(name, value)) is not None:
            conditions.append(condition)
        elif name in ("created_from", "created_to", "modified_from", "modified_to"):
            event, _, end = name.partition("_")
            column = "created_at" if event == "created" else "updated_at"
            sign = ">=" if end == "from" else "<="
            conditions.append(Condition(f"{column} {sign} {{}}", (_moment(name, value),)))
    return conditions


def _presence(name: str, value: str) -> Condition | None:
    path = value.split(".")
    match name:
        case "has_key":
            return Condition("doc #> {} is not null", (path,))
        case "key_missing":
            return Condition("doc #> {} is null", (path,))
        case "has_value":
            return Condition("coalesce(doc #> {}, 'null') not in " + _EMPTY, (path,))
        case "missing_value" | "value_missing":
            return Condition("coalesce(doc #> {}, 'null') in " + _EMPTY, (path,))
        case _:
            return None


def _path(name: str, prefix: str) -> list[str]:
    return name.removeprefix(prefix).split(".")


def _values(value: str) -> list[str]:
    if value.startswith("["):
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
        if isinstance(parsed, list):
            return [item if isinstance(item, str) else json.dumps(item) for item in parsed]
    return [value]


def _moment(name: str, value: str) -> datetime:
    if _NUMBER.fullmatch(value):
        # Before the year 1 and after 9999 nothing can have been written.
        seconds = min(max(int(value) - GREGORIAN_EPOCH, _FIRST_SECOND), _LAST_SECOND)
        return datetime.fromtimestamp(seconds, UTC)
    raise refusals.invalid_field(
        name, "type", "Value did not match type(s): integer", target="integer", value=value[:40]
    )
