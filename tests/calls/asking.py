"""A callflow that asks a web server, and what the trace says of it."""

from typing import Any

from runtime.simulator import Asked, Line, Reply
from runtime.storage.calls import StepRow
from tests.calls.account import Account, Node, node
from tests.calls.pbx import Pbx

URL = "https://app.example/voice"


async def furnished(pbx: Pbx) -> None:
    """Put the sounds «yes», «no» and «more» into the account."""
    for sound in ("yes", "no", "more"):
        await pbx.home.media_tone(sound, seconds=1)


def asking(children: dict[str, Node] | None = None, **data: Any) -> Node:
    """Return a `pivot`; without an answer «no» is heard, unless it has other children."""
    failing = {"_": node("play", id="no")}
    return node("pivot", failing if children is None else children, **{"voice_url": URL, **data})


async def dialled(
    pbx: Pbx,
    *replies: Reply | OSError,
    flow: Node | None = None,
    account: Account | None = None,
    **data: Any,
) -> Line:
    """Let bob call a `pivot` whose server answers so."""
    await furnished(pbx)
    pbx.house.web.answers(URL, *replies)
    await (account or pbx.home).callflow(numbers=["2000"], flow=flow or asking(**data))
    return pbx.dials("2000")


async def asked(pbx: Pbx, caller: Line) -> Asked:
    """Return the only request, when the call is over."""
    await caller.ended()
    await pbx.trace_of(caller)
    (request,) = pbx.house.web.asked
    return request


async def pivot_step(pbx: Pbx, caller: Line) -> StepRow:
    """Return the first step of a `pivot`, when the call is over."""
    await caller.ended()
    trace = await pbx.trace_of(caller)
    return next(step for step in trace.steps if step.module == "pivot")
