"""Ids that we choose, so that an object is known before Asterisk is asked to make it."""

from uuid import uuid4


def new_id(prefix: str) -> str:
    """Return a new unique id such as `ch-5f0c...`.

    The prefix (`ch`, `br`, `pb`, `rec`) is for people who read logs.
    """
    return f"{prefix}-{uuid4().hex}"
