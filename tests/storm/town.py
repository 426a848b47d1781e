"""What the storms share: numbers that the telephone network reaches, phones that answer, traces."""

import asyncio
from collections import Counter
from contextlib import AbstractAsyncContextManager

from runtime.errors import AriRefused
from runtime.storage.calls import CallRow, StepRow, Trace
from tests.live.account import Node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.phones import Phone
from tests.live.plant import background

_FOR_EVER = 3600.0
_STEP = 0.2
"""seconds between two looks at the database"""


async def publish(pbx: Pbx, number: str, flow: Node, *, inside: str | None = None) -> None:
    """Let a public number, and perhaps one within the account, lead to a callflow."""
    await pbx.sql(
        "insert into phone_numbers (number, account_id) values ($1, $2)", number, pbx.home.id
    )
    await pbx.home.callflow(numbers=[number, inside] if inside else [number], flow=flow)


def somebody_at(
    phone: Phone, *, answers_after: float, talks: float = _FOR_EVER
) -> AbstractAsyncContextManager[None]:
    """Let each call to a telephone be answered after so many seconds, and hung up `talks` s later.

    Nobody listens.
    """
    return background(_take_calls(phone, answers_after, talks))


async def _take_calls(phone: Phone, answers_after: float, talks: float) -> None:
    async with asyncio.TaskGroup() as group:
        while True:
            line = await phone.rings(within=_FOR_EVER)
            group.create_task(_take_call(line, answers_after, talks))


async def _take_call(line: Line, answers_after: float, talks: float) -> None:
    await asyncio.sleep(answers_after)
    try:
        await line.channel.answer()
        await asyncio.sleep(talks)
        await line.channel.hangup()
    except AriRefused:
        return  # the caller was faster


async def traces_of(pbx: Pbx, name: str, count: int, *, within: float) -> list[Trace]:
    """Return the traces of SIPp's calls of this name as soon as all have ended.

    Raises AssertionError when there are not just so many, each of another call.
    """
    deadline = asyncio.get_running_loop().time() + within
    while True:
        calls = await pbx.sql(
            "select * from calls where account_id = $1 and sip_call_id like $2 || '-%'",
            pbx.home.id,
            name,
        )
        ended = sum(call["ended_at"] is not None for call in calls)
        if ended >= count:
            break
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"{len(calls)} calls have a trace, {ended} an end, of {count}")
        await asyncio.sleep(_STEP)
    found = Counter(call["sip_call_id"] for call in calls)
    placed = Counter(f"{name}-{number}" for number in range(1, count + 1))
    assert found == placed, f"double or strange: {found - placed}; lost: {placed - found}"
    steps: dict[str, list[StepRow]] = {call["id"]: [] for call in calls}
    rows = await pbx.sql(
        "select * from call_steps where call_id = any($1) order by call_id, seq", list(steps)
    )
    for row in rows:
        steps[row["call_id"]].append(StepRow(**row))
    return [Trace(CallRow(**call), tuple(steps[call["id"]])) for call in calls]
