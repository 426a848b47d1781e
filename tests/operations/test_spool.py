"""The spool: in order, bounded, whole after any crash; and the calls of a runtime that died."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.callflow.journal import SPARE_LINES, Journal
from runtime.callflow.lines import Entry
from runtime.callflow.spool import Spool
from runtime.callflow.trace import ended
from runtime.errors import SettingError
from runtime.storage.calls import CallRow, StepRow
from runtime.storage.cdrs import CdrRow

NOW = datetime(2025, 1, 1, 12, 30, tzinfo=UTC)
CALL = CallRow(
    id="call-1",
    number="2000",
    origin="internal",
    channel_id="channel-1",
    started_at=NOW,
    caller_name="Bob\x00\n\ud800",
    match={"by": "number"},
)
STEP = StepRow(call_id="call-1", seq=1, path="/", module="play", started_at=NOW, inputs={"n": 1.5})


CDR = CdrRow(
    id="leg-1",
    call_id="call-1",
    interaction_id="63902952000-abcd",
    channel_id="channel-1",
    direction="inbound",
    number="2000",
    started_at=NOW,
    ringing_at=NOW,
    answered_at=NOW,
    ended_at=NOW,
)


def steps(count: int, first: int = 1) -> list[Entry]:
    return [replace(STEP, seq=number) for number in range(first, first + count)]


def taken(spool: Spool, limit: int = 3) -> list[Entry]:
    """Take all that is there."""
    entries: list[Entry] = []
    while not spool.empty:
        some, mark = spool.oldest(limit)
        entries += some
        spool.done(mark)
    return entries


def test_what_goes_in_comes_out_in_its_order(tmp_path: Path) -> None:
    entries = [CALL, *steps(10), CDR, ended(CALL, "completed", "reason", 16)]
    with Spool(tmp_path, 10**6, segment_bytes=500) as spool:
        spool.append(entries[:4])
        spool.append(entries[4:])
        assert spool.bytes > 0
        assert taken(spool) == entries
        assert (spool.empty, spool.bytes) == (True, 0)
        spool.append([STEP])
        assert taken(spool) == [STEP]
    assert not list(tmp_path.glob("*.spool"))


def test_what_was_not_taken_is_there_after_a_restart(tmp_path: Path) -> None:
    with Spool(tmp_path, 10**6) as spool:
        spool.append(steps(4))
        _, mark = spool.oldest(2)
        spool.done(mark)
    with Spool(tmp_path, 10**6) as spool:
        spool.append(steps(1, first=5))
        # The file was not finished: its beginning comes twice, and is the same again.
        assert taken(spool) == steps(5)


@pytest.mark.parametrize("damage", ["torn", "bits", "garbage"])
def test_a_damaged_end_costs_one_entry(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Spool(tmp_path, 10**6) as spool:
        spool.append(steps(3))
    [segment] = tmp_path.glob("*.spool")
    content = segment.read_bytes()
    match damage:
        case "torn":
            segment.write_bytes(content[:-7])
        case "bits":
            segment.write_bytes(content[:-20] + b"XX" + content[-18:])
        case _:
            segment.write_bytes(content + bytes(range(256)))
    with Spool(tmp_path, 10**6) as spool:
        spool.append(steps(1, first=4))
        kept = 3 if damage == "garbage" else 2
        assert taken(spool) == [*steps(kept), *steps(1, first=4)]
    assert "is damaged" in caplog.text


def test_when_it_is_full_what_is_there_stays_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Spool(tmp_path, 2000) as spool:
        for number in range(1, 101):
            spool.append(steps(1, first=number))
        assert spool.bytes <= 2000
        assert caplog.text.count("is full") == 1
        kept = taken(spool)
        assert kept == steps(len(kept))
        assert f"{100 - len(kept)} entries were lost" in caplog.text
        spool.append([STEP])
        assert taken(spool) == [STEP]


def test_an_entry_that_is_no_json_does_not_take_others_with_it(tmp_path: Path) -> None:
    with Spool(tmp_path, 10**6) as spool:
        spool.append([replace(STEP, inputs={(1, 2): 3}), STEP])  # type: ignore[dict-item]
        assert taken(spool) == [STEP]


def test_two_programs_cannot_have_one_spool(tmp_path: Path) -> None:
    second = Spool(tmp_path, 10**6)
    with Spool(tmp_path, 10**6), pytest.raises(SettingError, match="CALLFLOW_STATE_DIR"), second:
        pass
    with Spool(tmp_path, 10**6) as spool:
        assert spool.empty


def test_calls_that_did_not_end_are_known_to_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "calls"
    journal = Journal(file)
    other = replace(CALL, id="call-2")
    journal.note([CALL, other])
    journal.note([ended(CALL, "completed")])
    journal.close()
    with file.open("ab") as torn:
        torn.write(b"1234abcd {")
    again = Journal(file)
    assert again.left == (other,)
    again.note([ended(other, "aborted")])
    again.close()
    assert Journal(file).left == ()


def test_the_journal_does_not_grow_with_the_calls_that_have_ended(tmp_path: Path) -> None:
    file = tmp_path / "calls"
    journal = Journal(file)
    journal.note([CALL])
    began = time.monotonic()
    for number in range(3 * SPARE_LINES):
        call = replace(CALL, id=f"call {number}")
        journal.note([call, ended(call, "completed")])
    assert time.monotonic() - began < 10
    assert file.read_bytes().count(b"\n") < SPARE_LINES + 10
    journal.close()
    assert Journal(file).left == (CALL,)
