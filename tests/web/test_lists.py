"""Lists with their entries, and carriers of the system."""

from tests.web.client import Client
from tests.web.conftest import ROOT, A, B, Served


async def test_entries_live_in_their_list(client: Client) -> None:
    friends = (await client.put("lists", {"name": "Friends"})).id
    others = (await client.put("lists", {"name": "Others"})).id
    entries = f"lists/{friends}/entries"
    made = await client.put(entries, {"number": "+14155550100", "list_id": others})

    assert made.status == 201
    assert made.headers["Location"] == f"/v2/accounts/{A}/{entries}/{made.id}"
    assert made.data == {
        "id": made.id,
        "list_id": friends,
        "number": "+14155550100",
        "profile": {},
    }
    assert (await client.get(f"{entries}/{made.id}")).data == made.data
    row = {"id": made.id, "key": friends, "value": made.data}
    assert (await client.get(entries)).data == [row]
    assert (await client.get(f"lists/{others}/entries")).data == []
    patched = await client.patch(f"{entries}/{made.id}", {"displayname": "Bob"})
    assert (patched.data["displayname"], patched.data["number"]) == ("Bob", "+14155550100")
    replaced = await client.post(f"{entries}/{made.id}", {"pattern": "^1"})
    assert replaced.data == {"id": made.id, "list_id": friends, "pattern": "^1", "profile": {}}
    deleted = await client.delete(f"{entries}/{made.id}")
    assert deleted.data["_read_only"] == {"deleted": True}
    assert (await client.get(f"{entries}/{made.id}")).status == 404


async def test_an_entry_is_unknown_in_another_list(client: Client) -> None:
    friends = (await client.put("lists", {"name": "Friends"})).id
    others = (await client.put("lists", {"name": "Others"})).id
    entry = (await client.put(f"lists/{friends}/entries", {"number": "1"})).id
    for path in (f"lists/{others}/entries/{entry}", f"lists/{friends}/entries/{friends}"):
        for answer in (
            await client.get(path),
            await client.post(path, {"number": "2"}),
            await client.patch(path, {"number": "2"}),
            await client.delete(path),
        ):
            assert (answer.status, answer.body["message"]) == (404, "bad_identifier")
    for nowhere in ("f" * 32, entry):
        path = f"lists/{nowhere}/entries"
        assert (await client.get(path)).status == 404
        assert (await client.put(path, {"number": "1"})).status == 404
        assert (await client.delete(path)).status == 404
    assert (await client.get(f"lists/{friends}/entries/{entry}")).data["number"] == "1"


async def test_entries_go_all_at_once_or_with_their_list(client: Client, served: Served) -> None:
    friends = (await client.put("lists", {"name": "Friends"})).id
    others = (await client.put("lists", {"name": "Others"})).id
    ids = [(await client.put(f"lists/{friends}/entries", {"number": n})).id for n in ("1", "2")]
    kept = (await client.put(f"lists/{others}/entries", {"number": "3"})).id
    removed = await client.delete(f"lists/{friends}/entries")
    assert sorted(removed.data) == sorted(ids)
    assert (await client.get(f"lists/{friends}/entries")).data == []

    await client.put(f"lists/{friends}/entries", {"number": "1"})
    await client.delete(f"lists/{friends}")
    async with served.api.db.connection() as connection:
        left = await connection.fetch("select id from documents where kind = 'list_entry'")
    assert [row["id"] for row in left] == [kept]


async def test_entries_are_checked(client: Client) -> None:
    friends = (await client.put("lists", {"name": "Friends"})).id
    refused = await client.put(
        f"lists/{friends}/entries", {"displayname": "", "capture_group_length": "x"}
    )
    assert {path: list(errors) for path, errors in refused.data.items()} == {
        "displayname": ["minLength"],
        "capture_group_length": ["type"],
    }


async def test_carriers_of_the_system_are_the_superadmins_business(
    client: Client, served: Served
) -> None:
    root = await served.client(ROOT)
    doc = {"name": "Carrier", "gateways": [{"server": "sip.example"}]}
    made = await root.put("/v2/resources", doc)

    assert made.status == 201
    assert made.headers["Location"] == f"/v2/resources/{made.id}"
    assert made.data["gateways"][0]["port"] == 5060
    path = f"/v2/resources/{made.id}"
    assert (await root.get(path)).data == made.data
    assert [row["id"] for row in (await root.get("/v2/resources")).data] == [made.id]
    assert (await root.patch(path, {"enabled": False})).data["enabled"] is False
    assert (await root.of(ROOT).get(f"resources/{made.id}")).status == 200
    for other in (client, await served.client(B)):
        assert (await other.get("/v2/resources")).status == 403
        assert (await other.put("/v2/resources", doc)).status == 403
        assert (await other.delete(path)).status == 403
        assert (await other.get(f"resources/{made.id}")).status == 404
    assert (await root.delete(path)).status == 200
    assert (await root.get(path)).status == 404
