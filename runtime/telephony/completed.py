"""Finishing a request whose caller is cancelled."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

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
        raise
