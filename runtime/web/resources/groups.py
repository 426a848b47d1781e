"""Groups of users and devices."""

from collections.abc import Iterable
from typing import Any

from runtime.documents.groups import Group
from runtime.storage.collection import Stored
from runtime.web import documents
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.documents import Kind
from runtime.web.features import enabled_in_ui, has_media


def row(stored: Stored) -> dict[str, Any]:
    """Return a group's row in a listing; `endpoints` counts its members."""
    doc = stored.doc
    members = doc.get("endpoints")
    features = ["music_on_hold"] if has_media(doc) else []
    features += [name for name in enabled_in_ui(doc) if name not in features]
    shown = {"id": stored.id, "features": features, "flags": doc.get("flags", [])}
    shown["endpoints"] = len(members) if isinstance(members, dict) else 0
    return shown | ({"name": doc["name"]} if "name" in doc else {})


GROUP = Kind(name="group", path="groups", model=Group, row=row)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of groups."""
    return documents.routes(api, GROUP)
