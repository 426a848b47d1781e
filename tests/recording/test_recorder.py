"""A recording goes on with whoever remains, where it is planned to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from runtime.ari import AriClient
from runtime.errors import MediaError
from runtime.recording import Archive, Pending, Plan, Recorder, new_pending
from runtime.simulator import Line
from runtime.simulator.desk import Desk, Kept
from runtime.storage.recordings import RecordingRow
from runtime.telephony import Leg
from tests.calls.bench import Bench, bench

PLAN = Plan(audio_format="wav", seconds=60)


def describe() -> Pending:
    row = RecordingRow(
        account_id="a" * 32,
        id="",
        call_id="call-1",
        name="",
        media_type="wav",
        started_at=datetime.now(UTC),
    )
    return new_pending(PLAN, row, "x.wav")


@dataclass
class Studio:
    """Two people who call, and an archive."""

    here: Bench
    desk: Desk
    archive: Archive
    bob: Line
    alice: Line
    bobs: Leg
    alices: Leg

    def records(self, **plan: object) -> Recorder:
        """Begin to record bob."""
        return Recorder(self.archive, replace(PLAN, **plan), self.bobs, describe)  # type: ignore[arg-type]

    async def kept(self) -> tuple[Kept, list[tuple[str, ...]]]:
        """Return the recording that was kept, and what was in its takes."""
        [kept] = await self.desk.has(1)
        return kept, [stored.said for stored in self.here.asterisk.switch.recorded]


async def _called(ari: AriClient, here: Bench, group: asyncio.TaskGroup) -> tuple[Line, Leg]:
    line = here.phone.dial("2000")
    arrival = await ari.arrivals.get()
    leg = Leg(ari, arrival.start.channel.id, arrival.events, originated=False)
    group.create_task(leg.follow())
    await leg.channel.answer()
    return line, leg


@asynccontextmanager
async def studio() -> AsyncIterator[Studio]:
    """Give two people a studio; both hang up at the end."""
    async with bench() as here, asyncio.TaskGroup() as group:
        desk = Desk()
        archive = Archive(here.ari, desk.keep, desk)
        running = group.create_task(archive.run())
        bob, bobs = await _called(here.ari, here, group)
        alice, alices = await _called(here.ari, here, group)
        bob.speak("bob's voice")
        alice.speak("alice's voice")
        yield Studio(here, desk, archive, bob, alice, bobs, alices)
        bob.put_down()
        alice.put_down()
        await asyncio.wait({bobs.ended, alices.ended})
        running.cancel()


async def test_after_a_transfer_it_goes_on_with_whoever_remains() -> None:
    async with studio() as here:
        recorder = here.records()
        assert await recorder.begun() is not None
        await asyncio.sleep(0.2)
        await recorder.transferred(here.alices)
        await asyncio.sleep(0.3)
        here.bob.put_down()
        await asyncio.wait({here.bobs.ended})
        assert not recorder.over
        await recorder.stop()
        kept, takes = await here.kept()
        assert takes == [("bob's voice",), ("alice's voice",)]
        assert kept.row.seconds == pytest.approx(0.5, abs=0.15)


async def test_one_that_does_not_follow_ends_with_the_transfer() -> None:
    async with studio() as here:
        recorder = here.records(follows=False)
        await recorder.begun()
        await recorder.transferred(here.alices)
        assert recorder.over
        _, takes = await here.kept()
        assert takes == [("bob's voice",)]


async def test_a_transferred_leg_is_recorded_on() -> None:
    async with studio() as here:
        recorder = here.records()
        await recorder.begun()
        await recorder.transferred(here.bobs)
        assert not recorder.over
        here.bob.put_down()
        _, takes = await here.kept()
        assert takes == [("bob's voice",)]
        assert recorder.over


async def test_it_goes_on_when_another_channel_takes_the_legs_place() -> None:
    async with studio() as here:
        ari = here.here.ari
        leg = Leg(ari, here.bobs.id, ari.subscribe(), originated=False)
        recorder = Recorder(here.archive, PLAN, leg, describe)
        await recorder.begun()
        leg.id, leg.channel = here.alices.id, here.alices.channel
        here.bob.put_down()
        await asyncio.wait({here.bobs.ended})
        await asyncio.sleep(0.2)
        await recorder.stop()
        leg.close()
        _, takes = await here.kept()
        assert takes == [("bob's voice",), ("alice's voice",)]


async def test_a_leg_that_is_gone_cannot_be_recorded() -> None:
    async with studio() as here:
        here.bob.put_down()
        await asyncio.wait({here.bobs.ended})
        await asyncio.sleep(0.05)
        with pytest.raises(MediaError, match="cannot record"):
            await here.records().begun()
