"""Accounts: made below each other, changed, moved and deleted."""

import asyncio

import pytest

from tests.storage.ear import rows, run
from tests.web.client import Client
from tests.web.conftest import BELOW_A, ROOT, A, B, Served


async def _new(client: Client, name: str, **doc: object) -> Client:
    """Make an account below the client's; return the same client with its paths."""
    made = await client.put("", {"name": name, **doc})
    assert made.status == 201, made.body
    return client.of(made.id)


async def test_an_account_is_made_with_defaults_below_the_one_in_the_path(client: Client) -> None:
    made = await client.put("", {"name": "Shop", "id": "mine", "zones": {"home": "here"}})

    assert made.status == 201
    assert made.headers["Location"] == f"/v2/accounts/{made.id}"
    realm = made.data["realm"]
    assert realm.endswith(".a.example")
    assert len(realm) == len("abcdef.a.example")
    assert made.data == {
        "id": made.id,
        "name": "Shop",
        "realm": realm,
        "enabled": True,
        "call_restriction": {},
        "music_on_hold": {},
        "preflow": {},
        "ringtones": {},
        "zones": {"home": "here"},
    }
    read = await client.of(made.id).get("")
    assert (read.status, read.data, read.headers["ETag"]) == (200, made.data, made.headers["ETag"])


async def test_an_account_is_made_below_the_tokens_own(client: Client) -> None:
    made = await client.put("/v2/accounts", {"name": "Shop", "realm": "Shop.Example"})
    assert (made.status, made.data["realm"]) == (201, "shop.example")
    assert [row["id"] for row in (await client.get("children")).data].count(made.id) == 1


async def test_a_new_account_has_its_parents_time_zone(client: Client) -> None:
    await client.patch("", {"timezone": "Europe/Berlin"})
    assert (await client.put("", {"name": "One"})).data["timezone"] == "Europe/Berlin"
    other = await client.put("", {"name": "Two", "timezone": "Europe/Paris"})
    assert other.data["timezone"] == "Europe/Paris"


async def test_a_realm_is_made_up_for_a_parent_without_one(client: Client, served: Served) -> None:
    await run(served.api.db, "update accounts set realm = null where id = $1", A)
    made = await client.put("", {"name": "One"})
    assert made.data["realm"].endswith(".callflow.invalid")


async def test_wrong_fields_are_named(client: Client) -> None:
    refused = await client.put(
        "",
        {
            "realm": "no realm!",
            "timezone": "x",
            "preflow": {"never": 1},
            "call_restriction": {"did_us": {"action": "maybe"}},
            "call_recording": {"account": {"any": {"any": {"time_limit": 1}}}},
            "caller_id": {"external": {"number": "1" * 36}},
            "dial_plan": {"^(.)$": {"prefix": 1}},
            "metaflows": {"numbers": {"x": {"module": "hold"}}},
        },
    )

    assert refused.status == 400
    assert {path: list(errors) for path, errors in refused.data.items()} == {
        "name": ["required"],
        "realm": ["pattern"],
        "timezone": ["minLength"],
        "preflow.never": ["additionalProperties"],
        "call_restriction.did_us.action": ["enum"],
        "call_recording.account.any.any.time_limit": ["minimum"],
        "caller_id.external.number": ["maxLength"],
        "dial_plan.^(%2E)$.prefix": ["type"],
        "metaflows.numbers.x": ["additionalProperties"],
    }
    dance = {"numbers": {"2": {"module": "dance"}}}
    refused = await client.put("", {"name": "Below", "metaflows": dance})
    module = refused.data["metaflows.numbers.2.module"]["error"]
    assert module["message"] == "unable to find metaflow schema for module dance"


@pytest.mark.parametrize("place", ["gopher://example.com", "http://127.0.0.1/x", "ftp://10.0.0.1"])
async def test_recordings_are_not_sent_into_the_own_network(client: Client, place: str) -> None:
    recording = {"endpoint": {"any": {"any": {"enabled": True, "url": place}}}}
    refused = await client.patch("", {"call_recording": recording})
    assert (refused.status, list(refused.data)) == (400, ["call_recording.endpoint.any.any.url"])


async def test_names_and_realms_are_unique_in_the_system(client: Client) -> None:
    same_name = await client.put("", {"name": "BETA!"})
    assert (same_name.status, list(same_name.data)) == (400, ["name"])
    told = {"message": "Account name already in use", "cause": "BETA!"}
    assert same_name.data["name"] == {"unique": told}

    same_realm = await client.patch("", {"realm": "B.example"})
    told = {"message": "Account realm already in use", "cause": "b.example"}
    assert (same_realm.status, same_realm.data) == (400, {"realm": {"unique": told}})
    assert B not in same_realm.raw.decode() + same_name.raw.decode()
    assert (await client.patch("", {"name": "ALPHA"})).status == 200


async def test_of_two_at_once_one_gets_the_name(client: Client, served: Served) -> None:
    root = await served.client(ROOT)
    parents = (client, root.of(B), root, client.of(BELOW_A))
    made = await asyncio.gather(*(parent.put("", {"name": "Same"}) for parent in parents))
    assert sorted(reply.status for reply in made) == [201, 400, 400, 400]


async def test_post_replaces_and_patch_merges(client: Client) -> None:
    await client.patch("", {"language": "de-de", "notes": {"a": 1, "b": 2}})
    patched = await client.patch("", {"notes": {"a": None}, "enabled": True})
    assert patched.data["notes"] == {"b": 2}
    assert patched.data["language"] == "de-de"

    replaced = await client.post("", {"name": "Alpha two"})
    assert (replaced.data["name"], replaced.data["realm"]) == ("Alpha two", "a.example")
    assert "language" not in replaced.data
    assert (await client.post("", {"realm": "x.example"})).status == 400


async def test_a_change_of_an_old_revision_is_refused(client: Client) -> None:
    tag = (await client.get("")).headers["ETag"]
    assert (await client.get("", headers={"If-None-Match": tag})).status == 304
    assert (await client.patch("", {"language": "fr-fr"}, headers={"If-Match": tag})).status == 200
    assert (await client.patch("", {"language": "de-de"}, headers={"If-Match": tag})).status == 412


async def test_writes_are_audited_and_told(client: Client, served: Served) -> None:
    shop = await _new(client, "Shop")
    await shop.patch("", {"language": "de-de"})
    await shop.delete("")

    audited = await rows(
        served.api.db,
        "select action, actor_account_id, document_id, changes from audit"
        " where account_id = $1 and kind = 'account' order by id",
        shop.account_id,
    )
    assert [row["action"] for row in audited] == ["create", "change", "delete"]
    assert {row["actor_account_id"] for row in audited} == {A}
    assert {row["document_id"] for row in audited} == {shop.account_id}
    assert audited[0]["changes"]["name"] == [None, "Shop"]
    assert audited[1]["changes"] == {"language": [None, "de-de"]}
    assert served.changed == [A, shop.account_id, shop.account_id, shop.account_id]


async def test_what_is_deleted_is_gone_with_all_it_had(client: Client, served: Served) -> None:
    shop = await _new(client, "Shop")
    menu = await shop.put("menus", {"name": "Main"})
    own = await served.client(shop.account_id)
    db = served.api.db
    await run(
        db,
        "insert into documents (account_id, id, kind, doc) values ($1, 'phone', 'device', $2),"
        " ($1, 'alice', 'user', '{}')",
        shop.account_id,
        {"sip": {"username": "alice", "password": "secret"}},
    )
    await run(
        db,
        "insert into callflows (account_id, doc) values ($1, $2)",
        shop.account_id,
        {"numbers": ["1"], "flow": {"module": "hangup", "data": {}}},
    )
    await run(db, "insert into phone_numbers values ('+14158867900', $1)", shop.account_id)
    await run(
        db, "insert into credentials values ($1, 'alice', 'alice', 'x', 'x')", shop.account_id
    )
    assert len(await rows(db, "select from ps_endpoints")) == 1

    deleted = await shop.delete("")
    assert (deleted.status, deleted.data["_read_only"]) == (200, {"deleted": True})
    assert deleted.data["name"] == "Shop"
    for table in ("ps_endpoints", "phone_numbers", "credentials", "callflows", "documents"):
        assert await rows(db, f"select from {table}") == [], table
    assert (await shop.get("")).status == 403
    root = await served.client(ROOT)
    assert (await root.of(shop.account_id).get("")).status == 404
    assert (await own.get(f"menus/{menu.id}")).status == 401
    assert (await client.put("", {"name": "Shop"})).status == 201


async def test_an_account_with_others_below_it_is_not_deleted(served: Served) -> None:
    root = await served.client(ROOT)
    refused = await root.of(A).delete("")
    assert (refused.status, refused.body["message"]) == (400, "invalid data")
    assert "below it" in refused.data["message"]
    assert (await root.of(A).get("")).status == 200


async def test_an_account_does_not_delete_itself(served: Served) -> None:
    own = await served.client(B)
    assert (await own.delete("")).status == 400
    assert (await own.get("")).status == 200


async def test_listings_reach_as_far_as_the_token(client: Client, served: Served) -> None:
    first, second = await _new(client, "First"), await _new(client, "Second")
    deep = await _new(first, "Deep", realm="deep.example", flags=["x"])

    async def names(of: Client, listing: str) -> set[str]:
        found = await of.get(listing)
        assert found.status == 200, found.body
        return {row["name"] for row in found.data}

    assert await names(client, "children") == {"First", "Second", "Below"}
    assert await names(client, "descendants") == {"First", "Second", "Below", "Deep"}
    assert await names(deep, "parents") == {"Alpha", "First"}
    assert [row["name"] for row in (await deep.get("tree")).data] == ["Alpha", "First"]
    assert await names(second, "siblings") == {"First", "Second", "Below"}
    row = next(row for row in (await client.get("descendants")).data if row["name"] == "Deep")
    assert row == {
        "id": deep.account_id,
        "name": "Deep",
        "realm": "deep.example",
        "enabled": True,
        "flags": ["x"],
        "descendants_count": 0,
    }
    children = {
        row["name"]: row["descendants_count"] for row in (await client.get("children")).data
    }
    assert children == {"First": 1, "Second": 0, "Below": 0}

    own = await served.client(deep.account_id)
    for listing in ("parents", "tree", "siblings", "children", "descendants"):
        assert await names(own, listing) == set()
    of_first = await served.client(first.account_id)
    assert await names(of_first.of(deep.account_id), "parents") == {"First"}
    assert await names(of_first, "siblings") == set()


async def test_listings_have_pages_and_filters(client: Client) -> None:
    for number in range(7):
        await _new(client, f"Shop {number}", language="de-de" if number % 2 else "en-us")
    seen: list[str] = []
    start = None
    while True:
        params = {"page_size": "3", "ascending": "true"} | ({"start_key": start} if start else {})
        page = await client.get("children", params=params)
        seen += [row["name"] for row in page.data]
        start = page.body.get("next_start_key")
        if start is None:
            break
    assert seen == ["Below", *(f"Shop {number}" for number in range(7))]
    german = await client.get("children", params={"filter_language": "de-de", "fields": "name"})
    assert [row["name"] for row in german.data] == ["Shop 5", "Shop 3", "Shop 1"]
    one = await client.get("children", params={"filter_name": "Shop 1", "paginate": "false"})
    assert ([row["name"] for row in one.data], one.body.get("page_size")) == (["Shop 1"], None)


async def test_a_move_changes_who_reaches_the_account(client: Client, served: Served) -> None:
    root, other = await served.client(ROOT), await served.client(B)
    shop = await _new(client, "Shop")
    deep = await _new(shop, "Deep")
    assert (await other.of(deep.account_id).get("")).status == 403

    denied = await client.of(shop.account_id).post("move", {"to": BELOW_A})
    assert (denied.status, denied.body["message"]) == (403, "forbidden")
    moved = await root.of(shop.account_id).post("move", {"to": B})
    assert (moved.status, moved.data["name"]) == (200, "Shop")

    assert (await other.of(deep.account_id).get("")).status == 200
    assert (await client.of(shop.account_id).get("")).status == 403
    assert (await client.of(deep.account_id).get("")).status == 403
    audited = await rows(
        served.api.db,
        "select changes from audit where account_id = $1 order by id desc limit 1",
        shop.account_id,
    )
    assert audited == [{"changes": {"parent_id": [A, B]}}]


async def test_a_move_that_leads_nowhere_is_refused(served: Served) -> None:
    root = (await served.client(ROOT)).of(A)
    for to, keyword in ((BELOW_A, "invalid"), (A, "invalid"), ("c" * 32, "not_found")):
        refused = await root.post("move", {"to": to})
        assert (refused.status, list(refused.data["to"])) == (400, [keyword])
    assert list((await root.post("move", {})).data) == ["to"]


async def test_seeded_accounts_keep_working(served: Served) -> None:
    await run(
        served.api.db,
        "insert into accounts (id, name, doc) values ($1, 'Alpha', $3), ($2, 'Alpha', $3)",
        "d" * 32,
        "e" * 32,
        {"language": "de-de"},
    )
    seeded = await served.client("d" * 32)
    read = await seeded.get("")
    assert read.data == {"id": "d" * 32, "name": "Alpha", "enabled": True, "language": "de-de"}
    patched = await seeded.patch("", {"language": "fr-fr"})
    assert (patched.status, patched.data["name"]) == (200, "Alpha")
    assert "realm" not in patched.data
    assert (await seeded.get("siblings")).data == []


async def test_the_api_key_is_shown_once(client: Client, served: Served) -> None:
    assert (await client.get("api_key")).data == {}
    made = await client.put("api_key")
    assert (made.status, len(made.data["api_key"])) == (201, 64)
    shown = await client.get("api_key")
    assert list(shown.data) == ["created"]
    audited = await rows(served.api.db, "select changes from audit where kind = 'api_key'")
    assert audited == [{"changes": {"api_key": [None, "..."]}}]
