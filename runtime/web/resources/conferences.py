"""Conferences as documents."""

from collections.abc import Iterable

from runtime.documents.conferences import Conference
from runtime.storage.uniqueness import Claim, taken_items
from runtime.web import documents
from runtime.web.api import Api, Write
from runtime.web.declare import Route
from runtime.web.documents import Change, Kind, fields
from runtime.web.owners import put_back, set_aside
from runtime.web.refusals import invalid_field


async def check(write: Write, change: Change) -> None:
    """Refuse numbers that another conference has."""
    put_back(change)
    claim = Claim(write.account_id, "conference", change.id)
    numbers = change.doc["conference_numbers"]
    taken = await taken_items(write.connection, claim, "conference_numbers", numbers)
    if taken:
        raise invalid_field("numbers", "unique", "Numbers already in use", cause=taken[0])


CONFERENCE = Kind(
    name="conference",
    path="conferences",
    model=Conference,
    row=fields(
        "name", "owner_id", "member", "moderator", "ui_flags", conference_numbers=[], flags=[]
    ),
    prepare=set_aside,
    check=check,
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of conferences' documents."""
    return documents.routes(api, CONFERENCE)
