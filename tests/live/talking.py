"""Two who talk, and which of their keys mean something."""

from typing import Any

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.phones import Phone

BOTH_WAYS = pytest.mark.parametrize("presser", ["alice", "bob"])


def pressing(**numbers: Any) -> dict[str, Any]:
    """Return a document with metaflows for these numbers (`n3` is 3)."""
    return {"metaflows": {"numbers": {key[1:]: value for key, value in numbers.items()}}}


async def talk(pbx: Pbx, presser: str, doc: dict[str, Any]) -> tuple[Line, Line]:
    """Let bob call alice, and both speak; return the presser's line and the other's.

    Each voice is a tone of its own: «alice», «bob».
    """
    await pbx.home.user(presser, **doc)
    bob, alice = await call(pbx, "bob", "alice")
    return (alice, bob) if presser == "alice" else (bob, alice)


def voice(presser: str) -> tuple[str, str]:
    """Return the presser's voice and the other's."""
    return (presser, "bob" if presser == "alice" else "alice")


async def call(pbx: Pbx, caller: str, called: str, **more: Phone) -> tuple[Line, Line]:
    """Let one call another by his callflow, and both speak; return their lines.

    `more` are phones of users beside alice, bob and carol.
    """
    phones = {"alice": pbx.alice, "bob": pbx.bob, "carol": pbx.carol, **more}
    await pbx.home.callflow(numbers=["2000"], flow=node("user", id=called))
    await phones[called].registered()
    line = await phones[caller].dials("2000")
    other = await phones[called].rings()
    await other.answers()
    await line.answered()
    await other.speaks(called)
    await line.speaks(caller)
    await line.hears(called)
    await other.hears(caller)
    return line, other
