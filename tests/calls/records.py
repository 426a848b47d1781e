"""Call detail records of a play: one for each channel that there was."""

import asyncio
from collections import Counter

from tests.calls.pbx import SETTLE_SECONDS, Pbx


async def one_of_each_channel(pbx: Pbx) -> None:
    """Wait until each channel has its record; raises AssertionError when one has none, or two."""
    deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
    while wrong := _wrong(pbx):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"numbers of records: {wrong}")
        await asyncio.sleep(0.1)


def _wrong(pbx: Pbx) -> dict[str, int]:
    events = pbx.house.asterisk.wire.log
    seen = {event[kind]["id"] for event in events for kind in ("channel", "peer") if kind in event}
    counts = Counter(record.channel_id for record in pbx.house.cdrs.values())
    legs = {channel_id for channel_id in seen if not channel_id.startswith("snoop-")}
    return {leg: counts[leg] for leg in legs | set(counts) if counts[leg] != 1}
