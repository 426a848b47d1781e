"""Whether another document already has what only one may have; within the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.storage.pool import Connection


@dataclass(frozen=True, slots=True)
class Claim:
    """A document that wants a value; its `id` is None while it is new."""

    account_id: str
    kind: str
    id: str | None


async def taken(connection: Connection, claim: Claim, path: Sequence[str], value: str) -> bool:
    """Whether another document of the account has this text there."""
    found: bool = await connection.fetchval(
        "select exists (select from documents where account_id = $1 and kind = $2"
        " and id is distinct from $3 and doc #>> $4 = $5)",
        claim.account_id,
        claim.kind,
        claim.id,
        list(path),
        value,
    )
    return found


async def taken_number(connection: Connection, claim: Claim, path: Sequence[str], n: str) -> bool:
    """Whether another document of the account has this number there, zeros before it aside."""
    found: bool = await connection.fetchval(
        "select exists (select from documents where account_id = $1 and kind = $2"
        " and id is distinct from $3 and ltrim(doc #>> $4, '0') = ltrim($5, '0'))",
        claim.account_id,
        claim.kind,
        claim.id,
        list(path),
        n,
    )
    return found


async def taken_address(
    connection: Connection, claim: Claim, path: Sequence[str], address: str
) -> bool:
    """Whether another document of the account has this hardware address there, however written."""
    found: bool = await connection.fetchval(
        "select exists (select from documents where account_id = $1 and kind = $2"
        " and id is distinct from $3"
        " and regexp_replace(lower(doc #>> $4), '[^0-9a-z]', '', 'g')"
        " = regexp_replace(lower($5), '[^0-9a-z]', '', 'g'))",
        claim.account_id,
        claim.kind,
        claim.id,
        list(path),
        address,
    )
    return found


_TAKEN_ITEMS = """
select distinct value from documents, jsonb_array_elements_text(
    case jsonb_typeof(doc -> $4) when 'array' then doc -> $4 else '[]' end
) as items (value)
where account_id = $1 and kind = $2 and id is distinct from $3 and value = any ($5::text[])
order by value
"""


async def taken_items(
    connection: Connection, claim: Claim, field: str, values: Sequence[str]
) -> list[str]:
    """Return which of these another document of the account has in this list, in their order."""
    rows = await connection.fetch(
        _TAKEN_ITEMS, claim.account_id, claim.kind, claim.id, field, list(values)
    )
    return [row["value"] for row in rows]


_LOCK = "select pg_advisory_xact_lock(hashtextextended($1, 0))"


async def taken_ip(connection: Connection, claim: Claim, ip: str) -> bool:
    """Whether a device of any account registers from this address; nobody else can claim it now."""
    await connection.execute(_LOCK, f"sip ip {ip}")
    found: bool = await connection.fetchval(
        "select exists (select from documents where kind = 'device' and doc #>> '{sip,ip}' = $3"
        " and (account_id, id) is distinct from ($1, $2))",
        claim.account_id,
        claim.id,
        ip,
    )
    return found


async def taken_fax_address(connection: Connection, claim: Claim, address: str) -> bool:
    """Whether a fax box of any account has this address; nobody else can claim it now."""
    await connection.execute(_LOCK, f"fax address {address.lower()}")
    found: bool = await connection.fetchval(
        "select exists (select from documents where kind = 'faxbox'"
        " and lower(doc ->> 'custom_smtp_email_address') = lower($3)"
        " and (account_id, id) is distinct from ($1, $2))",
        claim.account_id,
        claim.id,
        address,
    )
    return found


_SIP_NAME = """
select exists (
    select from sip_endpoints
    where id = $4 || coalesce('@' || $5, '') and (account_id, device_id) is distinct from ($1, $3)
) or exists (
    select from documents
    where account_id = $1 and kind = $2 and id is distinct from $3
        and doc #>> '{sip,username}' = $4
        and lower(coalesce(nullif(doc #>> '{sip,realm}', ''), $6, '')) = coalesce($5, '')
)
"""


async def taken_sip_name(
    connection: Connection, claim: Claim, username: str, realm: str | None, own_realm: str | None
) -> bool:
    """Whether another device, of any account, registers by this name and realm.

    `own_realm` is the account's. Nobody else can claim the name until the transaction ends.
    """
    await connection.execute(_LOCK, f"sip name {username}@{realm or ''}")
    found: bool = await connection.fetchval(
        _SIP_NAME, claim.account_id, claim.kind, claim.id, username, realm, own_realm
    )
    return found


async def foreign_realm(connection: Connection, account_id: str, realm: str) -> bool:
    """Whether this SIP realm is another account's."""
    found: bool = await connection.fetchval(
        "select exists (select from accounts where realm = $2 and id <> $1)", account_id, realm
    )
    return found
