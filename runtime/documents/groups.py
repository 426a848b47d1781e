"""Groups: users, devices and other groups that ring together."""

from typing import Any

from runtime.documents.base import DocumentModel, Name
from runtime.documents.shared import MusicOnHoldMedia


class Group(DocumentModel):
    """A group; `endpoints` are members by id, each with its `type` and perhaps a `weight`."""

    name: Name
    endpoints: dict[str, Any]
    music_on_hold: MusicOnHoldMedia = MusicOnHoldMedia()
    flags: list[str] | None = None
