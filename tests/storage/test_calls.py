"""Calls and their steps, written in batches in any order and read back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database, calls
from runtime.storage.calls import CallRow, StepRow, Trace
from tests.storage.ear import A, B

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)

RINGING = CallRow(
    id="call-1",
    number="2000",
    origin="internal",
    channel_id="channel-1",
    started_at=NOON,
    account_id=A,
    caller_name="Bob",
    caller_number="2002",
    sip_call_id="abc@phone",
)
ENDED = replace(
    RINGING,
    normalised_number="2000",
    callflow_id="menu",
    callflow_revision=3,
    match={"pattern": None, "number": "2000"},
    answered_at=NOON + timedelta(seconds=1),
    ended_at=NOON + timedelta(seconds=9),
    outcome="finished",
    reason="caller hung up",
    cause=16,
)
STEP = StepRow(call_id="call-1", seq=0, path="flow", module="menu", started_at=NOON)
DONE = replace(
    STEP,
    callflow_id="menu",
    callflow_revision=3,
    documents={"welcome": 2},
    duration=4.25,
    outcome="continue",
    child="1",
    inputs={"digits": "1"},
)
PLAY = StepRow(call_id="call-1", seq=1, path="flow.1", module="play", started_at=NOON, error="no")


async def test_a_call_is_traced_from_snapshots_in_any_order(db: Database) -> None:
    await calls.write(db, [], [PLAY])
    assert await calls.trace(db, "call-1") is None
    await calls.write(db, [ENDED], [STEP])
    await calls.write(db, [RINGING], [])
    full = replace(STEP, documents=DONE.documents, duration=4.25, outcome="continue", child="1")
    await calls.write(db, [ENDED], [replace(full, inputs=DONE.inputs)])
    await calls.write(db, [], [STEP])
    found = await calls.trace(db, "call-1")
    assert found is not None
    assert found.call == ENDED
    assert found.steps == (replace(full, inputs=DONE.inputs), PLAY)


async def test_writing_twice_is_harmless(db: Database) -> None:
    for _ in range(2):
        await calls.write(db, [ENDED], [DONE, PLAY])
    assert await calls.trace(db, "call-1", A) == Trace(ENDED, (DONE, PLAY))
    assert await calls.trace(db, "call-1", B) is None


async def test_recent_calls_are_newest_first_and_of_one_account(db: Database) -> None:
    later = [
        replace(RINGING, id=f"call-{n}", started_at=NOON + timedelta(minutes=n))
        for n in range(2, 6)
    ]
    await calls.write(db, [RINGING, *later, replace(RINGING, id="other", account_id=B)], [])
    assert [call.id for call in await calls.recent(db, A, 3)] == ["call-5", "call-4", "call-3"]
    assert [call.id for call in await calls.recent(db, B)] == ["other"]
    assert len(await calls.recent(db, None)) == 6


async def test_a_sip_call_id_used_again_finds_the_newest(db: Database) -> None:
    newest = replace(RINGING, id="call-2", started_at=NOON + timedelta(hours=1))
    await calls.write(db, [newest, RINGING], [])
    assert await calls.by_sip_call_id(db, "abc@phone") == newest
    assert await calls.by_sip_call_id(db, "nothing") is None


async def test_what_a_hostile_caller_sends_is_stored_readably(db: Database) -> None:
    call = replace(RINGING, caller_name="A\x00B\ud800'\"", match={"x\x00": ["\ud800", 1]})
    await calls.write(db, [call], [replace(STEP, inputs={"digits": "1\x00"})])
    found = await calls.trace(db, "call-1")
    assert found is not None
    assert found.call.caller_name == "A\ufffdB?'\""
    assert found.call.match == {"x\ufffd": ["?", 1]}
    assert found.steps[0].inputs == {"digits": "1\ufffd"}


async def test_a_batch_is_all_or_nothing(db: Database) -> None:
    with pytest.raises(StorageRefused, match="internal or external"):
        await calls.write(db, [RINGING, replace(RINGING, id="x", origin="sideways")], [STEP])
    assert await calls.recent(db, None) == []
