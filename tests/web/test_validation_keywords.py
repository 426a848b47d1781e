"""Each word for what is wrong with a field, with its message and details."""

from typing import Any

import pytest

from tests.web.client import Client
from tests.web.conftest import B, Served

ID = "1" * 32

# The collection, a document that is wrong in one field, the field, and what is told of it.
WRONG: list[tuple[str, dict[str, Any], str, dict[str, dict[str, Any]]]] = [
    (
        "menus",
        {},
        "name",
        {"required": {"message": "Field is required but missing", "value": "name"}},
    ),
    (
        "devices",
        {"name": "x", "sip": {"expire_seconds": "soon"}},
        "sip.expire_seconds",
        {
            "type": {
                "message": "Value did not match type(s): integer",
                "target": "integer",
                "value": "soon",
            }
        },
    ),
    (
        "menus",
        {"name": ""},
        "name",
        {
            "minLength": {
                "message": "String must be at least 1 characters",
                "target": 1,
                "value": "",
            }
        },
    ),
    (
        "menus",
        {"name": "n" * 129},
        "name",
        {
            "maxLength": {
                "message": "String must not be more than 128 characters",
                "target": 128,
                "value": "n" * 129,
            }
        },
    ),
    (
        "menus",
        {"name": "x", "retries": 0},
        "retries",
        {"minimum": {"message": "Value must be at least 1", "target": 1, "value": 0}},
    ),
    (
        "menus",
        {"name": "x", "retries": 11},
        "retries",
        {"maximum": {"message": "Value must be at most 10", "target": 10, "value": 11}},
    ),
    (
        "temporal_rules_sets",
        {"name": "x", "temporal_rules": []},
        "temporal_rules",
        {"minItems": {"message": "The list must have at least 1 items", "target": 1, "value": {}}},
    ),
    (
        "callflows",
        {"numbers": ["1"] * 10_001, "flow": {"module": "hangup"}},
        "numbers",
        {"maxItems": {"message": "The list is more than 10000 items", "target": 10000}},
    ),
    (
        "conferences",
        {"name": "x", "conference_numbers": ["1", "1"]},
        "conference_numbers",
        {"uniqueItems": {"message": "List of items is not unique", "value": {}}},
    ),
    (
        "temporal_rules",
        {"name": "x", "cycle": "hourly"},
        "cycle",
        {
            "enum": {
                "message": "Value not found in enumerated list of values",
                "target": ["date", "daily", "weekly", "monthly", "yearly"],
                "value": "hourly",
            }
        },
    ),
    (
        "conferences",
        {"name": "x", "member": {"pins": ["1", "a"]}},
        "member.pins.1",
        {
            "pattern": {
                "message": "Failed to match pattern '^[0-9]+$'",
                "target": "^[0-9]+$",
                "value": "a",
            }
        },
    ),
    (
        "users",
        {"first_name": "Alice", "last_name": "Adams", "email": "a b@c"},
        "email",
        {
            "wrong_format": {
                "message": "Field is not in the correct format",
                "format": "email",
                "value": "a b@c",
            }
        },
    ),
    (
        "devices",
        {"name": "x", "call_recording": {"inwards": {}}},
        "call_recording.inwards",
        {
            "additionalProperties": {
                "message": "Strict checking of data is enabled;"
                " only include schema-defined properties",
            }
        },
    ),
    (
        "devices",
        {"name": "x", "metaflows": {"patterns": {str(n): {"module": "break"} for n in range(101)}}},
        "metaflows.patterns",
        {"maxProperties": {"message": "The object is more than 100 keys", "target": 100}},
    ),
    (
        "callflows",
        {"numbers": ["1"], "flow": {"module": "fly"}},
        "flow.module",
        {"error": {"message": "unable to find callflow schema for module fly", "value": "fly"}},
    ),
    (
        "resources",
        {"name": "x", "gateways": [], "rules": ["^1", "("]},
        "rules.1",
        {"error": {"value": "("}},
    ),
]


@pytest.mark.parametrize(
    ("path", "doc", "field", "told"), WRONG, ids=[f"{w[0]}-{next(iter(w[3]))}" for w in WRONG]
)
async def test_a_wrong_field_is_told_with_details(
    client: Client, path: str, doc: dict[str, Any], field: str, told: dict[str, dict[str, Any]]
) -> None:
    refused = await client.put(path, doc)
    assert (refused.status, refused.body["message"]) == (400, "validation error")
    assert list(refused.data) == [field]
    assert refused.data[field].keys() == told.keys()
    for keyword, details in told.items():
        assert refused.data[field][keyword]["message"]
        assert details.items() <= refused.data[field][keyword].items()


async def test_paths_are_flat_and_dots_in_keys_are_written_otherwise(client: Client) -> None:
    wrong = {"": {}, "a.b": {"module": "fly"}}
    flow = {"module": "menu", "data": {}, "children": {"1": {"module": "menu", "children": wrong}}}
    refused = await client.put("callflows", {"numbers": ["1"], "flow": flow})
    assert "flow.children.1.children.a%2Eb.module" in refused.data
    items = {"numbers": ["1", 5, ""], "flow": {"module": "hangup"}}
    assert list((await client.put("callflows", items)).data) == ["numbers.1", "numbers.2"]


async def test_a_field_may_be_wrong_in_several_ways(client: Client) -> None:
    refused = await client.put("conferences", {"name": "x", "play_entry_tone": 5})
    assert refused.data["play_entry_tone"]["type"]["target"] == "boolean, string"
    whole = await client.put("menus", {"retries": 0, "timeout": -1})
    assert sorted(whole.data) == ["name", "retries", "timeout"]


async def test_rules_of_business_come_after_those_of_the_schema(client: Client) -> None:
    doc = {"name": "Box", "mailbox": "100"}
    assert (await client.put("vmboxes", doc)).status == 201
    assert list((await client.put("vmboxes", doc | {"pin": "1"})).data) == ["pin"]
    taken = await client.put("vmboxes", doc)
    assert taken.data["mailbox"]["unique"]["cause"] == "100"


async def test_strings_become_what_the_field_is(client: Client) -> None:
    sent = {"name": "Main", "retries": "2", "hunt": "false", "timeout": "+30"}
    made = await client.put("menus", sent)
    assert (made.data["retries"], made.data["hunt"], made.data["timeout"]) == (2, False, 30)
    for field, value in (
        ("retries", "two"),
        ("retries", "2.5"),
        ("retries", 2.5),
        ("retries", True),
        ("hunt", "yes"),
        ("hunt", 1),
        ("name", 7),
        ("media", []),
    ):
        refused = await client.put("menus", {"name": "Main", field: value})
        assert (refused.status, list(refused.data[field])) == (400, ["type"]), (field, value)


async def test_private_fields_are_taken_out_and_the_rest_is_kept(
    client: Client, served: Served
) -> None:
    sent = {
        "name": "Main",
        "_id": "mine",
        "_read_only": {"x": 1},
        "pvt_account_id": B,
        "ui_metadata": {"ui": "x", "origin": "y"},
        "own": {"_kept": 1, "pvt_kept": 2},
    }
    made = await client.put("menus", sent)
    assert made.data["own"] == sent["own"]
    assert made.data["ui_metadata"] == sent["ui_metadata"]
    assert not [key for key in made.data if key.startswith(("_", "pvt_"))]
    read = (await client.get(f"menus/{made.id}")).data
    assert read == made.data
    assert (await (await served.client(B)).get("menus")).data == []
    again = await client.post(f"menus/{made.id}", read | {"id": ID, "metadata": {"x": 1}})
    assert (again.data["id"], again.data["metadata"]) == (made.id, {"x": 1})


async def test_null_removes_at_any_depth_and_lists_are_replaced(client: Client) -> None:
    deep = {"a": {"b": {"c": 1, "d": 2}}, "list": [{"x": 1}, {"y": 2}]}
    made = await client.put("menus", {"name": "Main"} | deep)
    patch = {"a": {"b": {"c": None}}, "list": [{"z": 3}], "retries": None}
    patched = await client.patch(f"menus/{made.id}", patch)
    assert (patched.data["a"], patched.data["list"]) == ({"b": {"d": 2}}, [{"z": 3}])
    assert patched.data["retries"] == 3
    refused = await client.patch(f"menus/{made.id}", {"retries": 99})
    assert (refused.status, list(refused.data)) == (400, ["retries"])


async def test_a_deleted_one_leaves_the_listing_and_its_number(client: Client) -> None:
    doc = {"name": "Box", "mailbox": "100"}
    for soft in ("true", "false"):
        box = (await client.put("vmboxes", doc)).id
        gone = await client.delete(f"vmboxes/{box}", params={"should_soft_delete": soft})
        assert gone.data["_read_only"] == {"deleted": True}
        assert (await client.get("vmboxes")).data == []
    assert (await client.put("vmboxes", doc)).status == 201


async def test_listings_have_their_order_and_their_ends(client: Client) -> None:
    ids = sorted([(await client.put("menus", {"name": str(n)})).id for n in range(5)])

    async def listed(**params: str) -> Any:
        return (await client.get("menus", params=params)).body

    assert [row["id"] for row in (await listed())["data"]] == ids[::-1]
    assert [row["id"] for row in (await listed(ascending="true"))["data"]] == ids
    both = await listed(ascending="true", descending="true")
    assert [row["id"] for row in both["data"]] == ids[::-1]
    first = await listed(page_size="2")
    assert (first["page_size"], "start_key" in first) == (2, False)
    key = first["next_start_key"]
    assert key.replace("-", "").replace("_", "").isalnum()
    last = await listed(page_size="3", start_key=key)
    assert (last["page_size"], last["start_key"], "next_start_key" in last) == (3, key, False)
    whole = await listed(paginate="false")
    assert len(whole["data"]) == 5
    assert not {"page_size", "start_key", "next_start_key"} & whole.keys()
    filtered = await listed(page_size="1", filter_name="3", is_chunked="true", chunk_size="10")
    assert ([row["name"] for row in filtered["data"]], "next_start_key" in filtered) == (
        ["3"],
        False,
    )


async def test_filters_see_the_whole_document_and_all_count(client: Client) -> None:
    for number in ("1001", "1002"):
        await client.put("callflows", {"numbers": [number], "flow": {"module": "hangup"}})
    await client.put("menus", {"name": "One", "deep": {"er": "x"}, "empty": ""})
    await client.put("menus", {"name": "Two"})

    async def found(path: str, **params: str) -> list[Any]:
        return [row.get("name") for row in (await client.get(path, params=params)).data]

    assert await found("callflows", filter_numbers="1001") == []
    assert len(await found("callflows", **{"filter_flow.module": "hangup"})) == 2
    assert await found("menus", **{"filter_deep.er": "x"}) == ["One"]
    assert await found("menus", **{"filter_deep.er": "x", "filter_name": "Two"}) == []
    assert await found("menus", filter_not_deep="x", has_key="deep.er") == ["One"]
    assert sorted(await found("menus", value_missing="empty")) == ["One", "Two"]
    assert await found("menus", has_value="empty") == []
    soon = str(62_167_219_200 + 32_503_680_000)  # the year 3000
    assert await found("menus", modified_from=soon) == []
    assert len(await found("menus", modified_to=soon, created_from="62167219200")) == 2
    refused = await client.get("menus", params={"created_from": "soon"})
    assert list(refused.data["created_from"]) == ["type"]
