"""Call detail records: written in batches, again, and in any order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database, cdrs
from runtime.storage.cdrs import CdrRow
from tests.storage.ear import A, B

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
CALLER = CdrRow(
    id="leg-1",
    call_id="call-1",
    interaction_id="63902952000-abcd",
    account_id=A,
    channel_id="channel-1",
    sip_call_id="abc@phone",
    direction="inbound",
    number="2000",
    caller_name="Bob",
    caller_number="2002",
    callee_number="2000",
    device_id="bob_phone",
    owner_id="bob",
    other_leg_id="leg-2",
    started_at=NOON,
    ringing_at=NOON + timedelta(seconds=1),
    answered_at=NOON + timedelta(seconds=2),
    ended_at=NOON + timedelta(seconds=9),
    cause=16,
    cause_name="NORMAL_CLEARING",
    ended_by="callee",
)
CALLED = replace(
    CALLER,
    id="leg-2",
    channel_id="leg-2",
    direction="outbound",
    other_leg_id="leg-1",
    started_at=NOON + timedelta(seconds=1),
)


async def test_a_record_is_read_as_it_was_written(db: Database) -> None:
    await cdrs.write(db, [CALLED, CALLER])
    assert await cdrs.of_call(db, "call-1") == [CALLER, CALLED]
    assert await cdrs.of_interaction(db, CALLER.interaction_id, A) == [CALLER, CALLED]


async def test_an_account_sees_its_own_only(db: Database) -> None:
    await cdrs.write(db, [CALLER, replace(CALLED, account_id=B)])
    assert await cdrs.of_interaction(db, CALLER.interaction_id, A) == [CALLER]


async def test_what_is_told_second_hand_gives_way(db: Database) -> None:
    stray = replace(CALLER, interaction_id="63902952000-ffff", cause=42, second_hand=True)
    await cdrs.write(db, [CALLER, stray])
    await cdrs.write(db, [stray, replace(stray, id="leg-3")])

    known = {row.id: row for row in await cdrs.of_call(db, "call-1")}
    assert known["leg-1"] == CALLER
    assert known["leg-3"].cause == 42


async def test_writing_again_changes_nothing_but_the_interaction(db: Database) -> None:
    await cdrs.write(db, [CALLER])
    joined = replace(CALLER, interaction_id="63902952000-ffff")
    await cdrs.write(db, [CALLER, CALLER, joined])
    await cdrs.write(db, [joined])
    assert await cdrs.of_call(db, "call-1") == [joined]


async def test_what_a_crash_leaves_takes_nothing_away(db: Database) -> None:
    await cdrs.write(db, [CALLER])
    little = CdrRow(
        id=CALLER.id,
        call_id=CALLER.call_id,
        interaction_id=CALLER.interaction_id,
        channel_id=CALLER.channel_id,
        direction="inbound",
        number="2000",
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=60),
    )
    await cdrs.write(db, [little])
    assert await cdrs.of_call(db, "call-1") == [CALLER]


async def test_what_no_column_can_hold_is_replaced(db: Database) -> None:
    await cdrs.write(db, [replace(CALLER, caller_name="Bob\x00\ud800")])
    (row,) = await cdrs.of_call(db, "call-1")
    assert row.caller_name.startswith("Bob\ufffd")


@pytest.mark.parametrize("wrong", [{"direction": "sideways"}, {"ended_by": "nobody"}])
async def test_what_makes_no_sense_is_refused(db: Database, wrong: dict[str, str]) -> None:
    with pytest.raises(StorageRefused):
        await cdrs.write(db, [replace(CALLER, **wrong)])  # type: ignore[arg-type]


async def test_nothing_is_written_of_nothing(db: Database) -> None:
    await cdrs.write(db, [])
    assert await cdrs.of_call(db, "call-1") == []
