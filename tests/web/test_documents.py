"""What every kind of document has in common, shown on menus."""

import asyncio

from tests.storage.ear import rows
from tests.web.client import Client
from tests.web.conftest import BELOW_A, A, B, Served


async def test_a_menu_is_created_with_defaults_under_an_id_of_the_servers(client: Client) -> None:
    made = await client.put("menus", {"name": "Main", "id": "mine", "retries": "2", "x": {"y": 1}})

    assert made.status == 201
    assert len(made.id) == 32
    assert made.headers["Location"] == f"/v2/accounts/{A}/menus/{made.id}"
    assert made.body["status"] == "success"
    assert made.data == {
        "id": made.id,
        "name": "Main",
        "retries": 2,
        "hunt": True,
        "max_extension_length": 4,
        "media": {},
        "suppress_media": False,
        "allow_record_from_offnet": False,
        "x": {"y": 1},
    }
    read = await client.get(f"menus/{made.id}")
    assert (read.status, read.data) == (200, made.data)
    assert read.body["revision"] == made.body["revision"]


async def test_wrong_fields_are_all_named(client: Client) -> None:
    refused = await client.put(
        "menus",
        {"retries": 99, "timeout": "soon", "media": {"greeting": "x"}, "hunt_allow": ""},
    )

    assert refused.status == 400
    assert refused.body["message"] == "validation error"
    assert refused.body["error"] == "400"
    assert {path: list(errors) for path, errors in refused.data.items()} == {
        "name": ["required"],
        "retries": ["maximum"],
        "timeout": ["type"],
        "media.greeting": ["minLength"],
        "hunt_allow": ["minLength"],
    }
    assert refused.data["name"]["required"] == {
        "message": "Field is required but missing",
        "value": "name",
    }
    assert refused.data["timeout"]["type"] == {
        "message": "Value did not match type(s): integer",
        "target": "integer",
        "value": "soon",
    }
    assert refused.data["retries"]["maximum"]["target"] == 10


async def test_post_replaces_and_patch_merges(client: Client) -> None:
    menu = await client.put("menus", {"name": "Main", "a": {"b": 1, "c": 2}, "list": [1, 2]})

    patched = await client.patch(f"menus/{menu.id}", {"a": {"b": None, "d": 3}, "list": [3]})
    assert patched.data["a"] == {"c": 2, "d": 3}
    assert patched.data["list"] == [3]
    assert patched.data["name"] == "Main"

    replaced = await client.post(f"menus/{menu.id}", {"name": "Other", "id": "x" * 32})
    assert replaced.data["id"] == menu.id
    assert "a" not in replaced.data


async def test_a_patch_that_breaks_the_document_is_refused(client: Client) -> None:
    menu = await client.put("menus", {"name": "Main"})
    refused = await client.patch(f"menus/{menu.id}", {"name": None})
    assert (refused.status, list(refused.data)) == (400, ["name"])
    assert (await client.get(f"menus/{menu.id}")).data["name"] == "Main"


async def test_what_is_deleted_is_gone_and_audited(client: Client, served: Served) -> None:
    menu = await client.put("menus", {"name": "Main", "record_pin": "1234"})
    deleted = await client.delete(f"menus/{menu.id}")

    assert deleted.data == menu.data | {"_read_only": {"deleted": True}}
    for method in ("GET", "POST", "PATCH", "DELETE"):
        data = {"name": "x"} if method in ("POST", "PATCH") else None
        gone = await client.request(method, f"menus/{menu.id}", data)
        assert (gone.status, gone.body["message"]) == (404, "bad_identifier")
        assert gone.data == {"message": "bad identifier", "cause": menu.id}
    audited = await rows(
        served.api.db, "select action, actor_account_id, changes from audit order by id"
    )
    assert [row["action"] for row in audited] == ["create", "delete"]
    assert audited[0]["actor_account_id"] == A
    assert audited[0]["changes"]["name"] == [None, "Main"]
    assert audited[0]["changes"]["record_pin"] == [None, "..."]
    assert served.changed == [A, A]


async def test_a_change_of_an_old_revision_is_refused(client: Client) -> None:
    menu = await client.put("menus", {"name": "Main"})
    tag = menu.headers["ETag"]
    assert (await client.get(f"menus/{menu.id}", headers={"If-None-Match": tag})).status == 304
    await client.patch(f"menus/{menu.id}", {"name": "New"})

    late = await client.patch(f"menus/{menu.id}", {"name": "Late"}, headers={"If-Match": tag})
    assert (late.status, late.raw) == (412, b"")
    assert (await client.get(f"menus/{menu.id}", headers={"If-None-Match": tag})).status == 200


async def test_pages_have_each_menu_once_while_others_are_made(client: Client) -> None:
    made = {(await client.put("menus", {"name": f"Menu {n}"})).id for n in range(25)}
    seen: list[str] = []
    start: str | None = None
    while True:
        params = {"page_size": "7"} | ({"start_key": start} if start else {})
        shown, _ = await asyncio.gather(
            client.get("menus", params=params), client.put("menus", {"name": "Another"})
        )
        seen += [row["id"] for row in shown.data]
        assert shown.body["page_size"] == len(shown.data)
        start = shown.body.get("next_start_key")
        if start is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


async def test_filters_and_presence(client: Client) -> None:
    for name, retries, pin in (("One", 1, None), ("Two", 2, "222"), ("Three", 3, "333")):
        await client.put(
            "menus", {"name": name, "retries": retries} | ({"record_pin": pin} if pin else {})
        )

    async def names(**params: str) -> set[str]:
        found = await client.get("menus", params=params)
        assert found.status == 200, found.body
        return {row["name"] for row in found.data}

    assert await names(filter_name="One") == {"One"}
    assert await names(filter_retries="2") == {"Two"}
    assert await names(filter_retries='["1", 3]') == {"One", "Three"}
    assert await names(filter_not_name="One") == {"Two", "Three"}
    assert await names(has_key="record_pin") == {"Two", "Three"}
    assert await names(key_missing="record_pin") == {"One"}
    assert await names(missing_value="media") == {"One", "Two", "Three"}
    assert await names(has_value="record_pin", filter_name="Two") == {"Two"}
    assert await names(created_from="99999999999") == set()
    assert await names(created_from="0") == {"One", "Two", "Three"}
    assert await names(created_from="999999999999") == set()
    assert await names(created_to="99999999999") == {"One", "Two", "Three"}
    assert await names(paginate="false", ascending="true") == {"One", "Two", "Three"}


async def test_the_account_below_is_reached_and_others_are_not(
    client: Client, served: Served
) -> None:
    below = client.of(BELOW_A)
    made = await below.put("menus", {"name": "Below"})
    assert made.status == 201

    unknown = "c" * 32
    answers = [
        await client.of(account_id).get(path)
        for account_id in (B, unknown)
        for path in ("menus", f"menus/{made.id}")
    ]
    assert {(reply.status, reply.body["message"]) for reply in answers} == {(403, "forbidden")}
    up = await served.client(BELOW_A)
    assert (await up.of(A).get("menus")).status == 403
    assert (await client.get(f"menus/{made.id}")).status == 404


async def test_the_order_of_checks(client: Client) -> None:
    nobody = client.with_token(None)
    assert (await nobody.get("/v2/nothing")).status == 404
    wrong_method = await nobody.request("PATCH", "menus", {})
    assert (wrong_method.status, wrong_method.body["message"]) == (405, "invalid_method")
    assert wrong_method.headers["Allow"] == "GET, PUT"
    bad_account = await nobody.get("/v2/accounts/xyz/menus")
    assert (bad_account.status, bad_account.body["message"]) == (404, "bad identifier")
    assert bad_account.data == {"message": "invalid account_id 'xyz'"}
    unknown = await nobody.get("menus")
    assert (unknown.status, unknown.body["message"]) == (401, "invalid_credentials")
    assert (await client.with_token("x").get("menus")).status == 401
    text = await client.put("menus", raw=b"a", headers={"Content-Type": "text/plain"})
    assert text.status == 415
    picky = await client.get("menus", headers={"Accept": "image/png"})
    assert (picky.status, picky.raw) == (406, b"")
    broken = await client.put("menus", raw=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status, list(broken.data)) == (400, ["json"])
    bare = await client.put("menus", raw=b"{}", headers={"Content-Type": "application/json"})
    assert (bare.status, bare.body["message"]) == (400, "invalid request envelope")
    assert (await nobody.get("/v1/accounts")).status == 410


async def test_a_token_may_stand_in_other_places(client: Client) -> None:
    nobody, token = client.with_token(None), str(client.token)
    assert (await nobody.get("menus", params={"auth_token": token})).status == 200
    for scheme in ("Bearer ", ""):
        assert (await nobody.get("menus", headers={"Authorization": scheme + token})).status == 200
    made = await nobody.put("menus", {"name": "Main"}, envelope={"auth_token": token})
    assert (made.status, made.headers["X-Auth-Token"]) == (201, token)
    tunnelled = await nobody.post(
        f"menus/{made.id}", {"name": "New"}, envelope={"auth_token": token, "verb": "patch"}
    )
    assert (tunnelled.status, tunnelled.data["name"]) == (200, "New")


async def test_what_cannot_be_stored_is_refused(client: Client) -> None:
    for name in ("\0", "\ud800"):
        assert (await client.put("menus", {"name": name})).status == 400
    huge = await client.put("menus", {"name": "x", "n": 10**40})
    assert (huge.status, list(huge.data)) == (400, ["n"])
    deep: dict[str, object] = {"name": "x"}
    for _ in range(300):
        deep = {"name": "x", "y": deep}
    assert (await client.put("menus", deep)).status == 400
    nul = await client.get("menus", params={"filter_name": "\0"})
    assert nul.status == 400
    for size in ("0", "-1", "x"):
        bad = await client.get("menus", params={"page_size": size})
        assert (bad.status, bad.body["message"]) == (404, "faulty_request")
    for key in ("x", "!!", "WzFd"):
        assert (await client.get("menus", params={"start_key": key})).status == 404
