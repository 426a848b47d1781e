"""Metaflows of accounts, users and devices."""

import pytest

from runtime.callflow.action import METAFLOW_ENTRY_POINTS, METAFLOW_PACKAGE, discover
from tests.web.client import Client
from tests.web.conftest import A, Served

HANG_UP = {"numbers": {"1": {"module": "hangup"}}}


async def place(client: Client, whose: str) -> str:
    """Return the path of the metaflows of an account, or of a new user or device."""
    if whose == "account":
        return "metaflows"
    doc = {"name": "Phone", "first_name": "Alice", "last_name": "Adams"}
    return f"{whose}/{(await client.put(whose, doc)).id}/metaflows"


@pytest.mark.parametrize("whose", ["account", "users", "devices"])
async def test_metaflows_are_read_replaced_and_removed(
    client: Client, served: Served, whose: str
) -> None:
    path = await place(client, whose)
    assert (await client.get(path)).data == {}

    stored = await client.post(path, HANG_UP)
    expected = {"binding_digit": "*", "numbers": {"1": {"module": "hangup", "data": {}}}}
    assert (stored.status, stored.data) == (200, expected)
    assert (await client.get(path)).data == expected
    owner = await client.get(path.removesuffix("metaflows").rstrip("/"))
    assert owner.data["metaflows"] == expected

    replaced = await client.post(path, {"binding_digit": "#"})
    assert replaced.data == {"binding_digit": "#"}
    removed = await client.delete(path)
    assert (removed.status, removed.data) == (200, {})
    assert (await client.get(path)).data == {}
    owner = await client.get(path.removesuffix("metaflows").rstrip("/"))
    assert "metaflows" not in owner.data
    assert served.changed.count(A) >= 3
    assert (await client.put(path, HANG_UP)).status == 405
    assert (await client.patch(path, HANG_UP)).status == 405


async def test_data_is_checked_and_completed_at_any_depth(client: Client) -> None:
    transfer = {"module": "transfer", "data": {"timeout": "30"}}
    tree = {"numbers": {"1": {"module": "hold", "children": {"2": transfer}}}}
    for path, doc in (
        ("metaflows", tree),
        ("devices", {"name": "Phone", "metaflows": tree}),
        ("users", {"first_name": "Alice", "last_name": "Adams", "metaflows": tree}),
    ):
        send = client.post if path == "metaflows" else client.put
        stored = (await send(path, doc)).data
        nodes = stored.get("metaflows", stored)["numbers"]
        data = nodes["1"]["children"]["2"]["data"]
        assert (data["timeout"], data["captures"]) == (30, ["no_match"])
    transfer["data"] = {"timeout": 0, "transfer_type": "odd"}
    refused = await client.post("metaflows", tree)
    assert {field: list(errors) for field, errors in refused.data.items()} == {
        "numbers.1.children.2.data.timeout": ["minimum"],
        "numbers.1.children.2.data.transfer_type": ["enum"],
    }
    refused = await client.put("devices", {"name": "Phone", "metaflows": tree})
    assert "metaflows.numbers.1.children.2.data.timeout" in refused.data
    refused = await client.patch("", {"metaflows": tree})
    assert "metaflows.numbers.1.children.2.data.timeout" in refused.data


@pytest.mark.parametrize(
    ("data", "path", "keyword"),
    [
        ({"binding_digit": "A"}, "binding_digit", "enum"),
        ({"digit_timeout": -1}, "digit_timeout", "minimum"),
        ({"listen_on": "none"}, "listen_on", "enum"),
        ({"numbers": {"1a": {"module": "hangup"}}}, "numbers.1a", "additionalProperties"),
        ({"numbers": {"2": {}}}, "numbers.2.module", "required"),
        ({"numbers": {"2": {"module": "dance"}}}, "numbers.2.module", "error"),
        ({"numbers": {"2": {"module": "relate"}}}, "numbers.2.module", "error"),
        ({"patterns": {"^9": {"module": "x" * 65}}}, "patterns.^9.module", "maxLength"),
        ({"patterns": {"": {"module": "hangup"}}}, "patterns.", "additionalProperties"),
        ({"patterns": {"(": {"module": "hangup"}}}, "patterns.(", "error"),
        (
            {"patterns": dict.fromkeys(map(str, range(101)), HANG_UP["numbers"]["1"])},
            "patterns",
            "maxProperties",
        ),
    ],
)
async def test_wrong_metaflows_are_refused(
    client: Client, data: dict[str, object], path: str, keyword: str
) -> None:
    for where in ("metaflows", await place(client, "users")):
        refused = await client.post(where, data)
        assert (refused.status, list(refused.data)) == (400, [path])
        assert keyword in refused.data[path]
    refused = await client.put("devices", {"name": "Phone", "metaflows": data})
    assert list(refused.data) == [f"metaflows.{path}"]


async def test_what_cannot_be_done_in_a_call_is_refused_with_the_reason(client: Client) -> None:
    nodes = {
        "1": {"module": "dance"},
        "2": {"module": "relate"},
        "3": {"module": "sound_touch", "data": {"tempo": 2}},
        "4": {"module": "sound_touch", "data": {"pitch": 2, "tempo": 1}},
    }
    patterns = {"(?=a.b)": {"module": "hangup"}}
    refused = await client.post("metaflows", {"numbers": nodes, "patterns": patterns})
    assert {path: errors["error"]["message"] for path, errors in refused.data.items()} == {
        "numbers.1.module": "unable to find metaflow schema for module dance",
        "numbers.2.module": "unable to find metaflow schema for module relate:"
        " the members of a conference cannot be related to each other",
        "numbers.3.data.tempo": "Asterisk can change the pitch, but neither rate nor tempo",
        "patterns.(?=a%2Eb)": "RE2 cannot use it: invalid perl operator: (?=",
    }


async def test_every_action_there_is_can_be_used_and_has_its_schema(client: Client) -> None:
    actions = discover(METAFLOW_PACKAGE, METAFLOW_ENTRY_POINTS)
    assert actions
    for name in actions:
        schema = await client.get(f"/v2/schemas/metaflows.{name}")
        assert (schema.status, schema.data["type"]) == (200, "object")
        stored = await client.post("metaflows", {"numbers": {"1": {"module": name}}})
        wrong = [path for path in stored.data if path.endswith(".module")]
        assert (stored.status in (200, 400), wrong) == (True, []), stored.body
    one = {"numbers": ["1"], "flow": {"module": "hangup"}}
    flow = {"patterns": {"^9": {"module": "nonsense"}}}
    refused = await client.put("callflows", one | {"metaflow": flow})
    assert list(refused.data) == ["metaflow.patterns.^9.module"]
    for name, data, path in (
        ("metaflow", {"module": "relate"}, "module"),
        ("metaflows", flow, "patterns.^9.module"),
        ("callflows", one | {"metaflow": flow}, "metaflow.patterns.^9.module"),
    ):
        refused = await client.put(f"/v2/schemas/{name}/validation", data)
        assert list(refused.data) == [path]


@pytest.mark.parametrize("whose", ["users", "devices"])
async def test_those_of_nobody_are_not_the_accounts(client: Client, whose: str) -> None:
    await client.post("metaflows", HANG_UP)
    other_kind = (await client.put("menus", {"name": "Main"})).id
    for unknown in ("f" * 32, other_kind):
        path = f"{whose}/{unknown}/metaflows"
        for answer in (
            await client.get(path),
            await client.post(path, {"binding_digit": "#"}),
            await client.delete(path),
        ):
            assert (answer.status, answer.body["message"]) == (404, "bad_identifier")
    assert "numbers" in (await client.get("metaflows")).data


async def test_a_stale_revision_changes_nothing(client: Client) -> None:
    path = await place(client, "devices")
    first = await client.post(path, HANG_UP)
    await client.post(path, {"binding_digit": "#"})
    stale = await client.delete(path, headers={"If-Match": first.headers["ETag"]})
    assert stale.status == 412
    assert (await client.get(path)).data == {"binding_digit": "#"}
