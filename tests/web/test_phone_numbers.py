"""Public numbers: given to accounts, changed, and taken away."""

from runtime.storage.phone_numbers import account_of_number
from tests.storage.ear import rows, run
from tests.web.client import Client
from tests.web.conftest import BELOW_A, ROOT, A, B, Served

NUMBER, SECOND, FOREIGN = "+14158867900", "+14158867901", "+14158867999"


async def test_a_number_given_to_an_account_gets_its_calls(client: Client, served: Served) -> None:
    made = await client.put(f"phone_numbers/{NUMBER}", {"cnam": {"display_name": "Alpha"}, "x": 1})

    assert made.status == 201
    assert made.headers["Location"] == f"/v2/accounts/{A}/phone_numbers/{NUMBER}"
    created = made.data["created"]
    assert created > 63_000_000_000
    assert made.data == {
        "id": NUMBER,
        "assigned_to": A,
        "state": "in_service",
        "features": ["cnam"],
        "created": created,
        "updated": created,
        "cnam": {"display_name": "Alpha"},
        "x": 1,
    }
    assert await account_of_number(served.api.db, NUMBER) == A
    for written in (NUMBER, "%2B14158867900", "4158867900", "14158867900"):
        read = await client.get(f"phone_numbers/{written}")
        assert (read.status, read.data) == (200, made.data), written
    again = await client.put(f"phone_numbers/{NUMBER}", {})
    assert (again.status, again.body["message"]) == (409, "number_exists")


async def test_post_replaces_and_patch_merges(client: Client) -> None:
    await client.put(f"phone_numbers/{NUMBER}", {"a": {"b": 1, "c": 2}, "carrier_name": "x"})
    patched = await client.patch(f"phone_numbers/{NUMBER}", {"a": {"b": None}})
    assert (patched.data["a"], patched.data["carrier_name"]) == ({"c": 2}, "x")
    tag = patched.headers["ETag"]
    replaced = await client.post(f"phone_numbers/{NUMBER}", {"y": 1, "state": "port_in", "id": "z"})
    assert (replaced.data["id"], replaced.data["state"]) == (NUMBER, "in_service")
    assert "a" not in replaced.data
    old = {"If-Match": tag}
    assert (await client.patch(f"phone_numbers/{NUMBER}", {"y": 2}, headers=old)).status == 412
    wrong = await client.patch(
        f"phone_numbers/{NUMBER}", {"carrier_name": "", "e911": {"region": "CAL"}}
    )
    assert {path: list(errors) for path, errors in wrong.data.items()} == {
        "carrier_name": ["minLength"],
        "e911.region": ["maxLength"],
        "e911.locality": ["required"],
        "e911.postal_code": ["required"],
        "e911.street_address": ["required"],
    }


async def test_a_number_taken_away_is_nobodys(client: Client, served: Served) -> None:
    made = await client.put(f"phone_numbers/{NUMBER}", {})
    deleted = await client.delete(f"phone_numbers/{NUMBER}")
    assert deleted.data == made.data | {"_read_only": {"deleted": True}}
    assert await account_of_number(served.api.db, NUMBER) is None
    for method in ("GET", "POST", "PATCH", "DELETE"):
        gone = await client.request(method, f"phone_numbers/{NUMBER}", {})
        assert (gone.status, gone.body["message"]) == (404, "bad_identifier")
    audited = await rows(served.api.db, "select action, kind, document_id from audit order by id")
    assert audited == [
        {"action": action, "kind": "phone_number", "document_id": NUMBER}
        for action in ("create", "delete")
    ]
    assert served.changed == [A, A]


async def test_a_reserved_number_has_no_calls_yet(client: Client, served: Served) -> None:
    made = await client.put(f"phone_numbers/{NUMBER}", {"create_with_state": "reserved"})
    assert made.data["state"] == "reserved"
    assert "create_with_state" not in made.data
    assert await account_of_number(served.api.db, NUMBER) is None
    for action, state, owner in (
        ("activate", "in_service", A),
        ("reserve", "reserved", None),
        ("port", "port_in", A),
    ):
        changed = await client.put(f"phone_numbers/{NUMBER}/{action}", {})
        assert (changed.status, changed.data["state"]) == (200, state)
        assert await account_of_number(served.api.db, NUMBER) == owner
    assert (await client.put(f"phone_numbers/{SECOND}/activate", {})).status == 404


async def test_a_foreign_number_is_answered_as_an_unknown_one(
    client: Client, served: Served
) -> None:
    await run(served.api.db, "insert into phone_numbers values ($1, $2)", FOREIGN, B)
    for method in ("GET", "POST", "PATCH", "DELETE"):
        foreign = await client.request(method, f"phone_numbers/{FOREIGN}", {})
        unknown = await client.request(method, f"phone_numbers/{SECOND}", {})
        assert (foreign.status, foreign.body["message"]) == (404, "bad_identifier")
        assert foreign.data == unknown.data | {"cause": FOREIGN}
    for path in ("identify", "activate"):
        method = "GET" if path == "identify" else "PUT"
        reply = await client.request(method, f"phone_numbers/{FOREIGN}/{path}", None)
        assert reply.status == 404
    taken = await client.put(f"phone_numbers/{FOREIGN}", {})
    assert (taken.status, taken.body["message"]) == (403, "forbidden")
    assert taken.data == {"message": f"unauthorized to use {FOREIGN}"}
    assert await account_of_number(served.api.db, FOREIGN) == B


async def test_numbers_come_from_the_accounts_above(client: Client, served: Served) -> None:
    own = await served.client(BELOW_A)
    denied = await own.put(f"phone_numbers/{NUMBER}", {})
    assert (denied.status, denied.body["message"]) == (403, "forbidden")
    assert (await own.post("phone_numbers/check", {"numbers": [NUMBER]})).data == {NUMBER: "error"}

    assert (await client.of(BELOW_A).put(f"phone_numbers/{NUMBER}", {})).status == 201
    assert (await own.patch(f"phone_numbers/{NUMBER}", {"x": 1})).status == 200
    root = await served.client(ROOT)
    assert (await root.of(BELOW_A).put(f"phone_numbers/{SECOND}", {})).status == 201
    identified = await client.get(f"phone_numbers/{NUMBER}/identify")
    assert identified.data == {"number": NUMBER, "account_id": BELOW_A}


async def test_what_is_no_number_is_not_found(client: Client) -> None:
    for wrong in ("x", "+", "+0123", "+" + "1" * 20, "2000"):
        for method in ("GET", "PUT"):
            reply = await client.request(method, f"phone_numbers/{wrong}", {})
            assert (reply.status, reply.data["cause"]) == (404, wrong)


async def test_the_list_is_an_object_in_pages(client: Client, served: Served) -> None:
    numbers = [f"+1415886790{digit}" for digit in range(5)]
    for number in numbers:
        await client.put(f"phone_numbers/{number}", {})
    await client.put(f"phone_numbers/{numbers[0]}/reserve", {})
    await client.of(BELOW_A).put(f"phone_numbers/{FOREIGN}", {})
    await run(
        served.api.db,
        "insert into callflows (account_id, doc) values ($1, $2)",
        A,
        {"numbers": [numbers[4]], "flow": {"module": "hangup", "data": {}}},
    )

    first = await client.get("phone_numbers", params={"page_size": "3"})
    assert list(first.data["numbers"]) == [numbers[4], numbers[3], numbers[2]]
    assert first.data["cascade_quantity"] == 6
    assert first.body["page_size"] == 3
    assert first.data["numbers"][numbers[4]]["used_by"] == "callflow"
    assert "used_by" not in first.data["numbers"][numbers[3]]
    start = first.body["next_start_key"]
    second = await client.get("phone_numbers", params={"page_size": "3", "start_key": start})
    assert list(second.data["numbers"]) == [numbers[1], numbers[0]]
    assert "next_start_key" not in second.body

    reserved = await client.get("phone_numbers", params={"filter_state": "reserved"})
    assert list(reserved.data["numbers"]) == [numbers[0]]
    mine = await client.get(
        "phone_numbers", params={"filter_assigned_to": A, "paginate": "false", "ascending": "true"}
    )
    assert list(mine.data["numbers"]) == numbers


async def test_many_numbers_at_once(client: Client, served: Served) -> None:
    await run(served.api.db, "insert into phone_numbers values ($1, $2)", FOREIGN, B)
    wanted = {"numbers": [NUMBER, "4158867901", FOREIGN, "x"], "carrier_name": "local"}

    made = await client.put("phone_numbers/collection", wanted)
    assert made.status == 201
    assert set(made.data["success"]) == {NUMBER, SECOND}
    assert made.data["success"][SECOND]["carrier_name"] == "local"
    assert {n: error["code"] for n, error in made.data["error"].items()} == {FOREIGN: 403, "x": 404}

    patched = await client.patch("phone_numbers/collection", {"numbers": [NUMBER], "a": 1})
    assert patched.data["success"][NUMBER]["carrier_name"] == "local"
    replaced = await client.post("phone_numbers/collection", {"numbers": [NUMBER, FOREIGN], "b": 1})
    assert "carrier_name" not in replaced.data["success"][NUMBER]
    assert replaced.data["error"][FOREIGN]["code"] == 404
    deleted = await client.delete("phone_numbers/collection", {"numbers": [NUMBER, SECOND]})
    assert set(deleted.data["success"]) == {NUMBER, SECOND}
    assert (await client.get("phone_numbers")).data["numbers"] == {}
    assert (await client.put("phone_numbers/collection", {})).status == 400


async def test_which_numbers_can_be_had(client: Client, served: Served) -> None:
    await run(served.api.db, "insert into phone_numbers values ($1, $2)", FOREIGN, B)
    checked = await client.post("phone_numbers/check", {"numbers": ["4158867900", FOREIGN, "x"]})
    assert checked.data == {"4158867900": "success", FOREIGN: "error", "x": "error"}


async def test_the_classes_of_numbers(client: Client) -> None:
    table = (await client.get("phone_numbers/classifiers")).data
    assert {"did_us", "tollfree_us", "emergency", "international"} <= table.keys()
    for number, name in (
        ("4158867900", "did_us"),
        ("+18005550100", "tollfree_us"),
        ("911", "emergency"),
        ("+4930123456", "international"),
        ("2000", "unknown"),
    ):
        found = await client.get(f"phone_numbers/classifiers/{number}")
        assert found.data["name"] == name
    assert (await client.get("phone_numbers/classifiers/x")).status == 404
