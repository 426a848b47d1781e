"""Finishing a request whose caller is cancelled."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


async def completed(awaitable: Awaitable[T]) -> T:
    """Finish even when cancelled meanwhile, and raise the cancellation after.

    For what makes something in Asterisk: only what certainly exists can be taken down again.
    """
    task = asyncio.ensure_future(awaitable)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nothing was made, and whoever would have been told is cancelled.
            logger.debug("failed for a caller who is gone: %s", error)
        raise
