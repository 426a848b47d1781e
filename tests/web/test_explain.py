"""Why a number leads where it does, told over the API."""

from datetime import timedelta
from typing import Any

from tests.web.client import Client
from tests.web.conftest import A, Served

FLOW = {"module": "hangup", "data": {}}


async def explained(client: Client, number: str, **params: str) -> dict[str, Any]:
    told = await client.get("callflows/explain", params={"number": number} | params)
    assert told.status == 200, told.body
    data: dict[str, Any] = told.data
    return data


def standing(told: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return the candidates as (pattern or kind, won, reason)."""
    return [(c.get("pattern", c["by"]), c["won"], c["reason"]) for c in told["candidates"]]


async def made(client: Client, name: str, **what: list[str]) -> str:
    reply = await client.put("callflows", {"name": name, "flow": FLOW} | what)
    assert reply.status == 201, reply.body
    return reply.id


async def test_every_candidate_and_why_it_won_or_lost(client: Client) -> None:
    long = await made(client, "Long", patterns=[r"^\*7(\d+)$"])
    await made(client, "Short", patterns=[r"^\*72(\d*)$"])
    await made(client, "Tie", patterns=[r"^\*(?:7)(\d+)$", "^5$"])
    await made(client, "Catch", numbers=["no_match"])

    told = await explained(client, "*7215")
    assert (told["dialled"], told["number"], told["normalised_by"]) == ("*7215", "*7215", [])
    assert told["callflow_id"] == long
    assert standing(told) == [
        ("number", False, "no callflow has the number *7215"),
        (r"^\*7(\d+)$", True, "matches and captures most: 3 characters"),
        (r"^\*72(\d*)$", False, "captures less: 2 characters against 3"),
        (
            r"^\*(?:7)(\d+)$",
            False,
            r"captures as much, but sorts before ^\*7(\d+)$ on a tie",
        ),
        ("^5$", False, "does not match"),
        ("no_match", False, "only asked when neither a number nor a pattern matches"),
    ]
    winner = told["candidates"][1]
    assert (winner["callflow_name"], winner["capture_group"]) == ("Long", "215")


async def test_an_exact_number_wins_and_is_normalised_by_a_rule(
    client: Client, served: Served
) -> None:
    exact = await made(client, "Exact", numbers=["+14158867900"])
    await made(client, "Pattern", patterns=[r"^\+1(?P<area>\d{3})"])
    told = await explained(client, "4158867900")
    assert told["number"] == "+14158867900"
    assert [rule["rule"] for rule in told["normalised_by"]] == ["converter"]
    assert told["callflow_id"] == exact
    assert standing(told)[:2] == [
        ("number", True, "the exact number wins over patterns"),
        (r"^\+1(?P<area>\d{3})", False, "the exact number wins over patterns"),
    ]
    assert told["candidates"][1]["capture_groups"] == {"area": "415"}

    async with served.api.db.connection() as connection:
        await connection.execute(
            "update accounts set doc = $2 where id = $1",
            A,
            {"dial_plan": {"^9(\\d{7})$": {"prefix": "415"}}},
        )
    served.api.routing.changed(A)
    told = await explained(client, "98867900")
    assert told["normalised_by"][0] == {
        "rule": "dial_plan",
        "pattern": "^9(\\d{7})$",
        "number": "4158867900",
    }
    assert told["callflow_id"] == exact


async def test_the_catch_all_is_for_internal_callers(client: Client) -> None:
    catch = await made(client, "Catch", numbers=["no_match"])
    inside = await explained(client, "31")
    assert inside["callflow_id"] == catch
    assert standing(inside)[-1] == ("no_match", True, "neither a number nor a pattern matches")
    outside = await explained(client, "31", caller="external")
    assert outside["callflow_id"] is None
    assert standing(outside)[-1] == ("no_match", False, "only for internal callers")
    assert outside["note"].startswith("31 is no public number of this account")
    assert "note" not in inside
    letters = await explained(client, "alice")
    assert standing(letters)[-1] == ("no_match", False, "only for digits, perhaps after a plus")


async def test_patterns_and_flows_that_cannot_be_used(client: Client, served: Served) -> None:
    async with served.api.db.connection() as connection:
        await connection.execute(
            "insert into callflows (account_id, id, doc) values ($1, 'bad', $2), ($1, 'none', $3)",
            A,
            {"patterns": ["("], "flow": FLOW},
            {"numbers": ["1"]},
        )
    told = await explained(client, "1")
    assert (told["callflow_id"], told["problem"]) == ("none", "flow: missing")
    assert standing(told)[1][2].startswith("cannot be used: pattern '(': missing )")


async def test_the_callflows_of_another_time(client: Client, served: Served) -> None:
    old = await made(client, "Old", numbers=["1"])
    async with served.api.db.connection() as connection:
        then = await connection.fetchval(
            "update callflow_revisions set changed_at = now() - interval '1 day'"
            " returning changed_at"
        )
    await client.delete(f"callflows/{old}")
    new = await made(client, "New", numbers=["1"])

    assert (await explained(client, "1"))["callflow_id"] == new
    told = await explained(client, "1", at=(then + timedelta(hours=1)).isoformat())
    assert (told["callflow_id"], told["candidates"][0]["callflow_name"]) == (old, "Old")
    before = await explained(client, "1", at=(then - timedelta(hours=1)).isoformat())
    assert before["callflow_id"] is None
    assert (await explained(client, "1", at="2999-01-01T12:00:00"))["callflow_id"] == new


async def test_wrong_questions_are_refused(client: Client) -> None:
    for params, path, keyword in (
        ({}, "number", "required"),
        ({"number": "1", "at": "tomorrow"}, "at", "wrong_format"),
        ({"number": "1", "at": "0001-01-01T00:00:00+14:00"}, "at", "wrong_format"),
        ({"number": "1", "caller": "me"}, "caller", "enum"),
    ):
        refused = await client.get("callflows/explain", params=params)
        assert refused.status == 400
        assert {key: list(errors) for key, errors in refused.data.items()} == {path: [keyword]}
