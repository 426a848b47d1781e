"""Two hundred calls in an office whose people do as they like leave nothing but records."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.live.pbx import Pbx
from tests.live.plant import background
from tests.live.useragent import UserAgent
from tests.storm.book import Book, opened_book
from tests.storm.clerk import Clerk, Seen
from tests.storm.gauges import CALLS, TASKS, Gauges
from tests.storm.office import Errand, furnish, plan

pytestmark = pytest.mark.xdist_group("storm")

SEED = int(os.environ.get("OFFICE_SEED", "20250103"))
CALLS_MADE = int(os.environ.get("OFFICE_CALLS", "200"))
AT_A_TIME = 10

ALL_OF_IT = (
    *("answers", "refuses", "rings in vain", "hangs up", "holds 200", "resumes 200"),
    *("blind 200", "blind 503", "attended 200", "calls 200", "calls 404", "calls 480", "calls 487"),
)

ABOUT = timedelta(seconds=1.5)
"""By how much two clocks of one event may differ: a telephone's, Asterisk's and the runtime's."""

_EXPECTED = "Playback failed for|Session already DISCONNECTED|Failed to answer channel"
"""What Asterisk says of callers who hang up while it plays or answers."""


@pytest.mark.parametrize("seed", [SEED])
async def test_an_office_leaves_one_record_of_each_leg_and_nothing_else(
    pbx: Pbx, figures: list[str], seed: int
) -> None:
    pbx.expects_log(_EXPECTED)
    planned = plan(seed, CALLS_MADE)
    done: Counter[str] = Counter()
    gauges = Gauges(pbx.plant.settings)
    async with AsyncExitStack() as stack:
        book = await stack.enter_async_context(opened_book(pbx.plant.settings))
        clerks: dict[str, Clerk] = {}
        for name, credentials in (await furnish(pbx)).items():
            agent = await UserAgent.plug_in(credentials, pbx.plant.settings.sip_port, pbx.tones)
            stack.push_async_callback(agent.unplug)
            clerks[name] = Clerk(name, agent, planned.reactions[name], done)
            await stack.enter_async_context(background(clerks[name].works()))
        # A few calls, so that caches are filled and connections made.
        await work(clerks, plan(0, 10).errands)
        await closing_time(pbx, clerks.values())
        tasks = await gauges.lowest(TASKS)
        began = asyncio.get_running_loop().time()
        await work(clerks, planned.errands)
        await closing_time(pbx, clerks.values())
        seconds = asyncio.get_running_loop().time() - began
        await gauges.until(CALLS, lambda calls: calls == 0, within=10)
        after = await gauges.until(TASKS, lambda now: now <= tasks, within=10)
    seen = [each for clerk in clerks.values() for each in clerk.seen]
    figures.append(
        f"{CALLS_MADE} calls in an office (OFFICE_SEED={seed}) in {seconds:.0f} s,"
        f" {len(seen)} SIP dialogs, {len(book.entries)} channels:"
        f" {tasks:g} tasks before, {after[TASKS]:g} after"
    )
    figures.append(", ".join(f"{what}: {count}" for what, count in sorted(done.items())))
    await all_calls_ended(pbx)
    records = await records_of(pbx, book, seen)
    faults = [*of_telephones(seen, records), *of_channels(book, records), *of_times(records)]
    assert not faults, "\n".join(faults)
    # All of it was there.
    missing = [what for what in ALL_OF_IT if not done[what]]
    assert not missing, done


async def work(clerks: dict[str, Clerk], errands: Sequence[Errand]) -> None:
    """Run the errands in their order, so many at a time."""
    left = iter(errands)

    async def line() -> None:
        for errand in left:
            await clerks[errand.caller].runs(errand)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_A_TIME):
            group.create_task(line())


async def closing_time(pbx: Pbx, clerks: Iterable[Clerk]) -> None:
    """Wait until nobody speaks any more, as the telephones see it and as Asterisk does."""
    await pbx.nothing_left(within=20)
    for clerk in clerks:
        await clerk.is_done()
    await pbx.nothing_left()


async def all_calls_ended(pbx: Pbx) -> None:
    deadline = asyncio.get_running_loop().time() + 10
    while True:
        rows = await pbx.sql(
            "select * from calls where account_id = $1 and (ended_at is null or outcome is null)",
            pbx.home.id,
        )
        if not rows:
            break
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"calls without end: {rows}")
        await asyncio.sleep(0.1)


async def records_of(pbx: Pbx, book: Book, seen: Sequence[Seen]) -> list[Any]:
    return list(
        await pbx.sql(
            "select * from cdrs where account_id = $1 or channel_id = any($2)"
            " or sip_call_id = any($3) order by started_at",
            pbx.home.id,
            list(book.entries),
            [each.call_id for each in seen],
        )
    )


def of_telephones(seen: Sequence[Seen], records: Sequence[Any]) -> list[str]:
    """Tell of each call that a telephone saw and that has not just one record, and a true one."""
    faults = []
    by_call_id: dict[str, list[Any]] = {}
    for record in records:
        by_call_id.setdefault(record["sip_call_id"], []).append(record)
    for each in seen:
        found = by_call_id.get(each.call_id, [])
        if len(found) != 1:
            faults.append(f"{len(found)} records of {each}: {found}")
            continue
        [record] = found
        direction = "outbound" if each.incoming else "inbound"
        assert each.ended is not None
        wrong = [
            what
            for what, is_right in {
                "direction": record["direction"] == direction,
                "device": record["device_id"] == f"{each.name}_phone",
                "start": near(record["started_at"], each.began),
                "end": near(record["ended_at"], each.ended),
                "answer": each.crossed or near(record["answered_at"], each.answered_at),
            }.items()
            if not is_right
        ]
        if wrong:
            faults.append(f"wrong {wrong} in {record} of {each}")
    return faults


def of_channels(book: Book, records: Sequence[Any]) -> list[str]:
    """Tell of each channel that Asterisk had and that has not just one record."""
    faults = []
    counts = Counter(record["channel_id"] for record in records)
    for entry in book.entries.values():
        if counts[entry.id] != 1:
            faults.append(f"{counts[entry.id]} records of {entry}")
        if entry.destroyed is None:
            faults.append(f"no end of {entry}")
    return faults


def of_times(records: Sequence[Any]) -> list[str]:
    """Tell of each record whose times are in no order, or that speaks of a leg without record."""
    faults = []
    ids = {record["id"] for record in records}
    for record in records:
        times = [record["started_at"], record["ringing_at"], record["answered_at"]]
        if record["direction"] == "inbound":
            del times[1]  # a menu may answer before anything rings
        there = [*(time for time in times if time is not None), record["ended_at"]]
        if there != sorted(there):
            faults.append(f"times in no order in {record}")
        if record["other_leg_id"] is not None and record["other_leg_id"] not in ids:
            faults.append(f"no record of the other leg of {record}")
    return faults


def near(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < ABOUT
