"""Listings of what happened in a time: the time that is wanted, and its pages."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from runtime.storage import collection
from runtime.storage.collection import Collection
from runtime.storage.pool import Connection
from runtime.storage.spans import Span
from runtime.web import listing, refusals
from runtime.web.listing import GREGORIAN_EPOCH
from runtime.web.request import Answer, ApiRequest

LONGEST: Final = timedelta(days=31)
SLACK: Final = timedelta(hours=1)

PARAMETERS: Final = tuple(
    each
    for each in listing.PARAMETERS
    if each.name != "fields" and not each.name.startswith("modified_")
)
TIMES: Final = tuple(each for each in PARAMETERS if each.name.startswith("created_"))

T = TypeVar("T")


def span_of(request: ApiRequest, owner_id: str | None = None, *, size: int | None) -> Span:
    """Return what the request's parameters want, one row more than a page has of `size` rows.

    Raises RequestRefused.
    """
    since, until = period_of(request)
    limit = listing.MAX_UNPAGINATED if size is None else size
    return Span(
        since=since,
        until=until,
        owner_id=owner_id,
        start=None if size is None else _start_of(request),
        ascending=listing.ascending(request),
        limit=limit + 1,
        conditions=listing.conditions_of(request),
    )


def period_of(request: ApiRequest) -> tuple[datetime, datetime]:
    """Return the time in `created_from` and `created_to`: 31 days up to now unless they say more.

    Raises RequestRefused for one that is longer than that.
    """
    since, until = (_moment(request, name) for name in ("created_from", "created_to"))
    if until is None:
        until = datetime.now(UTC) if since is None else since + LONGEST
    if since is None:
        since = until - LONGEST
    if until < since:
        message = "created_to is before created_from"
        raise refusals.invalid_field("created_to", "date_range", message)
    if until - since > LONGEST + SLACK:
        message = f"created_from is more than {LONGEST.days} days before created_to"
        raise refusals.invalid_field("created_from", "date_range", message)
    return since, until


def answered(
    rows: Sequence[T], request: ApiRequest, size: int | None, shown: Callable[[T], Any]
) -> Answer:
    """Answer a page; `shown` makes a row's object, which has an id."""
    kept = [(*key_of(row), shown(row)) for row in rows]
    return listing.paged(kept, size, start=request.query("start_key"))


def key_of(row: Any) -> tuple[str, str]:
    """Return the place of a row in a listing."""
    found = getattr(row, "row", row)
    return found.started_at.isoformat(), found.id


async def known_user(connection: Connection, request: ApiRequest) -> str:
    """Return the id of the user in the path; raises RequestRefused when there is none."""
    user_id = request.parts["id"]
    of = Collection("user")
    if await collection.fetch(connection, of, request.account.id, user_id) is None:
        raise refusals.bad_identifier(user_id)
    return user_id


def gregorian(at: datetime) -> int:
    """Return a time in Kazoo's reckoning."""
    return int(at.timestamp()) + GREGORIAN_EPOCH


def _moment(request: ApiRequest, name: str) -> datetime | None:
    given = request.query(name)
    if given is None:
        return None
    try:
        found = datetime.fromtimestamp(int(given) - GREGORIAN_EPOCH, UTC)
    except (ValueError, OverflowError, OSError):
        found = None
    # Beyond these years there is no place for the days that are added and subtracted.
    if found is None or not 2 <= found.year <= 9000:
        message = "Value did not match type(s): integer"
        raise refusals.invalid_field(name, "type", message, target="integer", value=given[:40])
    return found


def _start_of(request: ApiRequest) -> tuple[datetime, str] | None:
    start = listing.start_of(request)
    if start is None:
        return None
    try:
        at = datetime.fromisoformat(start[0])
    except ValueError:
        raise refusals.faulty_request("start_key is none of ours") from None
    if at.tzinfo is None or not 2 <= at.year <= 9000:
        raise refusals.faulty_request("start_key is none of ours")
    return at, start[1]
