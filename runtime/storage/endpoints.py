"""SIP endpoints: the names under which Asterisk knows the devices."""

from collections.abc import Iterable
from dataclasses import dataclass

from runtime.storage.pool import Database

_ENDPOINTS = """
select device_id, id from sip_endpoints
where account_id = $1 and device_id = any ($2::text[])
"""


async def endpoint_ids(db: Database, account_id: str, device_ids: Iterable[str]) -> dict[str, str]:
    """Return the endpoint id of each device that can register; others are left out."""
    async with db.connection() as connection:
        rows = await connection.fetch(_ENDPOINTS, account_id, list(device_ids))
    return {row["device_id"]: row["id"] for row in rows}


_USERNAMES = """
select device_id, username from sip_endpoints
where account_id = $1 and device_id = any ($2::text[])
"""


async def usernames(db: Database, account_id: str, device_ids: Iterable[str]) -> dict[str, str]:
    """Return the SIP username of each device that can register; others are left out."""
    async with db.connection() as connection:
        rows = await connection.fetch(_USERNAMES, account_id, list(device_ids))
    return {row["device_id"]: row["username"] for row in rows}


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """A device that can register: its endpoint in Asterisk, and its user if it has one."""

    id: str
    device_id: str
    owner_id: str | None
    username: str
    realm: str | None


_ALL = """
select e.id, e.device_id, d.doc ->> 'owner_id' as owner_id, e.username, e.realm
from sip_endpoints e join documents d on (d.account_id, d.id) = (e.account_id, e.device_id)
where e.account_id = $1
order by e.id
"""


async def endpoints_of(db: Database, account_id: str) -> list[EndpointRow]:
    """Return all devices of an account that can register."""
    async with db.connection() as connection:
        return [EndpointRow(**row) for row in await connection.fetch(_ALL, account_id)]
