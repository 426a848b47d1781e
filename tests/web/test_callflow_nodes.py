"""The nodes of a callflow, checked against their actions when it is saved or only checked."""

from typing import Any

from runtime.callflow.check import Rules, check
from tests.web.client import Client, Reply
from tests.web.conftest import A, B, Served


def keywords(refused: Reply) -> dict[str, list[str]]:
    """Return the keywords by path of a validation error."""
    assert (refused.status, refused.body["message"]) == (400, "validation error"), refused.body
    return {path: list(errors) for path, errors in refused.data.items()}


async def save(client: Client, flow: Any) -> Reply:
    return await client.put("callflows", {"patterns": ["^1$"], "flow": flow})


async def test_each_node_needs_a_module_data_and_children(client: Client) -> None:
    flow = {
        "data": {},
        "children": {
            "1": {"module": "", "data": {}},
            "2": {"module": "x" * 65, "data": {}},
            "3": {"module": "menu", "data": "x"},
            "4": {"module": "menu", "children": ["x"]},
            "5": "hangup",
            "6": {"module": 7},
            "7.8": {"module": "menu", "children": {"_": {"data": {}}}},
        },
    }
    assert keywords(await save(client, flow)) == {
        "flow.module": ["required"],
        "flow.children.1.module": ["minLength"],
        "flow.children.2.module": ["maxLength"],
        "flow.children.3.data": ["type"],
        "flow.children.4.children": ["type"],
        "flow.children.5": ["type"],
        "flow.children.6.module": ["type"],
        "flow.children.7%2E8.children._.module": ["required"],
    }
    assert keywords(await save(client, {})) == {"flow.module": ["required"]}
    assert keywords(await save(client, "menu")) == {"flow": ["type"]}


async def test_an_unknown_module_is_named(client: Client) -> None:
    refused = await save(client, {"module": "nonsense", "data": {}})
    assert refused.data == {
        "flow.module": {
            "error": {
                "message": "unable to find callflow schema for module nonsense",
                "value": "nonsense",
            }
        }
    }
    below = {"module": "menu", "children": {"1": {"module": "nonsense", "data": {}}}}
    assert keywords(await save(client, below)) == {"flow.children.1.module": ["error"]}


async def test_data_is_checked_against_its_action(client: Client) -> None:
    flow = {
        "module": "menu",
        "data": {"id": 5, "interdigit_timeout": "soon"},
        "children": {
            "1": {
                "module": "device",
                "data": {"timeout": "x"},
                "children": {"_": {"module": "tts", "data": {"text": ""}}},
            },
            "2": {"module": "tts"},
            "3": {"module": "play", "data": {"terminators": [1], "answer": "perhaps"}},
        },
    }
    refused = await save(client, flow)
    assert keywords(refused) == {
        "flow.data.id": ["type"],
        "flow.data.interdigit_timeout": ["type"],
        "flow.children.1.data.timeout": ["type"],
        "flow.children.1.children._.data.text": ["minLength"],
        "flow.children.2.data.text": ["required"],
        "flow.children.3.data.terminators.0": ["type"],
        "flow.children.3.data.answer": ["type"],
    }
    assert refused.data["flow.children.1.data.timeout"]["type"] == {
        "message": "Value did not match type(s): integer",
        "target": "integer",
        "value": "x",
    }


async def test_strings_are_converted_and_defaults_filled_in(client: Client) -> None:
    made = await save(
        client,
        {
            "module": "device",
            "data": {"id": "d", "timeout": "30", "can_call_self": "true", "x": {"y": None}},
            "children": {"_": {"module": "sleep", "data": {"duration": "2"}}},
        },
    )
    data = made.data["flow"]["data"]
    assert (data["timeout"], data["can_call_self"], data["dial_strategy"]) == (
        30,
        True,
        "simultaneous",
    )
    assert data["x"] == {}
    assert "skip_module" not in data
    assert made.data["flow"]["children"]["_"]["data"]["duration"] == 2


async def test_what_may_be_wrong_is_a_warning(client: Client) -> None:
    made = await save(
        client,
        {
            "module": "ring_group",
            "data": {
                "endpoints": [{"id": "nobody", "endpoint_type": "user", "colour": "red"}],
                "volume": 11,
            },
            "children": {
                "_": {
                    "module": "menu",
                    "data": {"skip_module": "true"},
                    "children": {"1": {"module": "play", "data": {"id": "/prompt"}}},
                },
                "e" * 32: {},
            },
        },
    )
    assert made.status == 201
    assert {(w["path"], w["keyword"]) for w in made.body["warnings"]} == {
        ("flow.data.volume", "unknown"),
        ("flow.data.endpoints.0.colour", "unknown"),
        ("flow.data.endpoints.0.id", "not_found"),
        ("flow.children._.children.1", "unreachable"),
        (f"flow.children.{'e' * 32}", "not_found"),
    }
    plain = await client.put("callflows", {"numbers": ["1"], "flow": {"module": "hangup"}})
    assert "warnings" not in plain.body
    bare = await client.put("callflows", {"numbers": ["2"]})
    assert [w["path"] for w in bare.body["warnings"]] == ["flow"]


async def test_urls_lead_outside_only(client: Client) -> None:
    for url in (
        "ftp://example.com/x",
        "javascript:alert(1)",
        "http://",
        "http://127.0.0.1/x",
        "http://localhost:8000/",
        "http://10.1.2.3/",
        "http://[::1]/",
        "http://[::ffff:192.168.1.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://169.254.169.254/latest/meta-data",
        "x",
    ):
        refused = await save(client, {"module": "record_call", "data": {"url": url}})
        assert refused.data == {
            "flow.data.url": {"error": {"message": "invalid client URL", "value": url}}
        }
    private = await save(client, {"module": "play", "data": {"id": "http://10.0.0.1/a.wav"}})
    assert keywords(private) == {"flow.data.id": ["error"]}
    public = {"module": "record_call", "data": {"url": "https://example.com/recordings"}}
    assert (await save(client, public)).status == 201


async def test_flows_that_only_lead_to_each_other_are_a_warning(client: Client) -> None:
    def to(callflow_id: str) -> dict[str, Any]:
        return {"flow": {"module": "callflow", "data": {"id": callflow_id}}}

    first = await client.put("callflows", {"numbers": ["1"], "flow": {"module": "hangup"}})
    second = await client.put("callflows", {"numbers": ["2"]} | to(first.id))
    third = await client.put("callflows", {"numbers": ["3"]} | to(second.id))
    assert "warnings" not in third.body
    for target in (third.id, first.id):
        changed = await client.patch(f"callflows/{first.id}", to(target))
        assert [(w["path"], w["keyword"]) for w in changed.body["warnings"]] == [
            ("flow", "endless")
        ]


async def test_a_huge_flow_is_refused(client: Client) -> None:
    leaf = {"module": "hangup", "data": {}}
    flow = {"module": "menu", "children": {str(n): leaf for n in range(10_001)}}
    refused = await save(client, flow)
    assert keywords(refused) == {"flow": ["error"]}
    assert refused.data["flow"]["error"]["message"] == "more than 10000 nodes"


async def test_a_callflow_is_checked_without_being_saved(client: Client, served: Served) -> None:
    kept = await client.put("callflows", {"numbers": ["1"], "flow": {"module": "hangup"}})
    flow = {"module": "play", "data": {"id": "nothing", "loop_count": 0}}
    told = await client.post("callflows/check", {"numbers": ["1"], "flow": flow})
    assert told.status == 200
    assert told.data["valid"] is False
    assert list(told.data["errors"]) == ["flow.data.loop_count"]

    fine = {"numbers": ["1"], "flow": {"module": "play", "data": {"id": "nothing"}}}
    told = await client.post("callflows/check", fine)
    assert {path: list(e) for path, e in told.data["errors"].items()} == {"numbers": ["unique"]}
    told = await client.post("callflows/check", fine | {"id": kept.id})
    assert (told.data["valid"], told.data["errors"]) == (True, {})
    assert [w["cause"] for w in told.data["warnings"]] == ["nothing"]

    async with served.api.db.connection() as connection:
        await connection.execute(
            "insert into phone_numbers (number, account_id) values ('+14155550001', $1)", B
        )
    told = await client.post("callflows/check", {"numbers": ["4155550001"], "flow": {}})
    assert {path: list(e) for path, e in told.data["errors"].items()} == {
        "flow.module": ["required"]
    }
    told = await client.post("callflows/check", fine | {"numbers": ["4155550001"]})
    assert {path: list(e) for path, e in told.data["errors"].items()} == {"numbers": ["forbidden"]}
    assert len((await client.get("callflows")).data) == 1
    reader = await served.client(A, "nobody")
    assert (await reader.post("callflows/check", fine)).status in (200, 401, 403)


async def test_private_urls_are_taken_where_the_setting_allows_them(served: Served) -> None:
    rules = Rules(served.api.actions, private_urls=True)
    flow = {"module": "record_call", "data": {"url": "http://10.0.0.1/"}}
    assert (await check({"numbers": ["1"], "flow": flow}, rules)).errors == {}
