"""Web servers that documents let be asked: checked when they are saved."""

from typing import Any

import pytest

from runtime.callflow import check_metaflows
from runtime.callflow.check import Rules, check
from runtime.documents.validation import FieldErrors
from tests.web.client import Client
from tests.web.conftest import Served

URL = "https://app.example/voice"

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "voice_url", "required"),
    ({"voice_url": "ftp://app.example/"}, "voice_url", "pattern"),
    ({"voice_url": "app.example"}, "voice_url", "pattern"),
    ({"voice_url": "http://localhost/"}, "voice_url", "error"),
    ({"voice_url": "http://127.0.0.1:8000/x"}, "voice_url", "error"),
    ({"voice_url": "http://0.0.0.0/"}, "voice_url", "error"),
    ({"voice_url": "http://10.0.0.1/"}, "voice_url", "error"),
    ({"voice_url": URL, "cdr_url": "http://[::1]/"}, "cdr_url", "error"),
    ({"voice_url": URL, "cdr_url": "x"}, "cdr_url", "pattern"),
    ({"voice_url": URL, "method": "put"}, "method", "enum"),
    ({"voice_url": URL, "method": 1}, "method", "enum"),
    ({"voice_url": URL, "req_format": "xml"}, "req_format", "enum"),
    ({"voice_url": URL, "req_body_format": "xml"}, "req_body_format", "enum"),
    ({"voice_url": URL, "req_timeout_ms": 5001}, "req_timeout_ms", "maximum"),
    ({"voice_url": URL, "req_timeout_ms": "soon"}, "req_timeout_ms", "type"),
    ({"voice_url": URL, "debug": "perhaps"}, "debug", "type"),
]


@pytest.mark.parametrize(("data", "field", "keyword"), WRONG, ids=str)
async def test_wrong_data_is_refused_in_callflows_and_metaflows(
    client: Client, data: dict[str, Any], field: str, keyword: str
) -> None:
    node = {"module": "pivot", "data": data}
    flow = {"module": "hangup", "data": {}, "children": {"_": node}}
    refused = await client.put("callflows", {"numbers": ["1"], "flow": flow})
    path = f"flow.children._.data.{field}"
    assert (refused.status, {p: list(e) for p, e in refused.data.items()}) == (
        400,
        {path: [keyword]},
    )
    keys = {"numbers": {"1": {"module": "hold", "children": {"2": node}}}}
    below = f"numbers.1.children.2.data.{field}"
    user = {"first_name": "Alice", "last_name": "Adams", "metaflows": keys}
    of_flow = {"numbers": ["1"], "flow": {"module": "hangup", "data": {}}, "metaflow": keys}
    for where, doc, before in (
        ("users", user, "metaflows."),
        ("devices", {"name": "Phone", "metaflows": keys}, "metaflows."),
        ("callflows", of_flow, "metaflow."),
    ):
        refused = await client.put(where, doc)
        assert {p: list(e) for p, e in refused.data.items()} == {f"{before}{below}": [keyword]}
    refused = await client.post("metaflows", keys)
    assert {p: list(e) for p, e in refused.data.items()} == {below: [keyword]}
    refused = await client.patch("", {"metaflows": keys})
    assert list(refused.data) == [f"metaflows.{below}"]


@pytest.mark.parametrize("method", ["get", "GET", "post", "POST", "Post"])
async def test_it_is_stored_with_its_defaults(client: Client, method: str) -> None:
    data = {"voice_url": URL, "method": method, "req_timeout_ms": "2000"}
    node = {"module": "pivot", "data": data}
    stored = await client.put("callflows", {"numbers": ["1"], "flow": node})
    assert stored.status == 201
    assert stored.data["flow"]["data"] == {
        "voice_url": URL,
        "method": method,
        "req_format": "kazoo",
        "req_body_format": "form",
        "req_timeout_ms": 2000,
        "debug": False,
    }
    keys = await client.post("metaflows", {"numbers": {"1": node}})
    assert (keys.status, keys.data["numbers"]["1"]["data"]["req_format"]) == (200, "kazoo")


@pytest.mark.parametrize("name", ["callflows.pivot", "metaflows.pivot"])
async def test_the_schema_is_kazoos(client: Client, name: str) -> None:
    schema = (await client.get(f"/v2/schemas/{name}")).data
    assert schema["required"] == ["voice_url"]
    fields = schema["properties"]
    assert fields["voice_url"]["pattern"] == "^https?://"
    assert (fields["method"]["enum"], fields["method"]["default"]) == (
        ["get", "post", "GET", "POST"],
        "get",
    )
    assert (fields["req_timeout_ms"]["maximum"], fields["req_format"]["default"]) == (5000, "kazoo")


async def test_private_urls_are_taken_where_the_setting_allows_them(served: Served) -> None:
    node = {"module": "pivot", "data": {"voice_url": "http://127.0.0.1/"}}
    rules = Rules(served.api.actions, private_urls=True)
    keys = {"numbers": {"1": node}}
    doc = {"numbers": ["1"], "flow": node, "metaflow": keys}
    assert (await check(doc, rules)).errors == {}
    errors: FieldErrors = {}
    check_metaflows.checked(keys, errors, private_urls=True)
    assert errors == {}
    check_metaflows.checked(keys, errors, private_urls=False)
    assert list(errors) == ["numbers.1.data.voice_url"]
