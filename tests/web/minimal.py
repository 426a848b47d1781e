"""The least that a document of each kind must have."""

from typing import Any

from tests.web.client import Client

MINIMAL: dict[str, dict[str, Any]] = {
    "callflows": {"numbers": ["1000"], "flow": {"module": "hangup"}},
    "media": {"name": "Hello"},
    "menus": {"name": "Main"},
    "blacklists": {"name": "Nobody"},
    "conferences": {"name": "Room"},
    "devices": {"name": "Desk"},
    "directories": {"name": "People"},
    "faxboxes": {"name": "Fax"},
    "groups": {"name": "Sales", "endpoints": {}},
    "lists": {"name": "Friends"},
    "queues": {"name": "Support"},
    "resources": {"name": "Carrier", "gateways": []},
    "temporal_rules": {"name": "Work", "cycle": "daily"},
    "temporal_rules_sets": {"name": "Times"},
    "users": {"first_name": "Alice", "last_name": "Adams"},
    "vmboxes": {"name": "Alice", "mailbox": "100"},
    "webhooks": {"name": "Told", "hook": "channel_create", "uri": "http://hooks.example/"},
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
