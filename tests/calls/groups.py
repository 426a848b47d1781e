"""Ring groups of the tests: phones of their own, members, and when each is due to ring."""

from collections.abc import Mapping
from typing import Any

from runtime.simulator import Phone
from tests.bells import Bells, Endpoint, Rang
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx

BRANCHES = ("NO_ANSWER", "USER_BUSY", "CALL_REJECTED", "USER_NOT_REGISTERED", "sip:503")
NOBODY = "nobody"
NAMES = ("one", "two", "three", "four", "five")
PRECISELY = 0.2
"""Seconds by which phones may ring earlier or later than due."""


async def phones(pbx: Pbx, *names: str, **script: Any) -> dict[str, Phone]:
    """Connect phones of nobody, which all do the same when they are called."""
    return {name: await pbx.phone(name, **script) for name in names}


async def ring_group(
    pbx: Pbx,
    *endpoints: Endpoint,
    number: str = "2100",
    module: str = "ring_group",
    children: Mapping[str, Node] | None = None,
    **data: Any,
) -> None:
    """Put a ring group on 2100; each failure leads to a sound of its name, `_` to «nobody»."""
    branches: dict[str, Node] = {}
    for name in (*BRANCHES, NOBODY):
        await pbx.home.media_tone(name.replace(":", ""), seconds=1)
    for name in BRANCHES:
        branches[name] = node("play", id=name.replace(":", ""))
    branches["_"] = node("play", id=NOBODY)
    if endpoints:
        data["endpoints"] = list(endpoints)
    flow = node(module, branches if children is None else children, **data)
    await pbx.home.callflow(numbers=[number], flow=flow)


async def who_rings(pbx: Pbx, *names: str, number: str = "2100") -> tuple[list[Rang], list[str]]:
    """Let bob call, wait until it is over, and tell who rang when and what he heard."""
    async with Bells(**{name: pbx.phones[name] for name in names}) as bells:
        caller = pbx.dials(number)
        await caller.ended(within=1000)
        return bells.rang(), caller.heard
