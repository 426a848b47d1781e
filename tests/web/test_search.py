"""Search: what begins with a text."""

from typing import Any

import pytest

from tests.storage.ear import run
from tests.web.client import Client
from tests.web.conftest import BELOW_A, A, B, Served

DOCUMENTS = (
    (A, "user", "1" * 32, {"first_name": "Alice", "last_name": "O'Hara"}),
    (A, "user", "2" * 32, {"first_name": "Bob", "last_name": "Alison"}),
    (A, "menu", "3" * 32, {"name": "Alice's menu"}),
    (A, "vmbox", "4" * 32, {"name": "Box", "mailbox": "1001"}),
    (A, "conference", "5" * 32, {"name": "Talk", "member": {"numbers": ["777"]}}),
    (B, "user", "6" * 32, {"first_name": "Alice", "last_name": "Elsewhere"}),
)


@pytest.fixture
async def filled(client: Client, served: Served) -> Client:
    """Return a client of an account that has something to find."""
    for account_id, kind, document_id, doc in DOCUMENTS:
        await run(
            served.api.db,
            "insert into documents (account_id, kind, id, doc) values ($1, $2, $3, $4)",
            account_id,
            kind,
            document_id,
            doc,
        )
    for number, name in (("+14158867900", "Main line"), ("1001", None), ("*97", "Messages")):
        doc = {"numbers": [number], "flow": {"module": "hangup", "data": {}}}
        await run(
            served.api.db,
            "insert into callflows (account_id, doc) values ($1, $2)",
            A,
            doc | ({"name": name} if name else {}),
        )
    await run(served.api.db, "insert into phone_numbers values ('+14158867900', $1)", BELOW_A)
    return client


async def _found(client: Client, kind: str, by: str, text: str, **more: str) -> list[Any]:
    reply = await client.get("search", params={"t": kind, "q": by, "v": text} | more)
    assert reply.status == 200, reply.body
    return list(reply.data)


async def test_by_name(filled: Client) -> None:
    assert await _found(filled, "user", "name", "ali") == [{"id": "1" * 32, "name": "Alice O'Hara"}]
    assert len(await _found(filled, "user", "name", "ALICE OH")) == 1
    assert await _found(filled, "user", "name", "ohara") == []
    assert len(await _found(filled, "menu", "name", "alice-s")) == 1
    assert await _found(filled, "limits", "name", "a") == []


async def test_by_number(filled: Client) -> None:
    rows = await _found(filled, "callflow", "number", "1")
    assert {tuple(row["numbers"]) for row in rows} == {("+14158867900",), ("1001",)}
    assert [row["name"] for row in await _found(filled, "callflow", "number", "+1 415")] == [
        "Main line"
    ]
    assert [row["name"] for row in await _found(filled, "callflow", "number", "97")] == ["Messages"]
    assert [row["name"] for row in await _found(filled, "vmbox", "number", "100")] == ["Box"]
    assert [row["numbers"] for row in await _found(filled, "conference", "number", "777")] == [
        ["777"]
    ]
    assert await _found(filled, "callflow", "number", "main") == []
    assert len(await _found(filled, "callflow", "name_and_number", "main")) == 1
    assert len(await _found(filled, "callflow", "name_and_number", "1001")) == 1


async def test_accounts_as_far_as_the_token_reaches(filled: Client, served: Served) -> None:
    below = await _found(filled, "account", "name_and_number", "1415")
    assert below == [{"id": BELOW_A, "name": "Below", "numbers": ["+14158867900"]}]
    assert [row["name"] for row in await _found(filled, "account", "name", "a")] == ["Alpha"]
    assert await _found(filled, "account", "name", "beta") == []
    own = await served.client(BELOW_A)
    assert await _found(own, "account", "name", "alpha") == []
    assert (
        await own.of(A).get("search", params={"t": "user", "q": "name", "v": "a"})
    ).status == 403


async def test_pages(filled: Client) -> None:
    params = {"t": "callflow", "q": "name_and_number", "v": "m", "page_size": "1"}
    first = await filled.get("search", params=params)
    assert [row["name"] for row in first.data] == ["Messages"]
    start = first.body["next_start_key"]
    second = await filled.get("search", params=params | {"start_key": start})
    assert [row["name"] for row in second.data] == ["Main line"]


async def test_what_is_missing_is_named(filled: Client) -> None:
    whole = {"t": "user", "q": "name", "v": "a"}
    for name in whole:
        refused = await filled.get("search", params={k: v for k, v in whole.items() if k != name})
        assert (refused.status, {k: list(v) for k, v in refused.data.items()}) == (
            400,
            {name: ["required"]},
        )
    unknown = await filled.get("search", params=whole | {"q": "colour"})
    assert (unknown.status, list(unknown.data["q"])) == (400, ["enum"])
    assert (await filled.get("search/multi", params={"t": "user"})).status == 400


async def test_several_texts_at_once(filled: Client) -> None:
    reply = await filled.get(
        "search/multi", params={"t": "callflow", "by_name": "mess", "by_number": "100"}
    )
    assert {view: [row["name"] for row in found] for view, found in reply.data.items()} == {
        "name": ["Messages"],
        "number": [""],
    }
