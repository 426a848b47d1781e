"""What recordings are called: unique, and telling on Asterisk's disk whose they are."""

import re
from datetime import UTC, datetime
from uuid import uuid4

_TAKE = re.compile(
    r"^(?P<app>[^/]+)/(?P<account>[0-9a-f]{32})/(?P<id>\d{6}-[0-9a-f]{32})-(?P<n>\d+)$"
)


def new_recording_id(at: datetime) -> str:
    """Return a new id, which begins with the month as Kazoo's documents of a month do."""
    return f"{at.astimezone(UTC):%Y%m}-{uuid4().hex}"


def take_name(app: str, account_id: str, recording_id: str, number: int) -> str:
    """Return what one part of a recording is called in Asterisk; `app` is our application."""
    return f"{app}/{account_id}/{recording_id}-{number}"


def taken(app: str, name: str) -> tuple[str, str, int] | None:
    """Return account, recording and number of a part by its name; None when it is none of ours."""
    found = _TAKE.match(name)
    if found is None or found["app"] != app:
        return None
    return found["account"], found["id"], int(found["n"])
