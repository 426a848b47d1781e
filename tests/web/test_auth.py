"""Logging in, and what a token is good for."""

import asyncio
import hashlib
from collections import Counter
from typing import Any

import pytest

from runtime.accounts.passwords import hashes_of, is_hashed
from runtime.storage import credentials
from runtime.web import buckets
from tests.storage.ear import rows, run
from tests.web.client import Client, Reply
from tests.web.conftest import BELOW_A, ROOT, A, B, Served

ALICE, BOB = "1" * 31 + "a", "1" * 31 + "b"


@pytest.fixture
async def nobody(served: Served, client: Client) -> Client:
    """Return a client without a token; in account A are alice, an admin, and bob, who is none."""
    for user_id, name, priv_level in ((ALICE, "alice", "admin"), (BOB, "bob", "user")):
        await run(
            served.api.db,
            "insert into documents (account_id, id, kind, doc) values ($1, $2, 'user', $3)",
            A,
            user_id,
            {"first_name": name, "last_name": "x", "username": name, "priv_level": priv_level},
        )
        async with served.api.db.connection() as connection:
            hashes = await hashes_of(A, name, f"{name}'s secret")
            await credentials.set_credentials(connection, A, user_id, name, *hashes)
    return client.with_token(None)


def digest(username: str, password: str, method: str = "md5") -> str:
    return hashlib.new(method, f"{username}:{password}".encode()).hexdigest()


async def log_in(client: Client, username: str = "alice", **more: Any) -> Reply:
    data = {"credentials": digest(username, f"{username}'s secret"), "account_name": "Alpha"}
    return await client.put("/v2/user_auth", data | more)


async def test_a_user_logs_in(nobody: Client) -> None:
    reply = await log_in(nobody)

    assert reply.status == 201
    token = reply.body["auth_token"]
    assert reply.headers["X-Auth-Token"] == token
    assert reply.data == {
        "account_id": A,
        "account_name": "Alpha",
        "owner_id": ALICE,
        "apps": [],
        "capabilities": {},
        "is_master_account": False,
        "is_reseller": False,
        "language": "en-us",
        "reseller_id": A,
        "ui_config": {},
    }
    alice = nobody.with_token(token)
    assert (await alice.put("menus", {"name": "Main"})).status == 201
    described = (await alice.get("/v2/token_auth")).data
    assert described.pop("exp") > 0
    assert described == reply.data


async def test_an_account_is_named_in_several_ways(nobody: Client, served: Served) -> None:
    await run(served.api.db, "insert into phone_numbers values ('+14158867900', $1)", A)
    for way in (
        {"account_name": "  aLPHA!"},
        {"account_name": None, "account_realm": "A.example"},
        {"account_name": None, "phone_number": "4158867900"},
    ):
        assert (await log_in(nobody, **way)).status == 201, way
    unnamed = await log_in(nobody, account_name=None)
    assert (unnamed.status, list(unnamed.data)) == (400, ["account_name"])


async def test_sha_credentials(nobody: Client) -> None:
    sha = digest("alice", "alice's secret", "sha1")
    assert (await log_in(nobody, credentials=sha, method="sha")).status == 201
    assert (await log_in(nobody, credentials=sha.upper(), method="sha")).status == 201
    assert (await log_in(nobody, credentials=sha)).status == 401
    unknown = await log_in(nobody, method="crc")
    assert (unknown.status, list(unknown.data["method"])) == (400, ["enum"])


async def test_digests_from_kazoo_are_hashed_when_they_are_used(
    nobody: Client, served: Served
) -> None:
    md5, sha1 = digest("bob", "old"), digest("bob", "old", "sha1")
    async with served.api.db.connection() as connection:
        await credentials.set_credentials(connection, A, BOB, "bob", md5, sha1)

    for sent, method in ((md5, "md5"), (md5, "md5"), (sha1, "sha")):
        assert (await log_in(nobody, credentials=sent, method=method)).status == 201
        async with served.api.db.connection() as connection:
            stored = await credentials.of_username(connection, A, "Bob")
        assert stored is not None
        assert is_hashed(stored.md5)
        assert stored.sha1 is not None
        assert is_hashed(stored.sha1)
    stolen = (await rows(served.api.db, "select md5 from credentials where user_id = $1", BOB))[0]
    assert (await log_in(nobody, credentials=stolen["md5"])).status == 401


async def test_all_who_fail_are_told_the_same(nobody: Client, served: Served) -> None:
    async def disabled(value: object) -> Reply:
        await run(
            served.api.db,
            "update documents set doc = doc || jsonb_build_object('enabled', $2::bool)"
            " where id = $1",
            BOB,
            value,
        )
        return await log_in(nobody, "bob")

    async def told(reply: Reply) -> tuple[int, str, Any]:
        served.api.buckets.give_back("127.0.0.1", buckets.LOGIN_COST)
        return reply.status, reply.body["message"], reply.data

    failed = [
        await told(await log_in(nobody, credentials=digest("alice", "wrong"))),
        await told(await log_in(nobody, "carol")),
        await told(await log_in(nobody, account_name="Nowhere")),
        await told(await log_in(nobody, account_name="Beta")),
        await told(await log_in(nobody, credentials="x")),
        await told(await log_in(nobody, account_name=None, phone_number="x")),
        await told(await disabled(value=False)),
    ]
    expected = (401, "invalid_credentials", {"message": "invalid credentials"})
    assert failed == [expected] * 7
    assert (await disabled(value=True)).status == 201


async def test_an_account_name_of_two_is_nobodys(nobody: Client, served: Served) -> None:
    await run(served.api.db, "insert into accounts (name) values ('alpha')")
    assert (await log_in(nobody)).status == 401
    assert (await log_in(nobody, account_realm="a.example")).status == 201


async def test_a_disabled_account_is_told_to_those_who_belong_there(
    nobody: Client, served: Served, client: Client
) -> None:
    key = (await client.put("api_key")).data["api_key"]
    token = (await log_in(nobody)).body["auth_token"]
    await run(served.api.db, "update accounts set enabled = false where id = $1", A)

    refused = await log_in(nobody)
    assert (refused.status, list(refused.data["account"])) == (400, ["disabled"])
    assert (await log_in(nobody, credentials=digest("alice", "wrong"))).status == 401
    assert (await nobody.put("/v2/api_auth", {"api_key": key})).status == 400
    assert (await nobody.with_token(token).get("menus")).status == 401


async def test_who_fails_often_waits_and_who_succeeds_does_not(
    nobody: Client, served: Served
) -> None:
    served.api.buckets.take("127.0.0.1", 30)
    for _ in range(5):
        assert (await log_in(nobody)).status == 201
    statuses = [(await log_in(nobody, credentials=digest("alice", "x"))).status for _ in range(3)]
    assert statuses == [401, 401, 429]
    late = await log_in(nobody)
    assert (late.status, late.body["message"]) == (429, "too_many_requests")
    assert "Retry-After" in late.headers
    assert (await nobody.put("/v2/api_auth", {"api_key": "0" * 64})).status == 429


async def test_many_attempts_at_once_are_not_for_free(nobody: Client, served: Served) -> None:
    served.api.buckets.take("127.0.0.1", 30)
    wrong = {"credentials": digest("alice", "x")}
    replies = await asyncio.gather(*(log_in(nobody, **wrong) for _ in range(20)))
    assert Counter(reply.status for reply in replies) == {401: 2, 429: 18}


async def test_the_same_password_is_hashed_otherwise_elsewhere() -> None:
    here, there = await hashes_of(A, "Alice", "secret"), await hashes_of(B, "alice", "secret")
    assert len({*here, *there}) == 4
    assert await hashes_of(A, "alice", "secret") == here


async def test_a_key_opens_its_account_until_the_next_one(nobody: Client, client: Client) -> None:
    key = (await client.put("api_key")).data["api_key"]
    reply = await nobody.put("/v2/api_auth", {"api_key": key})
    assert (reply.status, reply.data["account_id"]) == (201, A)
    assert "owner_id" not in reply.data
    token = reply.body["auth_token"]
    assert (await nobody.with_token(token).put("menus", {"name": "Main"})).status == 201

    extra = await nobody.put("/v2/api_auth", {"api_key": key, "x": 1})
    assert (extra.status, list(extra.data)) == (400, ["x"])
    short = await nobody.put("/v2/api_auth", {"api_key": "x"})
    assert (short.status, list(short.data["api_key"])) == (400, ["minLength"])

    await client.put("api_key")
    ended = await nobody.put("/v2/api_auth", {"api_key": key})
    assert (ended.status, ended.body["message"], ended.data) == (404, "bad identifier", [key])


async def test_a_user_without_the_privilege_may_only_read(nobody: Client) -> None:
    bob = nobody.with_token((await log_in(nobody, "bob")).body["auth_token"])
    alice = nobody.with_token((await log_in(nobody)).body["auth_token"])
    menu = await alice.put("menus", {"name": "Main"})

    assert (await bob.get("menus")).status == 200
    assert (await bob.get("")).status == 200
    for method, path in (
        ("PUT", "menus"),
        ("POST", f"menus/{menu.id}"),
        ("PATCH", f"menus/{menu.id}"),
        ("DELETE", f"menus/{menu.id}"),
        ("PATCH", ""),
        ("PUT", ""),
        ("PUT", "/v2/accounts"),
        ("PUT", "api_key"),
        ("PUT", f"users/{ALICE}/user_auth"),
    ):
        denied = await bob.request(method, path, {"name": "x", "action": "impersonate_user"})
        assert (denied.status, denied.body["message"]) == (403, "forbidden"), (method, path)


async def test_a_token_ends(nobody: Client, served: Served) -> None:
    first = nobody.with_token((await log_in(nobody)).body["auth_token"])
    second = nobody.with_token((await log_in(nobody)).body["auth_token"])
    assert (await first.delete("/v2/token_auth")).status == 200
    gone = await first.get("menus")
    assert (gone.status, gone.body["message"]) == (401, "invalid_credentials")
    assert (await first.get("/v2/token_auth")).status == 401

    assert (await second.get("menus")).status == 200
    await run(served.api.db, "update api_tokens set expires_at = now()")
    assert (await second.get("menus")).status == 401


async def test_somebody_without_the_privilege_can_log_out(nobody: Client) -> None:
    bob = nobody.with_token((await log_in(nobody, "bob")).body["auth_token"])
    assert (await bob.delete("/v2/token_auth")).status == 200
    assert (await bob.get("menus")).status == 401


async def test_a_token_is_described_to_those_who_reach_it(nobody: Client, served: Served) -> None:
    alices = (await log_in(nobody)).body["auth_token"]
    below, beside = await served.client(BELOW_A), await served.client(B)
    root = await served.client(ROOT)

    for asking in (nobody.with_token(alices), root):
        described = await asking.get(f"/v2/user_auth/{alices}")
        assert (described.status, described.data["owner_id"]) == (200, ALICE)
    for asking in (below, beside):
        told = await asking.get(f"/v2/user_auth/{alices}")
        unknown = await asking.get("/v2/user_auth/unknown")
        assert (told.status, unknown.status) == (404, 404)
        assert told.body["message"] == unknown.body["message"] == "bad_identifier"
    assert (await nobody.get(f"/v2/user_auth/{alices}")).status == 401


async def test_an_admin_acts_as_another_user(nobody: Client, served: Served) -> None:
    alice = nobody.with_token((await log_in(nobody)).body["auth_token"])
    wrong = await alice.put(f"users/{BOB}/user_auth", {"action": "watch"})
    assert (wrong.status, list(wrong.data["action"])) == (400, ["enum"])
    missing = await alice.put(f"users/{BOB}/user_auth", {})
    assert (missing.status, list(missing.data["action"])) == (400, ["required"])
    unknown = await alice.put(f"users/{'f' * 32}/user_auth", {"action": "impersonate_user"})
    assert (unknown.status, unknown.body["message"]) == (404, "bad_identifier")

    reply = await alice.put(f"users/{BOB}/user_auth", {"action": "impersonate_user"})
    assert (reply.status, reply.data["owner_id"]) == (201, BOB)
    as_bob = nobody.with_token(reply.body["auth_token"])
    assert (await as_bob.get("/v2/token_auth")).data["owner_id"] == BOB
    assert (await as_bob.put("menus", {"name": "x"})).status == 403
    audited = await rows(
        served.api.db, "select actor_user_id, document_id from audit where kind = 'token'"
    )
    assert audited == [{"actor_user_id": ALICE, "document_id": BOB}]

    await run(
        served.api.db,
        """update documents set doc = doc || '{"enabled": false}' where id = $1""",
        BOB,
    )
    refused = await alice.put(f"users/{BOB}/user_auth", {"action": "impersonate_user"})
    assert (refused.status, list(refused.data)) == (400, ["user"])
    assert (await as_bob.get("menus")).status == 401


async def test_who_reaches_which_account(served: Served, client: Client) -> None:
    up, below = await served.client(BELOW_A), client.of(BELOW_A)
    root = await served.client(ROOT)
    assert (await below.get("")).status == 200
    assert (await up.get("")).status == 200
    for account_id in (A, B, BELOW_A):
        assert (await root.of(account_id).get("")).status == 200
    sibling = await client.put("", {"name": "Sibling"})
    strangers = [up.of(A), up.of(sibling.id), up.of(B), up.of(ROOT), up.of("c" * 32)]
    refused = [await stranger.get("") for stranger in strangers]
    assert {(reply.status, reply.raw.count(b"forbidden")) for reply in refused} == {(403, 2)}
