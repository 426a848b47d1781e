"""The envelope around what a client sends and gets, and the headers beside it."""

import io
import re
from dataclasses import replace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from runtime.web.cors import Cors
from runtime.web.dispatch import Dispatch
from runtime.web.resources import every_route
from tests.web.client import Client
from tests.web.conftest import A, Served

JSON = {"Content-Type": "application/json"}


async def test_each_key_stands_where_it_belongs(client: Client) -> None:
    made = await client.put("menus", {"name": "Main"})
    body = made.body
    assert made.headers["Content-Type"] == "application/json"
    assert body["status"] == "success"
    assert re.fullmatch(r"[0-9a-f]{10}", body["node"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["timestamp"])
    assert body["version"]
    assert body["auth_token"] == made.headers["X-Auth-Token"] == client.token
    assert made.headers["ETag"] == f'"{body["revision"]}"'
    assert body["tokens"] == {"consumed": 0, "remaining": 100}
    assert not {"error", "message", "page_size"} & body.keys()

    listed = await client.get("menus")
    assert (listed.body["page_size"], listed.body["revision"]) == (1, listed.headers["ETag"][1:-1])
    public = (await client.with_token(None).get("/v2/schemas")).body
    assert not {"version", "auth_token", "error"} & public.keys()

    refused = (await client.get("menus/none")).body
    assert (refused["status"], refused["error"]) == ("error", "404")
    assert refused["auth_token"] == client.token
    assert {"data", "message", "node", "request_id", "timestamp"} <= refused.keys()
    assert "revision" not in refused


async def test_what_is_charged_is_told(client: Client) -> None:
    unknown = (await client.with_token("x").get("menus")).body
    assert (unknown["tokens"]["consumed"], "auth_token" in unknown) == (1, False)
    assert unknown["tokens"]["remaining"] <= 99
    wrong = {"credentials": "0" * 32, "account_name": "Alpha"}
    failed = (await client.with_token(None).put("/v2/user_auth", wrong)).body
    assert failed["tokens"]["consumed"] == 35


async def test_a_request_has_an_id(client: Client) -> None:
    named = await client.get("menus", headers={"X-Request-ID": "mine-1"})
    assert named.headers["X-Request-ID"] == named.body["request_id"] == "mine-1"
    for header in ({}, {"X-Request-ID": "x" * 200}, {"X-Request-ID": "a b"}):
        made = await client.get("menus/none", headers=header)
        assert re.fullmatch(r"[0-9a-f]{32}", made.body["request_id"])
        assert made.headers["X-Request-ID"] == made.body["request_id"]


async def test_json_is_indented_for_those_who_ask(client: Client) -> None:
    plain = await client.get("menus")
    by_header = await client.get("menus", headers={"X-Pretty-Print": "true"})
    by_query = await client.get("menus/none", params={"pretty_print": "true"})
    unasked = await client.get("menus", params={"pretty_print": "false"})
    assert [reply.raw.count(b"\n") > 5 for reply in (plain, by_header, by_query, unasked)] == [
        False,
        True,
        True,
        False,
    ]


async def test_no_function_is_called_in_other_peoples_pages(client: Client) -> None:
    answer = await client.get("menus", params={"jsonp": "steal"})
    assert (answer.status, answer.raw[:1]) == (200, b"{")


async def test_a_token_in_the_header_wins(client: Client) -> None:
    token = str(client.token)
    asked = client.with_token("none of ours")
    assert (await asked.get("menus", params={"auth_token": token})).status == 401
    assert (await client.get("menus", params={"auth_token": "none of ours"})).status == 200
    nobody = client.with_token(None)
    for authorization in (f"Basic {token}", f"Bearer {token}", token):
        header = {"Authorization": authorization}
        assert (await nobody.get("menus", headers=header)).status == 200
        assert (await nobody.get("menus", params={"authorization": authorization})).status == 200


async def test_a_method_is_tunnelled_through_post(client: Client) -> None:
    made = await client.post("menus", {"name": "Main"}, envelope={"verb": "PUT"})
    assert (made.status, made.headers["Location"]) == (201, f"/v2/accounts/{A}/menus/{made.id}")
    patched = await client.post(f"menus/{made.id}", {"a": 1}, params={"verb": "patch"})
    assert (patched.data["name"], patched.data["a"]) == ("Main", 1)
    assert (await client.post(f"menus/{made.id}", {}, envelope={"Verb": "delete"})).status == 200
    assert (await client.get(f"menus/{made.id}")).status == 404
    assert (await client.post("menus", {}, envelope={"verb": "fly"})).status == 405
    ignored = await client.request("GET", "menus", params={"verb": "PUT"})
    assert (ignored.status, ignored.data) == (200, [])


async def test_a_value_stands_in_data_in_the_query_or_beside_the_data(client: Client) -> None:
    user = (await client.put("users", {"first_name": "Alice", "last_name": "Adams"})).id
    path, action = f"users/{user}/user_auth", {"action": "impersonate_user"}
    nothing = {"action": "nothing"}
    for data, params, envelope in (
        (action, nothing, nothing),
        ({}, action, nothing),
        ({}, {}, action),
    ):
        done = await client.put(path, data, params=params, envelope=envelope)
        assert done.status == 201, done.body
    assert (await client.put(path, nothing, params=action)).status == 400


async def test_what_a_body_may_be(client: Client) -> None:
    path = f"menus/{(await client.put('menus', {'name': 'Main'})).id}"
    assert (await client.patch(path)).status == 200
    bare = await client.session.patch(
        f"{client.base}/v2/accounts/{A}/{path}",
        data=b'{"data": {"b": 1}}',
        headers={"X-Auth-Token": str(client.token)},
        skip_auto_headers=["Content-Type"],
    )
    assert (bare.status, (await bare.json())["data"]["b"]) == (200, 1)

    async def send(text: str) -> Any:
        reply = await client.patch(path, raw=text.encode(), headers=JSON)
        return reply.status, reply.body["message"], reply.data

    status, message, data = await send("{")
    assert (status, message, list(data)) == (400, "validation error", ["json"])
    assert data["json"]["invalid"]["target"] == "body"
    status, message, data = await send("{}")
    required = {"message": "Field is required but missing", "value": "data"}
    assert (status, message, data) == (
        400,
        "invalid request envelope",
        {"data": {"required": required}},
    )
    for wrong in ('{"data": "x"}', '{"data": null}', "[]"):
        status, message, data = await send(wrong)
        assert (status, message, list(data["data"])) == (400, "invalid request envelope", ["type"])
    odd = f'{{"data": {{"c": 1}}, "Auth-Token": "{client.token}"}}'
    answer = await client.with_token(None).patch(path, raw=odd.encode(), headers=JSON)
    assert (answer.status, answer.data["c"]) == (200, 1)


async def test_a_body_has_a_largest_size(client: Client) -> None:
    async def send(size: int) -> tuple[int, Any]:
        before, after = b'{"data": {"name": "Main", "x": "', b'"}}'
        body = before + b"y" * (size - len(before) - len(after)) + after
        async with client.session.put(
            f"{client.base}/v2/accounts/{A}/menus",
            data=io.BytesIO(body),
            headers=JSON | {"X-Auth-Token": str(client.token)},
        ) as reply:
            return reply.status, await reply.json()

    assert (await send(8_000_000))[0] == 201
    status, refused = await send(8_000_001)
    assert (status, refused["message"]) == (413, "validation error")
    assert refused["data"]["file"]["maxSize"]["target"] == 8_000_000


async def test_the_tokens_account_has_a_short_path(client: Client) -> None:
    made = await client.put("/v2/account/menus", {"name": "Main"})
    assert (made.status, made.headers["Location"]) == (201, f"/v2/account/menus/{made.id}")
    assert (await client.get(f"menus/{made.id}")).data == made.data
    assert (await client.get("/v2/account")).data["id"] == A
    assert (await client.with_token(None).get("/v2/account/menus")).status == 401
    assert (await client.with_token("x").get("/v2/account")).status == 401
    assert (await client.get("/v2/account/nothing")).status == 404
    missing = await client.get("/v2/accounts//menus")
    assert (missing.status, missing.body["message"]) == (404, "bad identifier")
    assert missing.data == {"message": "missing account_id"}
    capitals = await client.of(A.upper()).get(f"menus/{made.id}")
    assert capitals.data == made.data


async def test_pages_of_other_servers(client: Client, served: Served) -> None:
    asks = {"Origin": "https://ui.example", "Access-Control-Request-Method": "PUT"}
    nobody = client.with_token(None)
    off = await nobody.request("OPTIONS", "menus", headers=asks)
    assert (off.status, off.raw, off.headers["Allow"]) == (200, b"", "GET, PUT")
    assert not any(name.startswith("Access-Control") for name in off.headers)

    async def told(cors: Cors, token: str | None, headers: dict[str, str]) -> Any:
        app = web.Application()
        Dispatch(served.api.db, every_route(served.api), cors=cors).mount(app)
        async with TestServer(app) as server:
            base = str(server.make_url("")).rstrip("/")
            method = "OPTIONS" if token is None else "GET"
            reply = await replace(client, base=base, token=token).request(
                method, "menus", headers=headers
            )
        start = "Access-Control-"
        return reply.status, {
            name.removeprefix(start): value
            for name, value in reply.headers.items()
            if name.startswith(start)
        }

    every = Cors(("*",))
    status, headers = await told(every, None, asks)
    assert status == 200
    assert headers["Allow-Origin"] == "*"
    assert headers["Allow-Methods"] == "GET, PUT"
    assert headers["Max-Age"] == "86400"
    assert {"Content-Type", "X-Auth-Token", "If-Match"} <= set(headers["Allow-Headers"].split(", "))
    assert {"X-Request-ID", "Location", "ETag"} <= set(headers["Expose-Headers"].split(", "))
    status, headers = await told(every, "none of ours", {"Origin": "https://ui.example"})
    assert (status, headers["Allow-Origin"]) == (401, "*")
    assert (await told(every, client.token, {}))[1] == {}
    one = Cors(("https://ui.example",))
    assert (await told(one, None, asks))[1]["Allow-Origin"] == "https://ui.example"
    assert (await told(one, None, {"Origin": "https://other.example"}))[1] == {}
