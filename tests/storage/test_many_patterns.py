"""An account with ten thousand hostile patterns: no call waits for them, and none is forgotten."""

import asyncio
import logging

import pytest

from runtime.app import stored_routing
from runtime.callflow.lookup import Match
from runtime.callflow.routing import Routing
from runtime.storage import Database
from runtime.storage.callflows import problems
from tests.storage.ear import A, B, account, callflow, eventually, run
from tests.turns import watched

COUNT = 10_000
LONGEST_TURN = 0.02
"""Seconds for which the event loop may stand still."""

PLAY = {"module": "play", "data": {"id": "sales"}, "children": {}}
FLOW = {"module": "menu", "data": {"id": "main"}, "children": {"1": PLAY, "_": PLAY}}

HOSTILE = (
    "^(a+)+{}$",
    r"^(\d+)+{}x$",
    r"(\d*)*x{}",
    r"^(\w+\s?)*y{}$",
    r"^(1|11|\d\d?)+z{}$",
    "^(a?){{20}}a{{20}}{}$",
    "(.*a){{12}}{}",
)
"""What a backtracking engine does not survive; each with a number that makes it unique."""

CAUGHT_BY_NONE = ("5551234567", "1" * 30, "a" * 30 + "!", "*97", "10" * 40, "1" * 5000)


def hostile(i: int) -> str:
    return HOSTILE[i % len(HOSTILE)].format(i)


def caught_by(i: int) -> str:
    """Return a number that hostile pattern `i` matches, and no other does."""
    return (
        f"aaa{i}",
        f"5551234{i}x",
        f"5551234x{i}",
        f"word word y{i}",
        f"1111z{i}",
        "a" * 25 + str(i),
        "1a2a" * 6 + str(i),
    )[i % len(HOSTILE)]


async def fill(db: Database, patterns: list[str]) -> None:
    """Make account A with a callflow for each pattern: f0, f1 ..."""
    await account(db, A)
    async with db.connection(None) as connection:
        await connection.execute(
            "insert into callflows (account_id, id, doc) select $1, 'f' || place - 1,"
            " jsonb_build_object('patterns', array[pattern], 'flow', $2::jsonb)"
            " from unnest($3::text[]) with ordinality as given (pattern, place)",
            A,
            FLOW,
            patterns,
        )


async def change(db: Database, callflow_id: str, pattern: str) -> None:
    await run(
        db,
        "update callflows set doc = doc || jsonb_build_object('patterns', array[$3::text])"
        " where account_id = $1 and id = $2",
        A,
        callflow_id,
        pattern,
    )


async def found(routing: Routing, number: str) -> Match | None:
    known = await routing.of(A)
    assert known is not None
    return await known.routes.find(number, allow_no_match=False)


async def owner(routing: Routing, number: str) -> str:
    match = await found(routing, number)
    assert match is not None, number
    return match.callflow.id


async def test_ten_thousand_hostile_patterns_hold_nobody_up(db: Database) -> None:
    await fill(db, [hostile(i) for i in range(COUNT)])
    await account(db, B)
    await callflow(db, "other", {"numbers": ["2000"], "flow": PLAY}, B)
    routing = stored_routing(db, 10)
    async with watched() as turns:
        # Many calls at once to an account that nobody knows yet.
        calls = [asyncio.create_task(routing.of(A)) for _ in range(20)]
        other = await routing.of(B)
        assert other is not None
        known = await calls[0]
        assert known is not None
        assert all(routes is known for routes in await asyncio.gather(*calls))
        assert known.routes.problems == []

        for i in range(COUNT - 2 * len(HOSTILE), COUNT):
            assert await owner(routing, caught_by(i)) == f"f{i}"
        for number in CAUGHT_BY_NONE:
            assert await found(routing, number) is None
        searches = [found(routing, number) for number in CAUGHT_BY_NONE for _ in range(5)]
        assert set(await asyncio.gather(*searches)) == {None}

        # Two changes in quick succession; the old routes serve until the new ones are ready.
        for changed in (7, 8):
            await change(db, f"f{changed}", f"^{changed}{changed}$")
            routing.changed(A)
            await asyncio.sleep(0)
            assert await owner(routing, caught_by(9)) == "f9"
        async with asyncio.timeout(60):
            while await found(routing, "88") is None:
                assert await owner(routing, caught_by(9)) == "f9"
        assert await owner(routing, "77") == "f7"
        assert await found(routing, caught_by(7)) is None
        assert await owner(routing, caught_by(9)) == "f9"
    assert turns.count > 100
    assert turns.longest < LONGEST_TURN


async def test_ten_thousand_patterns_that_match_are_all_weighed(db: Database) -> None:
    await fill(db, [rf"^(\d+)+(?:x{i})?$" for i in range(COUNT - 1)] + [r"^(\d+\*)+$"])
    routing = stored_routing(db, 10)
    async with watched() as turns:
        match = await found(routing, "5551234")
        assert match is not None
        # Among equals the pattern that sorts last.
        assert match.pattern == r"^(\d+)+(?:x9998)?$"
        assert len(match.candidates) == COUNT - 1
        told = match.as_json()
        assert await owner(routing, "55*") == f"f{COUNT - 1}"
    assert len(told["candidates"]) + told["more_candidates"] == COUNT - 1
    assert turns.longest < LONGEST_TURN


async def test_patterns_that_cannot_run_are_told_of_and_the_rest_serves(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    bad = {
        "f0": (r"^(?=1)\d+$", "(?="),
        "f1": ("(", "missing )"),
        "f2": (r"\d{1000}" * 80, "too large"),
        "f3": ("1" * 1001, "at most 1000"),
        "f4": ("(1)" * 101, "101 groups"),
    }
    await fill(db, [pattern for pattern, _ in bad.values()] + [hostile(0)] * 10)
    routing = stored_routing(db, 10)
    with caplog.at_level(logging.WARNING, "runtime.callflow.problems"):
        assert await owner(routing, caught_by(0)) == "f9"

        async def all_stored() -> bool:
            return {row.callflow_id for row in await problems(db, A)} == set(bad)

        await eventually(all_stored)
    for row in await problems(db, A):
        assert bad[row.callflow_id][1] in row.problem
    assert len(caplog.records) == len(bad)
    for callflow_id, record in zip(bad, caplog.records, strict=True):
        assert f"callflow {callflow_id} revision 1: pattern" in record.getMessage()

    # What has been told is not told again; what is new is.
    caplog.clear()
    await change(db, "f0", "[")
    routing.changed(A)
    with caplog.at_level(logging.WARNING, "runtime.callflow.problems"):
        assert await owner(routing, caught_by(0)) == "f9"

        async def told_anew() -> bool:
            return any("missing ]" in row.problem for row in await problems(db, A))

        await eventually(told_anew)
    assert len(caplog.records) == 1


async def test_thousands_of_patterns_that_cannot_run_hold_nobody_up(db: Database) -> None:
    await fill(db, [f"(?={i})" for i in range(COUNT)])
    await callflow(db, "good", {"patterns": [r"^(\d)$"], "flow": PLAY})
    routing = stored_routing(db, 10)
    async with watched() as turns:
        assert await owner(routing, "5") == "good"
        known = await routing.of(A)
        assert known is not None
        assert len(known.routes.problems) == COUNT

        async def some_stored() -> bool:
            return len(await problems(db, A)) > 100

        await eventually(some_stored)
    assert turns.longest < LONGEST_TURN


async def test_documents_that_json_readers_choke_on_are_unusable_alone(db: Database) -> None:
    await account(db, A)
    await callflow(db, "good", {"numbers": ["1"], "flow": PLAY})
    deep = '{"flow": ' + '{"children": {"_": ' * 2000 + "{}" + "}}" * 2000 + "}"
    huge = '{"flow": {}, "numbers": [' + "1" * 5000 + "]}"
    for name, text in (("deep", deep), ("huge", huge)):
        await run(
            db,
            "insert into callflows (account_id, id, doc) values ($1, $2, $3::text::jsonb)",
            A,
            name,
            text,
        )
    routing = stored_routing(db, 10)
    assert await owner(routing, "1") == "good"
    known = await routing.of(A)
    assert known is not None
    assert {problem.callflow.id for problem in known.routes.problems} == {"deep", "huge"}
