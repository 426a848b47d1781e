"""Every kind of document: its defaults, what it must have, and what its fields may be."""

from typing import Any

import pytest

from tests.web.client import Client
from tests.web.kinds import DEFAULTS, EDGES, REQUIRED
from tests.web.minimal import MINIMAL


def with_field(doc: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the document with a value there; for a path to an item, the value is its list."""
    first, _, rest = path.partition(".")
    if not rest or rest.isdigit():
        return doc | {first: value}
    return doc | {first: with_field(doc.get(first, {}), rest, value)}


@pytest.mark.parametrize("path", DEFAULTS)
async def test_the_least_document_is_completed_and_kept(client: Client, path: str) -> None:
    made = await client.put(path, MINIMAL[path])

    assert made.status == 201
    generated = {"id"} | ({"sip"} if path == "devices" else set())
    shown = {key: value for key, value in made.data.items() if key not in generated}
    assert shown == DEFAULTS[path] | MINIMAL[path]
    assert (await client.get(f"{path}/{made.id}")).data == made.data
    listed = await client.get(path)
    assert [row["id"] for row in listed.data] == [made.id]


@pytest.mark.parametrize(("path", "name"), [(p, name) for p in REQUIRED for name in REQUIRED[p]])
async def test_a_required_field_is_asked_for(client: Client, path: str, name: str) -> None:
    without = {key: value for key, value in MINIMAL[path].items() if key != name}

    refused = await client.put(path, without)

    assert refused.status == 400
    assert {field: list(errors) for field, errors in refused.data.items()} == {name: ["required"]}


@pytest.mark.parametrize(("path", "field", "good", "bad"), EDGES)
async def test_a_field_is_checked_at_its_edges(
    client: Client, path: str, field: str, good: list[Any], bad: dict[str, list[Any]]
) -> None:
    made = await client.put(path, MINIMAL[path])
    for value in good:
        kept = await client.post(f"{path}/{made.id}", with_field(MINIMAL[path], field, value))
        assert kept.status == 200, kept.body
    before = (await client.get(f"{path}/{made.id}")).data
    for keyword, values in bad.items():
        for value in values:
            refused = await client.post(
                f"{path}/{made.id}", with_field(MINIMAL[path], field, value)
            )
            assert refused.status == 400, f"{value}: {refused.body}"
            assert keyword in refused.data.get(field, {}), refused.data
    assert (await client.get(f"{path}/{made.id}")).data == before


async def test_rows_have_kazoos_columns(client: Client) -> None:
    rule = (await client.put("temporal_rules", MINIMAL["temporal_rules"])).id
    of_set = await client.put("temporal_rules_sets", {"name": "Set", "temporal_rules": [rule]})
    group = await client.put(
        "groups",
        {
            "name": "Sales",
            "endpoints": {"1" * 32: {"type": "user"}, "2" * 32: {"type": "device"}},
            "music_on_hold": {"media_id": "m"},
            "flags": ["x"],
        },
    )
    box = await client.put("vmboxes", {"name": "Bob", "mailbox": "7"})
    fax = await client.put("faxboxes", {"name": "Fax"})
    carrier = await client.put("resources", {"name": "Carrier", "gateways": []})

    async def row(path: str) -> Any:
        return (await client.get(path)).data[0]

    await client.patch(f"temporal_rules/{rule}", {"type": "main", "flags": ["x"]})
    assert await row("temporal_rules") == {
        "id": rule,
        "name": "Work",
        "type": "main",
        "flags": ["x"],
    }
    assert await row("temporal_rules_sets") == {
        "id": of_set.id,
        "name": "Set",
        "rules": [rule],
        "flags": [],
    }
    assert await row("groups") == {
        "id": group.id,
        "name": "Sales",
        "features": ["music_on_hold"],
        "endpoints": 2,
        "flags": ["x"],
    }
    assert await row("vmboxes") == {
        "id": box.id,
        "name": "Bob",
        "mailbox": "7",
        "flags": [],
        "messages": 0,
        "folders": {"new": 0, "saved": 0},
    }
    assert await row("faxboxes") == fax.data | {"smtp_email_address": f"{fax.id}@a.example"}
    assert await row("resources") == {
        "id": carrier.id,
        "name": "Carrier",
        "enabled": True,
        "weight_cost": 50,
    }


async def test_a_mailbox_is_a_number_of_its_own(client: Client) -> None:
    box = await client.put("vmboxes", {"name": "Alice", "mailbox": "100"})
    for mailbox in ("100", "0100", "12a", "\u0661"):
        refused = await client.put("vmboxes", {"name": "Bob", "mailbox": mailbox})
        assert refused.status == 400
        assert refused.data["mailbox"]["unique"] == {
            "message": "Invalid mailbox number or already exists",
            "cause": mailbox,
        }
    again = await client.post(f"vmboxes/{box.id}", {"name": "Alice", "mailbox": "100"})
    assert again.status == 200
    await client.delete(f"vmboxes/{box.id}")
    assert (await client.put("vmboxes", {"name": "Bob", "mailbox": "100"})).status == 201


async def test_mailboxes_are_listed_by_name(client: Client) -> None:
    for mailbox, name in (("1", "Bob"), ("2", "Carol"), ("3", "Alice")):
        await client.put("vmboxes", {"name": name, "mailbox": mailbox})
    listed = await client.get("vmboxes", params={"ascending": "true"})
    assert [row["name"] for row in listed.data] == ["Alice", "Bob", "Carol"]


async def test_conferences_share_no_number(client: Client) -> None:
    room = await client.put("conferences", {"name": "One", "conference_numbers": ["1", "2"]})
    refused = await client.put("conferences", {"name": "Two", "conference_numbers": ["3", "2"]})
    assert refused.status == 400
    assert refused.data == {
        "numbers": {"unique": {"message": "Numbers already in use", "cause": "2"}}
    }
    kept = await client.patch(f"conferences/{room.id}", {"conference_numbers": ["2"]})
    assert kept.status == 200
    assert (await client.put("conferences", {"conference_numbers": ["1"]})).status == 201


async def test_fax_boxes_share_no_address_over_all_accounts(served: Any, client: Client) -> None:
    address = {"name": "Fax", "custom_smtp_email_address": "fax@mail.example"}
    box = await client.put("faxboxes", address)
    other = await served.client("b" * 32)
    refused = await other.put(
        "faxboxes", address | {"custom_smtp_email_address": "FAX@mail.example"}
    )
    assert list(refused.data["custom_smtp_email_address"]) == ["unique"]
    assert (await client.post(f"faxboxes/{box.id}", address)).status == 200
    row = (await client.get("faxboxes")).data[0]
    assert row["smtp_email_address"] == "fax@mail.example"


async def test_fax_boxes_and_carriers_are_patched_at_the_top_only(client: Client) -> None:
    box = await client.put("faxboxes", {"name": "Fax", "media": {"fax_option": True, "x": 1}})
    patched = await client.patch(f"faxboxes/{box.id}", {"media": {"x": 2}})
    assert patched.data["media"] == {"x": 2}
    options = {"type": "internal", "x": 1}
    doc = {"name": "C", "gateways": [], "caller_id_options": options}
    carrier = await client.put("resources", doc)
    patched = await client.patch(f"resources/{carrier.id}", {"caller_id_options": {"x": 2}})
    assert patched.data["caller_id_options"] == {"x": 2}
