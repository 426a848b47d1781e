"""Who may log in, and with what; apart from the documents of users, which are shown to many."""

from dataclasses import dataclass

from runtime.storage.pool import Connection


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is stored of one user; `md5` and `sha1` are hashes, or Kazoo's digests themselves."""

    account_id: str
    user_id: str
    username: str
    md5: str
    sha1: str | None


_COLUMNS = "account_id, user_id, username, md5, sha1"
_SET = """
insert into credentials (account_id, user_id, username, md5, sha1)
values ($1, $2, lower($3), $4, $5)
on conflict (account_id, user_id) do update
set username = excluded.username, md5 = excluded.md5, sha1 = excluded.sha1, changed_at = now()
"""


async def set_credentials(
    connection: Connection,
    account_id: str,
    user_id: str,
    username: str,
    md5_hash: str,
    sha1_hash: str | None,
) -> None:
    """Let a user log in by this name, and no other; raises StorageRefused when another has it.

    The hashes are `runtime.accounts.passwords.hashes_of`, or digests that come from Kazoo.
    """
    await connection.execute(_SET, account_id, user_id, username, md5_hash, sha1_hash)


async def remove_credentials(connection: Connection, account_id: str, user_id: str) -> None:
    """Let a user log in no more."""
    await connection.execute(
        "delete from credentials where account_id = $1 and user_id = $2", account_id, user_id
    )


async def of_user(connection: Connection, account_id: str, user_id: str) -> Credentials | None:
    """Return with what a user logs in; None when he cannot."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from credentials where account_id = $1 and user_id = $2",  # noqa: S608
        account_id,
        user_id,
    )
    return None if row is None else Credentials(**row)


async def of_username(connection: Connection, account_id: str, username: str) -> Credentials | None:
    """Return whose a username (in any case) is in an account; None: nobody's."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from credentials where account_id = $1 and username = lower($2)",  # noqa: S608
        account_id,
        username,
    )
    return None if row is None else Credentials(**row)


async def find(
    connection: Connection, account_id: str, method: str, hashed: str, digest: str
) -> Credentials | None:
    """Return whose credentials these are in an account; None: nobody's.

    `method` is `md5` or `sha`, `hashed` the hash of the `digest`, which may still be stored itself.
    """
    column = "sha1" if method == "sha" else "md5"
    row = await connection.fetchrow(
        f"select {_COLUMNS} from credentials "  # noqa: S608
        f"where account_id = $1 and {column} in ($2, $3)",
        account_id,
        hashed,
        digest,
    )
    return None if row is None else Credentials(**row)


_UPGRADE = """
update credentials set md5 = $5, sha1 = $6
where account_id = $1 and user_id = $2 and md5 = $3 and sha1 is not distinct from $4
"""


async def upgrade(
    connection: Connection, known: Credentials, md5_hash: str, sha1_hash: str | None
) -> None:
    """Store hashes in place of what is known, unless it has changed since."""
    await connection.execute(
        _UPGRADE, known.account_id, known.user_id, known.md5, known.sha1, md5_hash, sha1_hash
    )
