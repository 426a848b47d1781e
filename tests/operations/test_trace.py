"""The trace while a real PostgreSQL stops and starts, and when its writer is killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.callflow.spool import Spool
from runtime.callflow.trace import TraceWriter, ended
from runtime.files import directory
from runtime.machine import EmbeddedPostgres
from runtime.storage import Database, calls, migrate
from runtime.storage.calls import CallRow, StepRow

NOW = datetime(2025, 1, 1, tzinfo=UTC)
CALL = CallRow(id="call-1", number="1", origin="internal", channel_id="c", started_at=NOW)

COUNTS = """
select count(*) as calls, count(outcome) as ended, (select count(*) from call_steps) as steps
from calls
"""


@pytest.fixture
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedPostgres]:
    """Run a PostgreSQL that may be stopped."""
    home = tmp_path_factory.mktemp("postgres")
    for parent in (home, *home.parents[:3]):
        parent.chmod(0o711)  # PostgreSQL has an account of its own
    async with EmbeddedPostgres(home / "own", "secret") as postgres:
        async with Database(postgres.url) as db:
            await migrate(db, directory("sql"))
        yield postgres


@pytest.fixture
async def db(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    async with Database(postgres.url) as db:
        yield db


def writer(db: Database, spool: Spool) -> TraceWriter:
    async def into(call_rows: Sequence[CallRow], step_rows: Sequence[StepRow]) -> None:
        await calls.write(db, call_rows, step_rows)

    return TraceWriter(into, spool=spool)


async def counts(db: Database) -> tuple[int, int, int]:
    async with db.connection() as connection:
        row = await connection.fetchrow(COUNTS)
    assert row is not None
    return row["calls"], row["ended"], row["steps"]


def _on_disk(trace: TraceWriter, spool: Spool) -> bool:
    return not trace.waiting and not spool.empty


async def comes(db: Database, wanted: tuple[int, int, int]) -> None:
    async with asyncio.timeout(20):
        while await counts(db) != wanted:  # noqa: ASYNC110 - rows have no event here
            await asyncio.sleep(0.05)


def trace_call(trace: TraceWriter, number: int) -> None:
    call = replace(CALL, id=f"call-{number}")
    trace.record(call)
    trace.record(StepRow(call_id=call.id, seq=1, path="/", module="play", started_at=NOW))
    trace.record(ended(call, "completed"))


async def test_what_happens_while_postgresql_is_away_arrives_when_it_is_back(
    postgres: EmbeddedPostgres, db: Database, tmp_path: Path
) -> None:
    with Spool(tmp_path, 10**7) as spool:
        trace = writer(db, spool)
        running = asyncio.create_task(trace.run())
        trace_call(trace, 1)
        await comes(db, (1, 1, 1))
        assert spool.empty
        await postgres.stop()
        for number in range(2, 52):
            trace_call(trace, number)
            await asyncio.sleep(0.005)
        async with asyncio.timeout(10):
            while not _on_disk(trace, spool):  # noqa: ASYNC110 - files have no event
                await asyncio.sleep(0.01)
        await postgres.start()
        await comes(db, (51, 51, 51))
        trace_call(trace, 52)
        await comes(db, (52, 52, 52))
        trace.close()
        await running
        assert spool.empty


async def test_a_writer_that_ends_while_postgresql_is_away_leaves_all_to_the_next(
    postgres: EmbeddedPostgres, db: Database, tmp_path: Path
) -> None:
    await postgres.stop()
    with Spool(tmp_path, 10**7) as spool:
        trace = writer(db, spool)
        running = asyncio.create_task(trace.run())
        for number in range(1200):  # more than one batch
            trace_call(trace, number)
        trace.close()
        async with asyncio.timeout(10):
            await running
        assert not spool.empty
    await postgres.start()
    with Spool(tmp_path, 10**7) as spool:
        trace = writer(db, spool)
        running = asyncio.create_task(trace.run())
        await comes(db, (1200, 1200, 1200))
        trace.close()
        await running


async def test_a_writer_killed_at_any_moment_loses_nothing_that_is_not_new(
    postgres: EmbeddedPostgres, db: Database, tmp_path: Path
) -> None:
    await postgres.stop()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.operations.writer", str(tmp_path), postgres.url),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    numbers: list[int] = []
    loop = asyncio.get_running_loop()
    began = None
    async with asyncio.timeout(20):
        while began is None or loop.time() - began < 2:
            numbers.append(int(await process.stdout.readline()))
            began = began or loop.time()
    process.kill()
    numbers += [int(line) for line in (await process.stdout.read()).split()]
    await process.wait()
    await postgres.start()
    with Spool(tmp_path, 10**8) as spool:
        trace = writer(db, spool)
        running = asyncio.create_task(trace.run())
        async with asyncio.timeout(20):
            while not spool.empty:  # noqa: ASYNC110 - files have no event
                await asyncio.sleep(0.01)
        trace.close()
        await running
    found = await counts(db)
    # 10 ms for each call, 50 ms to gather, and as much again on a busy machine.
    assert found[0] >= numbers[-1] - 50
    async with db.connection() as connection:
        last = await connection.fetchval("select max(id) from calls")
        assert last == f"call-{found[0]:06d}"  # no gap in the middle
    assert found[0] - 1 <= found[1] <= found[0]


async def test_a_postgresql_that_hangs_does_not_keep_the_trace_in_memory(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def hang(_calls: Sequence[CallRow], _steps: Sequence[StepRow]) -> None:
        asked.set()
        await asyncio.Event().wait()

    with Spool(tmp_path, 10**7) as spool:
        trace = TraceWriter(hang, spool=spool)
        running = asyncio.create_task(trace.run())
        trace_call(trace, 1)
        await asked.wait()
        async with asyncio.timeout(5):
            while spool.empty:  # noqa: ASYNC110 - files have no event
                await asyncio.sleep(0.01)
        trace_call(trace, 2)
        trace.close()
        await running
        entries, _ = spool.oldest(100)
        assert len(entries) == 6
