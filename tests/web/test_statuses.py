"""Each status that the API answers: its message, its data, and what leads to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from runtime.storage import Database
from runtime.web import listing
from runtime.web.declare import Route
from runtime.web.dispatch import Dispatch
from runtime.web.request import Answer, ApiRequest
from runtime.web.resources import every_route
from tests.storage.ear import run
from tests.storage.relay import Relay
from tests.web.client import Client, Reply
from tests.web.conftest import A, B, Served

ID = "1" * 32


def refused(reply: Reply) -> tuple[int, str, Any]:
    """Return a refusal's status, message and data; its envelope has the same status."""
    assert (reply.body["status"], reply.body["error"]) == ("error", str(reply.status))
    return reply.status, reply.body["message"], reply.data


@asynccontextmanager
async def doing(
    client: Client, db: Database, handle: Callable[[ApiRequest], Awaitable[Answer]]
) -> AsyncIterator[Client]:
    """Serve one route, /v2/accounts/{account_id}/deed, that does this."""
    path = "/accounts/{account_id}/deed"
    route = Route(method="GET", path=path, handle=handle, summary="Do it", tag="deeds")
    app = web.Application()
    Dispatch(db, [route]).mount(app)
    async with TestServer(app) as server:
        yield replace(client, base=str(server.make_url("")).rstrip("/"))


async def test_each_method_has_its_status(client: Client) -> None:
    made = await client.put("menus", {"name": "Main"})
    assert (made.status, "Location" in made.headers) == (201, True)
    path = f"menus/{made.id}"
    assert made.headers["Location"].endswith(path)
    for reply in (
        await client.get("menus"),
        await client.get(path),
        await client.post(path, {"name": "Other"}),
        await client.patch(path, {"name": "Third"}),
        await client.delete(path),
    ):
        assert (reply.status, "Location" in reply.headers) == (200, False)


async def test_unchanged_is_answered_without_a_body(client: Client) -> None:
    made = await client.put("menus", {"name": "Main"})
    tag = ""
    for path in (f"menus/{made.id}", "menus"):
        tag = (await client.get(path)).headers["ETag"]
        for given in (tag, f'"x", {tag}', f"W/{tag}", "*"):
            same = await client.get(path, headers={"If-None-Match": given})
            assert (same.status, same.raw, same.headers["ETag"]) == (304, b"", tag), given
        assert (await client.get(path, headers={"If-None-Match": '"x"'})).status == 200
    await client.put("menus", {"name": "Another"})
    assert (await client.get("menus", headers={"If-None-Match": tag})).status == 200


async def test_a_stale_revision_is_refused_by_every_method_that_writes(client: Client) -> None:
    made = await client.put("menus", {"name": "Main"})
    path = f"menus/{made.id}"
    new = (await client.patch(path, {"name": "New"})).headers["ETag"]
    stale = {"If-Match": made.headers["ETag"]}
    for method in ("POST", "PATCH", "DELETE"):
        late = await client.request(method, path, {"name": "Late"}, headers=stale)
        assert (late.status, late.raw) == (412, b""), method
    assert (await client.get(path)).data["name"] == "New"
    assert (await client.patch(path, {"x": 1}, headers={"If-Match": "*"})).status == 200
    current = (await client.get(path)).headers["ETag"]
    assert new != current
    assert (await client.delete(path, headers={"If-Match": current})).status == 200


async def test_an_id_that_names_nothing_here(client: Client) -> None:
    menu = (await client.put("menus", {"name": "One"})).id
    device = (await client.put("devices", {"name": "One"})).id
    await client.delete(f"menus/{menu}")
    for path, cause in ((f"menus/{menu}", menu), (f"menus/{device}", device), ("users/x", "x")):
        told = refused(await client.get(path))
        assert told == (404, "bad_identifier", {"message": "bad identifier", "cause": cause})
    call = refused(await client.get("channels/nothing"))
    assert call == (404, "bad_identifier", ["nothing"])


async def test_paths_and_parameters_that_lead_nowhere(client: Client) -> None:
    for path in ("/v2", "/v2/nothing", "nothing", "menus/x/y/z"):
        assert refused(await client.get(path)) == (404, "not_found", {"message": "not found"})
    told = refused(await client.get("menus", params={"page_size": "0"}))
    assert told == (404, "faulty_request", {"message": "page size must be at least 1"})
    assert refused(await client.get("/v1/accounts"))[:2] == (410, "gone")


async def test_who_asks_in_vain(client: Client, served: Served) -> None:
    unknown = (401, "invalid_credentials", {"message": "invalid credentials"})
    assert refused(await client.with_token(None).get("menus")) == unknown
    assert refused(await client.with_token("x").get("menus")) == unknown
    foreign = refused(await client.of(B).get("menus"))
    assert foreign == (403, "forbidden", {"message": "forbidden"})
    served.api.buckets.take("127.0.0.1", 100)
    often = await client.with_token("x").get("menus")
    assert refused(often) == (429, "too_many_requests", {"message": "too many requests"})
    assert often.headers["Retry-After"]
    assert (await client.get("menus")).status == 200


async def test_methods_and_types(client: Client) -> None:
    told = refused(await client.with_token("x").delete("menus"))
    assert told == (405, "invalid_method", {"message": "method not allowed"})
    picky = await client.get("menus", headers={"Accept": "image/png"})
    assert (picky.status, picky.raw) == (406, b"")
    assert (await client.get("menus", params={"accept": "image/png"})).status == 406
    for accept in ("application/json", "text/html, */*;q=0.1", "application/*"):
        assert (await client.get("menus", headers={"Accept": accept})).status == 200
    text = await client.put("menus", raw=b"x", headers={"Content-Type": "text/plain"})
    assert refused(text)[:2] == (415, "unsupported_media_type")


async def test_of_two_wrong_things_the_first_in_order_is_told(client: Client) -> None:
    """Each request is wrong in one way less than the one before it."""
    wrong = {"Content-Type": "text/plain", "Accept": "image/png", "If-Match": '"x"'}
    plain = {"Accept": "image/png", "If-Match": '"x"', "Content-Type": "application/json"}
    stale = {"If-Match": '"x"', "Content-Type": "application/json"}
    unknown, body = client.with_token("x"), b'{"data": {"retries": 99}}'
    path = f"menus/{(await client.put('menus', {'name': 'Main'})).id}"
    statuses = [
        (await asking.request(method, where, raw=raw, headers=headers)).status
        for asking, method, where, raw, headers in (
            (unknown, "PATCH", "/v2/accounts/x/nothing", body, wrong),
            (unknown, "PATCH", "/v2/accounts/x/menus", body, wrong),
            (unknown, "PUT", "/v2/accounts/x/menus", body, wrong),
            (unknown, "PATCH", path, body, wrong),
            (client.of(B), "PATCH", path, body, wrong),
            (client, "PATCH", path, b"{", wrong),
            (client, "PATCH", path, b"{", plain),
            (client, "PATCH", path, b"{", stale),
            (client, "PATCH", path, b'{"data": {"retries": 99}}', stale),
            (client, "PATCH", path, b'{"data": {}}', stale),
            (client, "PATCH", path, b'{"data": {}}', {"Content-Type": "application/json"}),
        )
    ]
    assert statuses == [404, 405, 404, 401, 403, 415, 406, 400, 400, 412, 200]


async def test_too_many_rows_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("One", "Two", "Three"):
        await client.put("menus", {"name": name})
    whole = {"paginate": "false"}
    assert len((await client.get("menus", params=whole)).data) == 3
    monkeypatch.setattr(listing, "MAX_UNPAGINATED", 2)
    told = refused(await client.get("menus", params=whole))
    assert told[:2] == (416, "range not satisfiable")


async def test_a_fault_of_the_server_is_told_without_details(
    client: Client, served: Served
) -> None:
    async def fail(_request: ApiRequest) -> Answer:
        raise ValueError("secret")

    async with doing(client, served.api.db, fail) as asking:
        reply = await asking.get("deed")
        assert refused(reply)[:2] == (500, "unspecified_fault")
        assert b"secret" not in reply.raw


async def test_what_the_database_knows_already_is_a_conflict(
    client: Client, served: Served
) -> None:
    async def twice(_request: ApiRequest) -> Answer:
        statement = "insert into documents (account_id, kind, id, doc) values ($1, 'x', $2, '{}')"
        for _ in range(2):
            await run(served.api.db, statement, A, ID)
        return Answer({})

    async with doing(client, served.api.db, twice) as asking:
        assert refused(await asking.get("deed"))[:2] == (409, "datastore_conflict")


async def test_without_the_database_everybody_is_told_to_come_back(
    client: Client, served: Served, url: str
) -> None:
    async with Relay(url) as relay, Database(relay.url) as db:
        app = web.Application()
        api = replace(served.api, db=db)
        Dispatch(db, every_route(api)).mount(app)
        async with TestServer(app) as server:
            asking = replace(client, base=str(server.make_url("")).rstrip("/"))
            assert (await asking.get("menus")).status == 200
            await relay.cut()
            for reply in (await asking.get("menus"), await asking.put("menus", {"name": "x"})):
                assert refused(reply)[:2] == (503, "datastore_unreachable")
            assert (await asking.get("/v2/schemas")).status == 200
            await relay.plug_in()
            assert (await asking.put("menus", {"name": "x"})).status == 201
