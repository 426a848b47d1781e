"""Recordings over the API: listed, heard and deleted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runtime.recording import kept
from runtime.storage import recordings
from runtime.storage.recordings import RecordingRow
from tests.storage.ear import rows
from tests.web.client import Client
from tests.web.conftest import A, B, Served

GREGORIAN = 62_167_219_200
NOW = datetime.now(UTC).replace(microsecond=0)
SOUND = b"ID3" + bytes(range(256)) * 3000


def recording(n: int, **more: object) -> RecordingRow:
    """Return a recording that began n hours ago."""
    row = RecordingRow(
        account_id=A,
        id=f"{NOW:%Y%m}-{n:032x}",
        call_id=f"call-{n}",
        cdr_id=f"{n:032x}",
        name=f"talk {n}.mp3",
        media_type="mp3",
        started_at=NOW - timedelta(hours=n),
        caller_name="Bob",
        caller_number="2002",
        callee_number="2001",
        seconds=4.25,
    )
    return replace(row, **more)  # type: ignore[arg-type]


@pytest.fixture
async def row(served: Served) -> RecordingRow:
    """Keep a recording in the object store."""
    row = recording(1)
    await kept.keep(served.api.db, served.api.contents, row, SOUND)
    return row


async def test_a_recording_is_described(client: Client, row: RecordingRow) -> None:
    [listed] = (await client.get("recordings")).data
    start = int(row.started_at.timestamp()) + GREGORIAN
    assert listed == {
        "id": row.id,
        "name": "talk 1.mp3",
        "call_id": "call-1",
        "cdr_id": f"{NOW:%Y%m}-{row.cdr_id}",
        "caller_id_name": "Bob",
        "caller_id_number": "2002",
        "callee_id_name": "",
        "callee_id_number": "2001",
        "from": "",
        "to": "",
        "request": "",
        "direction": "inbound",
        "start": start,
        "end": start + 4,
        "duration": 4,
        "duration_ms": 4250,
        "media_type": "mp3",
        "content_type": "audio/mpeg",
        "media_source": "recorded",
        "source_type": "call_recording",
        "origin": "",
        "_read_only": {"content_types": ["audio/mpeg"]},
    }
    assert (await client.get(f"recordings/{row.id}")).data == listed


async def test_it_is_heard(client: Client, row: RecordingRow) -> None:
    path = f"recordings/{row.id}"
    for request in (
        {"headers": {"Accept": "audio/mpeg"}},
        {"headers": {"Accept": "audio/*"}},
        {"params": {"accept": "audio/mp3"}},
    ):
        heard = await client.get(path, **request)
        assert (heard.status, heard.raw) == (200, SOUND)
        assert heard.headers["Content-Type"] == "audio/mpeg"
        assert heard.headers["Content-Length"] == str(len(SOUND))
        assert heard.headers["Content-Disposition"].startswith('attachment; filename="talk 1.mp3"')
    shown = await client.get(path, params={"accept": "audio/mpeg", "inline": "true"})
    assert shown.headers["Content-Disposition"].startswith("inline; ")
    picky = await client.get(path, headers={"Accept": "audio/wav"})
    assert (picky.status, picky.raw) == (406, b"")


async def test_one_in_the_database_is_heard_and_one_that_was_sent_away_is_not(
    client: Client, served: Served
) -> None:
    here, away = recording(1), recording(2, url="https://example.com/", uploaded_at=NOW)
    await recordings.keep(served.api.db, here, SOUND)
    await recordings.keep(served.api.db, away, None)
    params = {"accept": "audio/mpeg"}
    assert (await client.get(f"recordings/{here.id}", params=params)).raw == SOUND
    assert (await client.get(f"recordings/{away.id}", params=params)).status == 404
    told = (await client.get(f"recordings/{away.id}")).data
    assert (told["url"], told["_read_only"]) == ("https://example.com/", {"content_types": []})


async def test_the_list_is_newest_first_in_pages_and_of_one_user(
    client: Client, served: Served
) -> None:
    db = served.api.db
    async with db.connection() as connection:
        await connection.execute(
            "insert into documents (account_id, id, kind, doc) values ($1, 'alice', 'user', '{}')",
            A,
        )
    every = [recording(n, owner_id="alice" if n % 2 else None) for n in range(1, 6)]
    for row in (*every, recording(24 * 35), recording(9, account_id=B)):
        await recordings.keep(db, row, None)
    ids = [row.id for row in every]

    async def listed(path: str = "recordings", **params: str) -> list[str]:
        return [row["id"] for row in (await client.get(path, params=params)).data]

    assert await listed() == ids
    first = await client.get("recordings", params={"page_size": "2"})
    assert [row["id"] for row in first.data] == ids[:2]
    assert await listed(start_key=first.body["next_start_key"]) == ids[2:]
    assert await listed("users/alice/recordings") == ids[::2]
    assert (await client.get("users/bob/recordings")).status == 404
    assert await listed(filter_call_id="call-3") == [ids[2]]
    assert await listed(created_to=str(GREGORIAN)) == []
    refused = await client.get("recordings", params={"created_from": "1" * 11, "created_to": "1"})
    assert refused.status == 400


async def test_a_deleted_one_is_gone_with_its_sound(
    client: Client, served: Served, row: RecordingRow
) -> None:
    deleted = await client.delete(f"recordings/{row.id}")
    assert deleted.data["_read_only"] == {"deleted": True}
    assert (await client.delete(f"recordings/{row.id}")).status == 404
    assert (await client.get(f"recordings/{row.id}")).status == 404
    assert await served.api.contents.sweep(timedelta()) == 1
    [audited] = await rows(served.api.db, "select action, kind, document_id from audit")
    assert dict(audited) == {"action": "delete", "kind": "recording", "document_id": row.id}


async def test_another_accounts_is_as_one_that_is_not_there(
    served: Served, row: RecordingRow
) -> None:
    other = await served.client(B)
    for wanted in (row.id, f"{NOW:%Y%m}-" + "9" * 32, "x"):
        for answer in (
            await other.get(f"recordings/{wanted}"),
            await other.get(f"recordings/{wanted}", params={"accept": "audio/mpeg"}),
            await other.delete(f"recordings/{wanted}"),
        ):
            assert (answer.status, answer.body["message"]) == (404, "bad_identifier")
    assert (await other.of(A).delete(f"recordings/{row.id}")).status == 403
