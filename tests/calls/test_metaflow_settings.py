"""What an operator may set for keys in conversations: who hears them, what the trace tells."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.calls.account import node
from tests.calls.pbx import Pbx, opened
from tests.calls.talking import metaflow_steps, pressing, talk

pytestmark = pytest.mark.asyncio(loop_scope="function")

TRANSFER = {"metaflows": {"patterns": {r"^2(\d+)$": node("transfer")}}}


@pytest_asyncio.fixture(loop_scope="function")
async def discreet(audio: Path) -> AsyncIterator[Pbx]:
    """Yield a PBX that keeps keys from the other party, and hides them in the trace."""
    async with opened(audio, pass_keys_on=False, redact_keys=True) as pbx:
        yield pbx


async def test_by_default_the_other_hears_all_keys(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, bob=pressing(n6=node("break")))
    bob.type("7*65")
    await asyncio.sleep(3)
    assert alice.keys_received == "7*65"


@pytest.mark.parametrize("presser", ["alice", "bob"])
async def test_the_other_hears_only_keys_that_start_nothing(discreet: Pbx, presser: str) -> None:
    flows: dict[str, Any] = {presser: pressing(n6=node("break"))}
    bob, alice = await talk(discreet, **flows)
    who, other = (bob, alice) if presser == "bob" else (alice, bob)
    who.type("7*6")
    await asyncio.sleep(3)
    who.type("59")
    other.type("*6")
    await asyncio.sleep(3)
    assert other.keys_received == "759"
    assert who.keys_received == "*6"  # the other's keys mean nothing
    [step] = await metaflow_steps(discreet, bob)
    assert (step.path, step.outcome) == ("*6", "continue")


async def test_keys_are_kept_from_whoever_comes_later_too(discreet: Pbx) -> None:
    bob, _ = await talk(discreet, alice=TRANSFER, bob=pressing(n6=node("break")))
    await discreet.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    discreet.carol.script = discreet.alice.script
    discreet.alice.lines[-1].type("*22003")
    await asyncio.sleep(5)
    bob.type("8*6")
    await asyncio.sleep(3)
    assert discreet.carol.lines[-1].keys_received == "8"


async def test_what_is_captured_is_hidden_in_the_trace(discreet: Pbx) -> None:
    bob, _ = await talk(discreet, bob=TRANSFER)
    for keys in ("*24711", "*34711"):
        bob.type(keys)
        await asyncio.sleep(3)
    steps = await metaflow_steps(discreet, bob)
    assert [step.path for step in steps] == ["*2••••", "*•••••"]
    assert (steps[0].inputs or {})["captures"] == ["••••"]
    assert steps[0].error is not None
    assert "4711" not in repr(steps)


async def test_by_default_the_trace_has_the_keys(pbx: Pbx) -> None:
    bob, _ = await talk(pbx, bob=TRANSFER)
    bob.type("*24711")
    await asyncio.sleep(3)
    [step] = await metaflow_steps(pbx, bob)
    assert (step.path, (step.inputs or {})["captures"]) == ("*24711", ["4711"])
