"""A watchdog for the event loop: all calls share it, and whatever holds it up delays them all."""

import asyncio
import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.2
TOO_LATE_SECONDS = 0.5


async def watch_loop(observe: Callable[[float], None]) -> None:
    """Tell `observe`, for ever, by how many seconds the loop is late; log what is too late."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(INTERVAL_SECONDS)
        lag = max(0.0, time.monotonic() - began - INTERVAL_SECONDS)
        observe(lag)
        if lag > TOO_LATE_SECONDS:
            logger.warning("the event loop stood still for %.1f s: all calls were delayed", lag)
