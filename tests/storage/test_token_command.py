"""`callflow token create`, run as a command against a real database."""

from datetime import UTC, datetime, timedelta

from runtime.storage import Database
from runtime.storage.api_tokens import identity
from tests.storage.ear import A, B, account, run
from tests.storage.test_checking import callflow


async def test_a_token_of_the_only_account(db: Database, url: str) -> None:
    await account(db, A)
    made = await callflow(url, "token", "create")
    assert (made.status, made.err) == (0, "")
    who = await identity(db, made.out.strip())
    assert who is not None
    assert (who.account_id, who.user_id, who.privilege) == (A, None, "admin")
    assert timedelta(minutes=50) < who.expires_at - datetime.now(UTC) <= timedelta(hours=1)


async def test_a_token_of_a_user(db: Database, url: str) -> None:
    await account(db, A)
    await account(db, B)
    await run(
        db,
        "insert into documents (account_id, id, kind, doc) values ($1, 'alice', 'user', $2)",
        A,
        {"first_name": "Alice", "priv_level": "user"},
    )
    options = ("--account", A, "--user", "alice", "--hours", "48", "--json")
    made = await callflow(url, "token", "create", *options)
    assert made.status == 0, made.err
    who = await identity(db, made.json["token"])
    assert who is not None
    assert (who.account_id, who.user_id, who.privilege) == (A, "alice", "user")
    assert made.json["account_id"] == A
    assert made.json["user_id"] == "alice"
    told = datetime.fromisoformat(made.json["expires_at"])
    assert abs(told - who.expires_at) < timedelta(minutes=1)


async def test_nobody_gets_no_token(db: Database, url: str) -> None:
    await account(db, A)
    for options, told in (
        (("--account", B), f"no account {B}"),
        (("--account", A, "--user", "bob"), f"account {A} has no user bob"),
    ):
        refused = await callflow(url, "token", "create", *options)
        assert (refused.status, refused.out) == (1, "")
        assert told in refused.err
    for hours in ("0", "-1", "nan", "x", "1e9"):
        wrong = await callflow(url, "token", "create", "--account", A, "--hours", hours)
        assert wrong.status == 2
