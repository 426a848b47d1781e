"""Which telephones are registered."""

from asyncio import gather
from collections.abc import Collection
from typing import Final

from runtime.ari import AriClient
from runtime.errors import Gone

TECHNOLOGY: Final = "PJSIP"
ONLINE: Final = "online"
FEW: Final = 10
"""More endpoints than this are asked for all at once."""


async def registered(ari: AriClient, endpoint_ids: Collection[str]) -> set[str]:
    """Return those of these endpoints that have a contact that can be reached.

    Raises AriError.
    """
    if len(endpoint_ids) > FEW:
        known = await ari.endpoints(TECHNOLOGY)
        return {each.resource for each in known if each.state == ONLINE} & set(endpoint_ids)
    states = await gather(*(_state(ari, endpoint_id) for endpoint_id in endpoint_ids))
    return {each for each, state in zip(endpoint_ids, states, strict=True) if state == ONLINE}


async def _state(ari: AriClient, endpoint_id: str) -> str:
    try:
        return (await ari.endpoint(TECHNOLOGY, endpoint_id).details()).state
    except Gone:
        return "unknown"
