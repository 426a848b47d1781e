"""SIP endpoints: the names under which Asterisk knows the devices."""

from collections.abc import Iterable

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
