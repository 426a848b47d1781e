"""The least that a document of each kind must have."""

from typing import Any

from tests.web.client import Client

MINIMAL: dict[str, dict[str, Any]] = {
    "menus": {"name": "Main"},
}
"""By collection."""


async def documents_of_every_kind(client: Client) -> dict[str, str]:
    """Make one of each kind in the client's account; return their ids by collection."""
    ids: dict[str, str] = {}
    for path, doc in MINIMAL.items():
        made = await client.put(path, doc)
        assert made.status == 201, f"{path}: {made.body}"
        ids[path] = made.id
    return ids
