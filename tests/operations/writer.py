"""A program that traces calls for ever, to be killed: python -m tests.operations.writer DIR URL."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from runtime.callflow.journal import Journal
from runtime.callflow.spool import Spool
from runtime.callflow.trace import TraceWriter, ended
from runtime.storage import Database, calls
from runtime.storage.calls import CallRow, StepRow

PAUSE_SECONDS = 0.01


async def write(directory: Path, url: str) -> None:
    """Trace a call each few milliseconds and print its number when it has ended."""
    async with Database(url) as db:

        async def into(call_rows: Sequence[CallRow], step_rows: Sequence[StepRow]) -> None:
            await calls.write(db, call_rows, step_rows)

        with Spool(directory, 10**8) as spool:
            trace = TraceWriter(into, spool=spool, journal=Journal(directory / "calls"))
            writing = asyncio.create_task(trace.run())
            number = 0
            while not writing.done():
                number += 1
                now = datetime.now(UTC)
                call = CallRow(
                    id=f"call-{number:06d}",
                    number="1",
                    origin="internal",
                    channel_id=f"channel-{number}",
                    started_at=now,
                )
                trace.record(call)
                trace.record(
                    StepRow(call_id=call.id, seq=1, path="/", module="play", started_at=now)
                )
                trace.record(ended(replace(call, answered_at=now), "completed"))
                print(number, flush=True)  # noqa: T201 - what the test reads
                await asyncio.sleep(PAUSE_SECONDS)
            writing.result()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), sys.argv[2]))
