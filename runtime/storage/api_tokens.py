"""Tokens and keys with which clients of the HTTP API come in; only their hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

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


async def revoke(connection: Connection, token: str) -> None:
    """Forget a token."""
    await connection.execute("delete from api_tokens where hash = $1", _hash(token))


_NEW_KEY = """
insert into api_keys (account_id, hash) values ($1, $2)
on conflict (account_id) do update set hash = excluded.hash, created_at = now()
"""


async def new_key(connection: Connection, account_id: str) -> str:
    """Give an account a new API key (64 hexadecimal digits) and return it; the old one ends."""
    key = secrets.token_hex(32)
    await connection.execute(_NEW_KEY, account_id, _hash(key))
    return key


_ACCOUNT_OF_KEY = """
select k.account_id from api_keys k join accounts a on a.id = k.account_id
where k.hash = $1 and a.enabled
"""


async def account_of_key(connection: Connection, key: str) -> str | None:
    """Return whose an API key is; None when it is nobody's, or a disabled account's."""
    account_id: str | None = await connection.fetchval(_ACCOUNT_OF_KEY, _hash(key))
    return account_id


def _hash(secret: str) -> bytes:
    # They have 256 bits of chance: nothing slower is needed.
    return hashlib.sha256(secret.encode()).digest()
