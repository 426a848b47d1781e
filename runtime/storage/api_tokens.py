"""Tokens and keys with which clients of the HTTP API come in; only their hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from runtime.storage.accounts import AccountRow, account_row
from runtime.storage.pool import Connection, Database


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token stands for.

    `user_id` is None for the account itself; `privilege` is the user's `priv_level`, or `admin`.
    """

    account_id: str
    user_id: str | None
    superadmin: bool
    privilege: str
    expires_at: datetime

    @property
    def name(self) -> str:
        """As authors of revisions are named."""
        return f"user {self.user_id}" if self.user_id else f"account {self.account_id}"


_CREATE = """
insert into api_tokens (hash, account_id, user_id, expires_at) values ($1, $2, $3, now() + $4)
"""
_TIDY = "delete from api_tokens where expires_at < now()"


async def create(
    connection: Connection, account_id: str, lifetime: timedelta, user_id: str | None = None
) -> str:
    """Make a token and return it; raises StorageRefused when there is no such account."""
    token = secrets.token_urlsafe(32)
    await connection.execute(_TIDY)
    await connection.execute(_CREATE, _hash(token), account_id, user_id, lifetime)
    return token


# A user who has gone or was disabled has no token any more, nor an account that is disabled.
_IDENTITY = """
select t.account_id, t.user_id, a.superadmin, t.expires_at,
    case when t.user_id is null then 'admin' else coalesce(u.doc ->> 'priv_level', 'user') end
        as privilege
from api_tokens t
    join accounts a on a.id = t.account_id
    left join documents u on u.account_id = t.account_id and u.id = t.user_id and u.kind = 'user'
where t.hash = $1 and t.expires_at > now() and a.enabled and (
    t.user_id is null or (u.id is not null and u.doc -> 'enabled' is distinct from 'false'))
"""


async def identity(db: Database, token: str) -> Identity | None:
    """Return whom a token stands for; None when it is unknown or expired."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_IDENTITY, _hash(token))
    return None if row is None else Identity(**row)


_ADMISSION = f"""
select (select row_to_json(i) from ({_IDENTITY}) i) as identity, a.id, a.name, a.realm, a.enabled,
    a.doc, a.parent_id, a.tree, a.superadmin, a.revision, a.created_at, a.updated_at
from (select 1) one left join accounts a on a.id = $2
"""  # noqa: S608 - our own text


async def admission(
    db: Database, token: str, account_id: str
) -> tuple[Identity | None, AccountRow | None]:
    """Return whom a token stands for, and an account, in one round trip."""
    async with db.connection() as connection:
        row = await connection.fetchrow(_ADMISSION, _hash(token), account_id)
    if row is None:
        return None, None
    columns = dict(row)
    who = columns.pop("identity")
    if who is not None:
        who["expires_at"] = datetime.fromisoformat(who["expires_at"])
    found = account_row(columns) if columns["id"] is not None else None
    return (Identity(**who) if who is not None else None), found


async def revoke(connection: Connection, token: str) -> None:
    """Forget a token."""
    await connection.execute("delete from api_tokens where hash = $1", _hash(token))


async def revoke_of_user(
    connection: Connection, account_id: str, user_id: str, kept: str | None
) -> None:
    """Forget the tokens of a user, but for the one (if any) that is to be kept."""
    await connection.execute(
        "delete from api_tokens"
        " where account_id = $1 and user_id = $2 and hash is distinct from $3",
        account_id,
        user_id,
        None if kept is None else _hash(kept),
    )


_NEW_KEY = """
insert into api_keys (account_id, hash) values ($1, $2)
on conflict (account_id) do update set hash = excluded.hash, created_at = now()
"""


async def new_key(connection: Connection, account_id: str) -> str:
    """Give an account a new API key (64 hexadecimal digits) and return it; the old one ends."""
    key = secrets.token_hex(32)
    await connection.execute(_NEW_KEY, account_id, _hash(key))
    return key


async def key_made_at(connection: Connection, account_id: str) -> datetime | None:
    """Return since when an account has its API key; None when it has none."""
    made_at: datetime | None = await connection.fetchval(
        "select created_at from api_keys where account_id = $1", account_id
    )
    return made_at


_ACCOUNT_OF_KEY = "select account_id from api_keys where hash = $1"


async def account_of_key(connection: Connection, key: str) -> str | None:
    """Return whose an API key is; also a disabled account's; None: nobody's."""
    account_id: str | None = await connection.fetchval(_ACCOUNT_OF_KEY, _hash(key))
    return account_id


def _hash(secret: str) -> bytes:
    # They have 256 bits of chance: nothing slower is needed.
    return hashlib.sha256(secret.encode()).digest()
