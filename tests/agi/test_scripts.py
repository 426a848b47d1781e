"""What a classic dialplan is told about a number, and how it lets a call through a flow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runtime.agi import scripts
from runtime.callflow import ActionData, Call, Continue
from runtime.callflow.action import Action
from runtime.callflow.reception import Entry, Reception
from runtime.errors import StorageUnavailable
from tests.agi.asterisk_side import Dialplan, Server, serving
from tests.callflow.world import ACCOUNT, world

FLOW = {"module": "go"}
CALLFLOWS = {
    "sales": {"name": 'The "sales" desk', "numbers": ["2000", "+14158867900"], "flow": FLOW},
    "rooms": {"name": "Rooms", "patterns": [r"^3(\d{3})$"], "flow": FLOW},
    "rest": {"name": "Catch-all", "numbers": ["no_match"], "flow": FLOW},
    "broken": {"numbers": ["6000"], "flow": "none"},
}


async def _go(_call: Call, _data: ActionData) -> Continue:
    return Continue()


async def _nobodys(_number: str) -> str | None:
    return None


@asynccontextmanager
async def runtime(tmp_path: Path) -> AsyncIterator[Server]:
    async with (
        world(tmp_path, CALLFLOWS, [Action("go", ActionData, _go)]) as here,
        serving(scripts(Reception(here.facilities, _nobodys), "app")) as server,
    ):
        yield server


def told(dialplan: Dialplan) -> dict[str, str]:
    """Return the variables that have a value, without their common beginning."""
    return {
        name.removeprefix("CALLFLOW_"): value
        for name, value in dialplan.variables.items()
        if value and name.startswith("CALLFLOW_")
    }


async def test_a_number_with_a_callflow(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        dialplan = await server.agi("route", ACCOUNT, "2000")
    assert dialplan.status == "SUCCESS"
    assert told(dialplan) == {
        "FOUND": "1",
        "ID": "sales",
        "NAME": 'The "sales" desk',
        "BY": "number",
    }
    assert not dialplan.executed


async def test_a_number_as_the_account_writes_it(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        assert told(await server.agi("route", ACCOUNT, "4158867900"))["ID"] == "sales"


async def test_a_pattern_and_what_it_captured(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        dialplan = await server.agi("route", ACCOUNT, "3123")
    assert told(dialplan) == {
        "FOUND": "1",
        "ID": "rooms",
        "NAME": "Rooms",
        "BY": "pattern",
        "PATTERN": r"^3(\d{3})$",
        "CAPTURE": "123",
    }


@pytest.mark.parametrize(
    ("origin", "endpoint", "by"),
    [
        ("internal", None, "no_match"),
        ("external", None, None),
        ("external", ACCOUNT, None),
        (None, ACCOUNT, "no_match"),
        (None, None, None),
    ],
)
async def test_the_catch_all_is_for_callers_inside_the_account(
    tmp_path: Path, origin: str | None, endpoint: str | None, by: str | None
) -> None:
    args = (ACCOUNT, "7777", *([origin] if origin else []))
    known = {"CALLFLOW_ACCOUNT": endpoint} if endpoint else {}
    async with runtime(tmp_path) as server:
        dialplan = await server.agi("route", *args, known=known)
    assert told(dialplan).get("BY") == by
    assert told(dialplan).get("REASON") == (None if by else "no callflow for 7777")


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ((ACCOUNT, "6000"), "callflow broken cannot be used: "),
        (("b" * 32, "2000"), "is unknown"),
        (("", "2000"), "in no account's phone_numbers"),
        (("", "2000", "internal"), "the endpoint has no account"),
        (("someone'); drop table accounts", "2000"), "is not an account id"),
        ((ACCOUNT, '20",return'), "is not a number"),
        ((ACCOUNT, "2000", "sideways"), "is not internal or external"),
        ((ACCOUNT,), "'' is not a number"),
        ((), "'' is not a number"),
    ],
)
async def test_why_no_callflow_takes_it(tmp_path: Path, args: tuple[str, ...], reason: str) -> None:
    async with runtime(tmp_path) as server:
        dialplan = await server.agi("flow", *args)
    assert dialplan.status == "SUCCESS"
    assert told(dialplan)["FOUND"] == "0"
    assert reason in told(dialplan)["REASON"]
    assert told(dialplan)["OUTCOME"] in {"refused", "unusable"}
    assert not dialplan.executed


async def test_an_answer_leaves_nothing_of_the_one_before(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        before = await server.agi("route", ACCOUNT, "3123")
        after = await server.agi("route", ACCOUNT, "no-such", known=before.variables)
    assert told(after) == {"FOUND": "0", "REASON": "no callflow for no-such"}


async def test_the_endpoints_account_counts_as_it_does_for_calls(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        dialplan = await server.agi("flow", "b" * 32, "2000", known={"CALLFLOW_ACCOUNT": ACCOUNT})
    assert told(dialplan)["ID"] == "sales"


async def test_a_call_goes_through_its_flow_and_comes_back(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        dialplan = await server.agi("flow", ACCOUNT, "2000", known={"STASISSTATUS": "SUCCESS"})
    args = dialplan.executed["Stasis"]
    assert args == ["app", "external", "2000", ACCOUNT, "return"]
    assert Entry.of(args[1:]) == Entry("external", "2000", ACCOUNT, returns=True)
    assert told(dialplan)["FOUND"] == "1"
    assert "OUTCOME" not in told(dialplan)  # the call's end will have set it


async def test_an_asterisk_that_we_do_not_hear_is_told_in_the_outcome(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        dialplan = await server.agi("flow", ACCOUNT, "2000", known={"STASISSTATUS": "FAILED"})
    assert told(dialplan)["OUTCOME"] == "unavailable"
    assert "not connected" in told(dialplan)["REASON"]


async def test_a_caller_who_hangs_up_in_the_flow(tmp_path: Path) -> None:
    async with runtime(tmp_path) as server:
        dialplan = await server.agi(
            "flow", ACCOUNT, "2000", hangs_up=True, known={"STASISSTATUS": "SUCCESS"}
        )
    assert dialplan.status == "SUCCESS"
    assert "OUTCOME" not in told(dialplan)


@pytest.mark.parametrize("script", ["route", "flow"])
async def test_without_postgresql_the_agi_fails_and_says_why(tmp_path: Path, script: str) -> None:
    async def away(_number: str) -> str | None:
        raise StorageUnavailable("PostgreSQL is away")

    async with world(tmp_path, CALLFLOWS, []) as here:
        reception = Reception(here.facilities, away)
        async with serving(scripts(reception, "app")) as server:
            dialplan = await server.agi(script, "", "+14158867900")
    assert dialplan.status == "FAILURE"
    assert told(dialplan)["FOUND"] == "0"
    assert told(dialplan)["REASON"] == "PostgreSQL is away"
    assert not dialplan.executed
