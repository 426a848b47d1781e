"""What a callflow was, who changed it and why, and the way back."""

from datetime import datetime

from tests.storage.ear import rows
from tests.web.client import Client
from tests.web.conftest import A, Served

PLAY = {"module": "play", "data": {"id": "/welcome"}}
HANGUP = {"module": "hangup", "data": {}}


async def three(client: Client) -> str:
    """Make a callflow that has three revisions; return its id."""
    made = await client.put("callflows", {"name": "One", "numbers": ["1"], "flow": PLAY})
    why = {"message": "nobody listens"}
    await client.post(
        f"callflows/{made.id}",
        {"name": "Two", "numbers": ["1", "2"], "flow": HANGUP},
        envelope=why,
    )
    await client.patch(f"callflows/{made.id}", {"numbers": ["3"]})
    return made.id


async def test_revisions_tell_who_and_why(client: Client) -> None:
    callflow_id = await three(client)
    listed = await client.get(f"callflows/{callflow_id}/revisions")
    assert listed.status == 200
    assert [
        (row["revision"], row["author"], row["message"], row["deleted"]) for row in listed.data
    ] == [
        (3, f"account {A}", "", False),
        (2, f"account {A}", "nobody listens", False),
        (1, f"account {A}", "", False),
    ]
    moments = [datetime.fromisoformat(row["changed_at"]) for row in listed.data]
    assert moments == sorted(moments, reverse=True)

    first = await client.get(f"callflows/{callflow_id}/revisions", params={"page_size": "2"})
    assert [row["revision"] for row in first.data] == [3, 2]
    start = first.body["next_start_key"]
    rest = await client.get(f"callflows/{callflow_id}/revisions", params={"start_key": start})
    assert [row["revision"] for row in rest.data] == [1]
    assert "next_start_key" not in rest.body


async def test_a_revision_has_the_callflow_as_it_was(client: Client) -> None:
    callflow_id = await three(client)
    old = await client.get(f"callflows/{callflow_id}/revisions/1")
    assert old.data["revision"] == 1
    assert old.data["callflow"]["id"] == callflow_id
    assert old.data["callflow"]["numbers"] == ["1"]
    assert old.data["callflow"]["flow"]["module"] == "play"
    for wrong in ("4", "0", "x", "99999999999", "1.5"):
        missing = await client.get(f"callflows/{callflow_id}/revisions/{wrong}")
        assert (missing.status, missing.data["cause"]) == (404, wrong)
    assert (await client.get(f"callflows/{'f' * 32}/revisions")).status == 404


async def test_the_difference_of_two_revisions(client: Client) -> None:
    callflow_id = await three(client)
    told = await client.get(f"callflows/{callflow_id}/revisions/2/diff/3")
    assert told.data == {"from": 2, "to": 3, "changes": {"numbers": [["1", "2"], ["3"]]}}
    back = await client.get(f"callflows/{callflow_id}/revisions/2/diff/1")
    assert back.data["changes"]["name"] == ["Two", "One"]
    assert back.data["changes"]["flow.module"] == ["hangup", "play"]
    assert back.data["changes"]["flow.data.id"] == [None, "/welcome"]
    same = await client.get(f"callflows/{callflow_id}/revisions/2/diff/2")
    assert same.data["changes"] == {}
    assert (await client.get(f"callflows/{callflow_id}/revisions/2/diff/9")).status == 404


async def test_an_old_revision_is_restored_as_a_new_one(client: Client, served: Served) -> None:
    callflow_id = await three(client)
    restored = await client.post(f"callflows/{callflow_id}/revisions/1/restore")
    assert restored.status == 200, restored.body
    assert (restored.data["name"], restored.data["numbers"]) == ("One", ["1"])
    assert restored.headers["ETag"].startswith('"4-')
    listed = await client.get(f"callflows/{callflow_id}/revisions")
    assert listed.data[0]["message"] == "revision 1 restored"
    again = await client.post(
        f"callflows/{callflow_id}/revisions/2/restore", {}, envelope={"message": "it was better"}
    )
    assert again.data["flow"]["module"] == "hangup"
    listed = await client.get(f"callflows/{callflow_id}/revisions")
    assert [row["message"] for row in listed.data[:2]] == ["it was better", "revision 1 restored"]
    audited = await rows(served.api.db, "select action from audit order by id")
    assert [row["action"] for row in audited] == ["create"] + ["change"] * 4
    known = await served.api.routing.of(A)
    assert known is not None
    assert await known.routes.find("2", allow_no_match=False) is not None


async def test_a_deleted_callflow_comes_back_under_its_id(client: Client) -> None:
    callflow_id = await three(client)
    await client.request("DELETE", f"callflows/{callflow_id}", {}, envelope={"message": "unused"})
    listed = await client.get(f"callflows/{callflow_id}/revisions")
    assert [(row["revision"], row["deleted"], row["message"]) for row in listed.data[:2]] == [
        (4, True, "unused"),
        (3, False, ""),
    ]
    gone = await client.get(f"callflows/{callflow_id}/revisions/4")
    assert gone.data["callflow"] is None
    nothing = await client.post(f"callflows/{callflow_id}/revisions/4/restore")
    assert (nothing.status, nothing.body["message"]) == (400, "invalid data")

    taken = await client.put("callflows", {"name": "New", "numbers": ["3"], "flow": HANGUP})
    refused = await client.post(f"callflows/{callflow_id}/revisions/3/restore")
    assert refused.data["numbers"]["unique"] == {
        "message": f"Number 3 exists in callflow {taken.id} New",
        "cause": "3",
    }
    back = await client.post(f"callflows/{callflow_id}/revisions/2/restore")
    assert (back.status, back.id) == (200, callflow_id)
    assert (await client.get(f"callflows/{callflow_id}")).data["name"] == "Two"
    listed = await client.get(f"callflows/{callflow_id}/revisions")
    assert [row["revision"] for row in listed.data] == [5, 4, 3, 2, 1]


async def test_a_restore_of_what_has_changed_meanwhile_is_refused(client: Client) -> None:
    callflow_id = await three(client)
    tag = (await client.get(f"callflows/{callflow_id}")).headers["ETag"]
    await client.patch(f"callflows/{callflow_id}", {"name": "Newest"})
    late = await client.post(
        f"callflows/{callflow_id}/revisions/1/restore", headers={"If-Match": tag}
    )
    assert (late.status, late.raw) == (412, b"")


async def test_what_sql_has_made_is_not_restored_when_it_is_wrong(
    client: Client, served: Served
) -> None:
    async with served.api.db.connection() as connection:
        for doc in ({"numbers": ["7"], "flow": {"module": "nonsense"}}, "no callflow", None):
            await connection.execute(
                "insert into callflows (account_id, id, doc) values ($1, 'x', $2)"
                " on conflict (account_id, id) do update set doc = excluded.doc",
                A,
                doc if doc is not None else [],
            )
    assert (await client.get("callflows/x")).status == 404
    listed = await client.get("callflows/x/revisions")
    assert [row["deleted"] for row in listed.data] == [False] * 3
    refused = await client.post("callflows/x/revisions/1/restore")
    assert list(refused.data) == ["flow.module"]
    assert (await client.get("callflows/x/revisions/2")).data["callflow"] == {"id": "x"}
    assert (await client.post("callflows/x/revisions/2/restore")).status == 400
