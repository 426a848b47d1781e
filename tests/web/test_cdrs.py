"""Call detail records over the API: listed, filtered, one by one and as a table."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from runtime.storage import cdrs
from runtime.storage.cdrs import CdrRow
from tests.web.client import Client
from tests.web.conftest import A, B, Served

GREGORIAN = 62_167_219_200
NOW = datetime.now(UTC).replace(microsecond=0)
CALL = f"{int(NOW.timestamp()) + GREGORIAN}-0000000a"


def leg(n: int, at: datetime | None = None, **more: object) -> CdrRow:
    """Return a record of 40 s, of which 30 were answered, that began then or n hours ago."""
    at = at or NOW - timedelta(hours=n)
    values: dict[str, object] = {
        "id": f"{n:032x}",
        "call_id": f"call-{n}",
        "interaction_id": f"{CALL}{n}",
        "account_id": A,
        "channel_id": f"channel-{n}",
        "direction": "inbound",
        "number": "2001",
        "caller_name": "Bob",
        "caller_number": "+14155550100",
        "callee_number": "2001",
        "started_at": at,
        "ringing_at": at + timedelta(seconds=3),
        "answered_at": at + timedelta(seconds=10),
        "ended_at": at + timedelta(seconds=40),
        "cause": 16,
        "cause_name": "NORMAL_CLEARING",
        "ended_by": "caller",
    }
    return CdrRow(**(values | more))  # type: ignore[arg-type]


def months_id(row: CdrRow) -> str:
    return f"{row.started_at:%Y%m}-{row.id}"


@pytest.fixture
async def written(served: Served) -> list[CdrRow]:
    """Write an answered call to alice's phone, two others, and one of another account."""
    async with served.api.db.connection() as connection:
        await connection.execute(
            "insert into documents (account_id, id, kind, doc) values ($1, 'alice', 'user', '{}')",
            A,
        )
    caller = leg(2, other_leg_id=f"{3:032x}")
    alice = leg(
        3,
        caller.started_at + timedelta(seconds=1),
        direction="outbound",
        call_id="call-2",
        interaction_id=caller.interaction_id,
        owner_id="alice",
        device_id="desk",
        other_leg_id=caller.id,
    )
    failed = leg(5, answered_at=None, cause=17, cause_name="USER_BUSY", sip_status=486)
    old = leg(24 * 40)
    await cdrs.write(served.api.db, [caller, alice, failed, old, leg(4, account_id=B)])
    return [alice, caller, failed, old]


async def test_the_last_month_is_listed_newest_first(client: Client, written: list[CdrRow]) -> None:
    listed = await client.get("cdrs")
    assert [row["id"] for row in listed.data] == list(map(months_id, written[:3]))
    assert listed.body["page_size"] == 3
    caller = written[1]
    begin = caller.started_at
    assert listed.data[1] == {
        "id": months_id(caller),
        "call_id": "channel-2",
        "other_leg_call_id": "channel-3",
        "bridge_id": "call-2",
        "interaction_id": caller.interaction_id,
        "caller_id_name": "Bob",
        "caller_id_number": "+14155550100",
        "callee_id_name": "",
        "callee_id_number": "2001",
        "calling_from": "+14155550100",
        "dialed_number": "2001",
        "from": "+14155550100@a.example",
        "to": "2001@a.example",
        "request": "2001@a.example",
        "direction": "inbound",
        "owner_id": "",
        "authorizing_id": "",
        "duration_seconds": 40,
        "billing_seconds": 30,
        "ringing_seconds": 7,
        "hangup_cause": "NORMAL_CLEARING",
        "timestamp": int(begin.timestamp()) + GREGORIAN,
        "unix_timestamp": int(begin.timestamp()),
        "datetime": f"{begin:%Y-%m-%d %H:%M:%S}",
        "rfc_1036": f"{begin:%a, %d %b %Y %H:%M:%S GMT}",
        "iso_8601": f"{begin:%Y-%m-%d}",
        "iso_8601_combined": f"{begin:%Y-%m-%dT%H:%M:%SZ}",
        "media_recordings": [],
    }
    busy = listed.data[2]
    assert (busy["billing_seconds"], busy["hangup_cause"]) == (0, "USER_BUSY")


async def test_pages_and_order(client: Client, written: list[CdrRow]) -> None:
    ids = list(map(months_id, written[:3]))
    first = await client.get("cdrs", params={"page_size": "2"})
    assert [row["id"] for row in first.data] == ids[:2]
    params = {"page_size": "2", "start_key": first.body["next_start_key"]}
    second = await client.get("cdrs", params=params)
    assert [row["id"] for row in second.data] == ids[2:]
    assert "next_start_key" not in second.body
    rising = await client.get("cdrs", params={"ascending": "true", "paginate": "false"})
    assert [row["id"] for row in rising.data] == ids[::-1]
    for key in ("x", "WyJ4IiwgIngiXQ", "WyIyMDI1LTAxLTAxIiwgIngiXQ"):
        refused = await client.get("cdrs", params={"start_key": key})
        assert (refused.status, refused.body["message"]) == (404, "faulty_request")


async def test_the_time_is_31_days_at_most(client: Client, written: list[CdrRow]) -> None:
    def at(days: float) -> str:
        return str(int((NOW - timedelta(days=days)).timestamp()) + GREGORIAN)

    old = await client.get("cdrs", params={"created_from": at(41), "created_to": at(39)})
    assert [row["id"] for row in old.data] == [months_id(written[3])]
    assert (await client.get("cdrs", params={"created_from": at(41)})).data == old.data
    assert (await client.get("cdrs", params={"created_to": at(39)})).data == old.data
    assert (await client.get("cdrs", params={"created_from": at(31)})).status == 200
    for params, field, keyword in (
        ({"created_from": at(41), "created_to": at(2)}, "created_from", "date_range"),
        ({"created_from": at(2), "created_to": at(3)}, "created_to", "date_range"),
        ({"created_from": "soon"}, "created_from", "type"),
        ({"created_to": "9" * 12}, "created_to", "type"),
        ({"created_to": "0"}, "created_to", "type"),
    ):
        refused = await client.get("cdrs", params=params)
        assert (refused.status, list(refused.data)) == (400, [field])
        assert list(refused.data[field]) == [keyword]


@pytest.mark.usefixtures("written")
async def test_filters_go_by_the_names_of_the_documents(client: Client) -> None:
    async def found(**params: str) -> list[str]:
        return [row["call_id"] for row in (await client.get("cdrs", params=params)).data]

    assert await found(filter_direction="outbound") == ["channel-3"]
    assert await found(filter_hangup_cause='["USER_BUSY"]') == ["channel-5"]
    assert await found(filter_not_direction="outbound") == ["channel-2", "channel-5"]
    assert await found(has_key="owner_id") == ["channel-3"]
    assert await found(filter_nothing="x") == []


async def test_one_of_a_user(client: Client, written: list[CdrRow]) -> None:
    listed = await client.get("users/alice/cdrs")
    assert [row["id"] for row in listed.data] == [months_id(written[0])]
    assert (await client.get("users/alice/cdrs/interaction")).data == listed.data
    assert (await client.get("users/bob/cdrs")).status == 404


async def test_interactions_and_their_legs(client: Client, written: list[CdrRow]) -> None:
    alice, caller, failed, _ = written
    rows = (await client.get("cdrs/interaction")).data
    assert [row["id"] for row in rows] == [months_id(caller), months_id(failed)]
    for wanted in (caller.interaction_id, months_id(alice), alice.id):
        legs = (await client.get(f"cdrs/legs/{wanted}")).data
        assert [row["id"] for row in legs] == [months_id(caller), months_id(alice)]
    assert (await client.get("cdrs/legs/none")).status == 404
    assert (await client.get("cdrs/summary")).data == {
        "inbound": {"calls": 2, "answered": 1, "duration_seconds": 80, "billing_seconds": 30},
        "outbound": {"calls": 1, "answered": 1, "duration_seconds": 40, "billing_seconds": 30},
    }


async def test_one_record(client: Client, served: Served, written: list[CdrRow]) -> None:
    alice = written[0]
    one = await client.get(f"cdrs/{months_id(alice)}")
    assert one.data["custom_channel_vars"] == {
        "account_id": A,
        "authorizing_id": "desk",
        "owner_id": "alice",
        "bridge_id": "call-2",
        "call_interaction_id": alice.interaction_id,
    }
    assert one.data["ended_by"] == "caller"
    assert one.data["hangup_code"] == "q850:16"
    assert one.data["interaction_time"] == int(NOW.timestamp()) + GREGORIAN
    busy = await client.get(f"cdrs/{months_id(written[2])}")
    assert busy.data["hangup_code"] == "sip:486"
    other = leg(4)
    for client_, wanted in (
        (client, months_id(other)),
        (client, "0" * 32),
        (await served.client(B), months_id(alice)),
    ):
        gone = await client_.get(f"cdrs/{wanted}")
        assert (gone.status, gone.body["message"]) == (404, "bad_identifier")
        assert (await client_.get(f"cdrs/legs/{wanted}")).status == 404


async def test_a_table_has_no_formulas(client: Client, served: Served) -> None:
    names = ['=HYPERLINK("http://x")', "@SUM(A1)", "-2+3", "+1 +1", "\tx", 'Bob "B", jr.', "-5"]
    rows = [leg(n + 1, caller_name=name) for n, name in enumerate(names)]
    await cdrs.write(served.api.db, rows)
    params = {"file_name": '../cdrs".csv', "utc_offset": "-7"}
    table = await client.get("cdrs", params=params, headers={"Accept": "text/csv"})
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"] == 'attachment; filename=".._cdrs_.csv"'
    lines = list(csv.DictReader(table.raw.decode().splitlines()))
    assert [line["caller_id_name"] for line in lines] == [
        *(f"'{name}" for name in names[:5]),
        *names[5:],
    ]
    assert {line["caller_id_number"] for line in lines} == {"+14155550100"}
    local = rows[0].started_at - timedelta(hours=7)
    assert lines[0]["datetime"] == f"{local:%Y-%m-%d %H:%M:%S}"
    assert lines[0]["id"] == months_id(rows[0])
    chosen = await client.get("cdrs", params={"accept": "text/csv", "page_size": "2"})
    assert len(chosen.raw.splitlines()) == 3
    for offset in ("x", "15", "1e9"):
        wrong = await client.get("cdrs", params={"accept": "text/csv", "utc_offset": offset})
        assert (wrong.status, list(wrong.data)) == (400, ["utc_offset"])
