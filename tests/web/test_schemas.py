"""JSON schemas of documents and actions, and data validated against them."""

from typing import Any

from runtime.web.resources import every_kind
from runtime.web.schemas import DRAFT
from tests.web.client import Client
from tests.web.conftest import Served


async def read(client: Client, name: str) -> dict[str, Any]:
    found = await client.get(f"/v2/schemas/{name}")
    assert found.status == 200, name
    data: dict[str, Any] = found.data
    return data


def words(schema: Any) -> set[str]:
    """Return the keywords of a schema, names of properties left out."""
    if isinstance(schema, list):
        return set().union(*map(words, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for word, value in schema.items():
        if word in ("properties", "patternProperties"):
            found |= words(list(value.values()))
        elif word not in ("default", "enum"):
            found |= words(value)
    return found


async def test_schemas_are_listed_and_read_without_a_token(client: Client, served: Served) -> None:
    nobody = client.with_token(None)
    listed = await nobody.get("/v2/schemas")
    assert (listed.status, listed.data) == (200, sorted(listed.data))
    assert {f"callflows.{name}" for name in served.api.actions} <= set(listed.data)
    assert {kind.path for kind in every_kind()} <= set(listed.data)
    others = {"accounts", "callflows", "callflows.action", "metaflow", "metaflows"}
    others |= {"metaflows.hangup", "phone_numbers"}
    assert others <= set(listed.data)
    assert (await nobody.get("/v2/schemas", params={"internals": "true"})).data == listed.data
    menu = await read(nobody, "menus")
    assert (menu["$schema"], menu["id"], menu["type"]) == (DRAFT, "menus", "object")
    assert menu["required"] == ["name"]
    assert menu["properties"]["retries"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 10,
        "default": 3,
    }
    assert menu["properties"]["timeout"] == {"type": "integer", "minimum": 1, "maximum": 60_000}
    options = await nobody.request("OPTIONS", "/v2/schemas/menus")
    assert (options.status, options.raw, options.headers["Allow"]) == (200, b"", "GET")
    unknown = await nobody.get("/v2/schemas/nothing")
    assert (unknown.status, unknown.body["message"]) == (404, "bad_identifier")


async def test_every_schema_is_of_draft_4_and_names_only_schemas_that_there_are(
    client: Client,
) -> None:
    names = set((await client.get("/v2/schemas")).data)
    for name in names:
        schema = await read(client, name)
        assert schema["id"] == name
        assert schema["description"], name
        newer = {"$defs", "const", "prefixItems", "discriminator", "title", "propertyNames"}
        assert not words(schema) & newer, name
        assert references(schema) <= names, name


def references(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(references, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"]} if isinstance(schema.get("$ref"), str) else set()
    return own | references(list(schema.values()))


async def test_flows_refer_to_nodes_by_name(client: Client) -> None:
    callflow = await read(client, "callflows")
    assert callflow["properties"]["flow"] == {"$ref": "callflows.action"}
    assert callflow["properties"]["metaflow"] == {"$ref": "metaflows"}
    assert callflow["properties"]["numbers"]["uniqueItems"] is True
    node = await read(client, "callflows.action")
    assert node["required"] == ["module"]
    assert node["properties"]["module"] == {"type": "string", "minLength": 1, "maxLength": 64}
    assert node["properties"]["children"]["patternProperties"] == {
        ".+": {"$ref": "callflows.action"}
    }
    play = await read(client, "callflows.play")
    assert play["description"] == "Play a media document, URL or tone."
    assert play["properties"]["loop_count"] == {"type": "integer", "minimum": 1, "default": 1}
    assert play["properties"]["skip_module"] == {"type": "boolean"}


async def test_data_is_validated_and_completed(client: Client) -> None:
    async def validate(name: str, data: Any) -> Any:
        return await client.put(f"/v2/schemas/{name}/validation", data)

    menu = await validate("menus", {"name": "Main", "retries": "2"})
    assert (menu.status, menu.data["retries"], menu.data["hunt"]) == (200, 2, True)
    wrong = await validate("menus", {"retries": 99})
    assert (wrong.status, sorted(wrong.data)) == (400, ["name", "retries"])
    play = await validate("callflows.play", {"id": "x", "loop_count": "3"})
    assert (play.data["loop_count"], play.data["answer"]) == (3, True)
    assert sorted((await validate("callflows.tts", {})).data) == ["text"]
    node = {"module": "menu", "children": {"1": {"module": "tts"}}}
    assert sorted((await validate("callflows.action", node)).data) == ["children.1.data.text"]
    flow = await validate("callflows", {"numbers": ["1"], "flow": {"module": "hangup"}})
    assert flow.data["flow"] == {"module": "hangup", "data": {}}
    refused = await validate("callflows", {"numbers": ["1"], "flow": node})
    assert sorted(refused.data) == ["flow.children.1.data.text"]
    metaflows = await validate("metaflows", {"numbers": {"2": {"module": "nonsense"}}})
    assert metaflows.data["numbers.2.module"]["error"]["message"] == (
        "unable to find metaflow schema for module nonsense"
    )
    assert (await validate("nothing", {})).status == 404
    assert (await validate("menus", [])).status == 400
    nobody = client.with_token(None)
    assert (await nobody.put("/v2/schemas/menus/validation", {})).status == 401


async def test_about_tells_versions(client: Client, served: Served) -> None:
    told = await client.get("/v2/about")
    assert told.status == 200
    assert told.data["version"] == told.body["version"]
    assert told.data["actions"] == sorted(served.api.actions)
    assert told.data["postgresql"][0].isdigit()
    assert (await client.with_token(None).get("/v2/about")).status == 401
