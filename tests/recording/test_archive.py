"""What an earlier run has left is brought to where it belongs, and what cannot be is no trouble."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import SettingError, StorageRefused
from runtime.recording import Archive, Ledger, Pending, Plan, new_pending
from runtime.simulator.desk import Desk
from runtime.simulator.recording import Stored
from runtime.storage.recordings import RecordingRow
from tests.calls.bench import Bench, bench

ACCOUNT = "a" * 32
PLAN = Plan(audio_format="wav", seconds=60, origin="callflow : sales")
ROW = RecordingRow(
    account_id=ACCOUNT,
    id="",
    call_id="call-1",
    name="",
    media_type="wav",
    started_at=datetime(2025, 1, 31, 23, 59, tzinfo=UTC),
    caller_name="Bob",
)


def begun(takes: int = 1, **plan: Any) -> Pending:
    """Return a recording of so many takes."""
    pending = new_pending(replace(PLAN, **plan), ROW, "call_recording_call-1.wav")
    for _ in range(takes):
        pending = pending.with_take("app")
    return pending


def on_disk(here: Bench, *names: str, seconds: float = 2) -> None:
    """Let Asterisk have recordings of these names."""
    for name in names:
        here.asterisk.switch.stored[name] = Stored(name, "wav", seconds, ("hello",))


@asynccontextmanager
async def running(here: Bench, desk: Desk, ledger: Ledger | None = None) -> AsyncIterator[Archive]:
    """Run an archive."""
    archive = Archive(here.ari, desk.keep, desk, ledger=ledger)
    task = asyncio.create_task(archive.run())
    yield archive
    task.cancel()
    await asyncio.wait({task})


async def left(here: Bench, *names: str) -> None:
    """Wait until Asterisk's disk has these recordings and no others."""
    for _ in range(500):
        if set(here.asterisk.switch.stored) == set(names):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"left: {list(here.asterisk.switch.stored)}")


def test_an_id_begins_with_the_month_and_the_name_says_whose_it_is() -> None:
    pending = begun(2)
    assert pending.id.startswith("202501-")
    assert pending.takes == tuple(f"app/{ACCOUNT}/{pending.id}-{n}" for n in (1, 2))
    assert begun().id != pending.id


def test_the_ledger_remembers_over_runs(tmp_path: Path) -> None:
    pending = begun(2, url="https://me:secret@rec.example/x", min_seconds=3, method="post")
    uploaded = replace(pending, row=replace(pending.row, uploaded_at=datetime.now(UTC)))
    ledger = Ledger(tmp_path / "recordings")
    ledger.write(begun())
    ledger.write(pending)
    ledger.write(uploaded)
    again = Ledger(tmp_path / "recordings")
    assert uploaded in again.left()
    assert len(again.left()) == 2
    again.remove(uploaded)
    again.remove(uploaded)
    assert len(again.left()) == 1
    assert pending.row.url == "https://rec.example/x"  # the password is in nobody's database
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "recordings").iterdir()}
    assert modes == {0o600}


def test_a_damaged_file_of_the_ledger_is_put_aside(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.write(begun())
    for n, text in enumerate(["", "{}", '{"row": {}}', "[]", '{"row": {"id": 1}, "takes": []}']):
        (tmp_path / f"{n}.json").write_text(text)
    assert len(ledger.left()) == 1
    assert len(list(tmp_path.glob("*.damaged"))) == 5


def test_a_ledger_that_cannot_be_kept_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="CALLFLOW_STATE_DIR"):
        Ledger(tmp_path / "file" / "recordings")


async def test_what_a_run_that_died_has_left_is_delivered(tmp_path: Path) -> None:
    ledger, desk = Ledger(tmp_path), Desk()
    pending = begun(2)
    ledger.write(pending)
    async with bench() as here:
        on_disk(here, *pending.takes)
        async with running(here, desk, ledger):
            [kept] = await desk.has(1)
            await left(here)
    assert kept.row == replace(pending.row, seconds=4.0)
    assert not ledger.left()


async def test_one_that_still_runs_is_ended_first(tmp_path: Path) -> None:
    ledger, desk = Ledger(tmp_path), Desk()
    pending = begun()
    ledger.write(pending)
    async with bench() as here:
        line, channel = await here.caller()
        await channel.record(pending.takes[0])
        await asyncio.sleep(0.2)
        async with running(here, desk, ledger):
            [kept] = await desk.has(1)
        assert 0.2 <= kept.row.seconds < 1
        assert not here.asterisk.switch.recordings
        line.put_down()


async def test_one_of_which_nobody_knows_more_is_found_on_asterisks_disk() -> None:
    pending, desk = begun(2), Desk()
    async with bench() as here:
        on_disk(here, *reversed(pending.takes))
        others = ["recording-1", f"other/{ACCOUNT}/{pending.id}-1", "app/greeting"]
        on_disk(here, *others)
        async with running(here, desk):
            [kept] = await desk.has(1)
            assert kept.row.seconds == 4.0
            assert (kept.row.account_id, kept.row.id) == (ACCOUNT, pending.id)
            assert kept.row.origin == "found on Asterisk's disk"
            await left(here, *others)


async def test_one_that_is_being_made_is_left_alone() -> None:
    pending, desk = begun(), Desk()
    async with bench() as here:
        archive = Archive(here.ari, desk.keep, desk)
        await archive.opened(pending)
        on_disk(here, *pending.takes)
        task = asyncio.create_task(archive.run())
        await asyncio.sleep(0.1)
        assert not desk.kept
        archive.closed(pending)
        await desk.has(1)
        task.cancel()
        await asyncio.wait({task})


async def test_of_one_that_is_kept_only_the_rest_is_deleted(tmp_path: Path) -> None:
    ledger, desk = Ledger(tmp_path), Desk()
    pending = replace(begun(2), kept=True)
    ledger.write(pending)
    async with bench() as here:
        on_disk(here, pending.takes[1])
        async with running(here, desk, ledger):
            await left(here)
    assert not desk.kept


async def test_one_of_an_account_that_is_gone_is_given_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()

    async def refuse(_row: RecordingRow, _content: bytes | None) -> None:
        raise StorageRefused("no such account")

    pending = begun()
    async with bench() as here:
        on_disk(here, *pending.takes)
        archive = Archive(here.ari, refuse, desk)
        archive.closed(pending)
        task = asyncio.create_task(archive.run())
        await left(here)
        task.cancel()
        await asyncio.wait({task})
    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert errors == [f"recording {pending.id} cannot be kept: no such account"]


async def test_one_that_fails_unexpectedly_does_not_keep_the_others_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    poison, good = begun(), begun()

    async def keep(row: RecordingRow, content: bytes | None) -> None:
        if row.id == poison.id:
            raise RuntimeError("nobody thought of this")
        await desk.keep(row, content)

    async with bench() as here:
        on_disk(here, *poison.takes, *good.takes)
        archive = Archive(here.ari, keep, desk)
        archive.closed(poison)
        archive.closed(good)
        task = asyncio.create_task(archive.run())
        [kept] = await desk.has(1)
        assert kept.row.id == good.id
        await left(here, *poison.takes)
        task.cancel()
        await asyncio.wait({task})
    assert "waits for the next start" in caplog.text


async def test_of_takes_that_are_not_all_there_the_others_count() -> None:
    desk, pending = Desk(), begun(2)
    async with bench() as here:
        on_disk(here, pending.takes[1])
        async with running(here, desk) as archive:
            archive.closed(pending)
            [kept] = await desk.has(1)
            await left(here)
    assert kept.row.seconds == 2.0
