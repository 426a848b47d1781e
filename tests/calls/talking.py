"""Two who talk, which of their keys mean something, and what the trace says of it."""

from typing import Any

import pytest

from runtime.simulator import Line, Script
from runtime.storage.calls import StepRow
from tests.calls.account import node
from tests.calls.pbx import Pbx

MUSIC = "music on hold"
BOTH_WAYS = pytest.mark.parametrize("presser", ["alice", "bob"])


def pressing(**numbers: Any) -> dict[str, Any]:
    """Return a document with metaflows for these numbers (`n3` is 3)."""
    return {"metaflows": {"numbers": {key[1:]: value for key, value in numbers.items()}}}


async def talk(pbx: Pbx, alice: Any = None, bob: Any = None) -> tuple[Line, Line]:
    """Let bob call alice; each speaks all the time. Their user documents are as given."""
    await pbx.home.user("alice", **(alice or {}))
    await pbx.home.user("bob", **(bob or {}))
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    pbx.alice.script = Script(answers_after=1, says="alice")
    caller = pbx.dials("2001")
    await caller.hears("alice")
    caller.speak("bob")
    party = pbx.alice.lines[-1]
    await party.hears("bob")
    return caller, party


async def carol(pbx: Pbx, **script: Any) -> None:
    """Give carol number 2003, and let her do this when she is called."""
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    pbx.carol.script = Script(**{"answers_after": 2, "says": "carol", **script})


async def metaflow_steps(pbx: Pbx, caller: Line) -> list[StepRow]:
    """Hang up, and return what the trace says of keys."""
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    return [step for step in trace.steps if step.module != "user"]
