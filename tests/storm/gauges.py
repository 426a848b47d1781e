"""What the runtime tells of itself over HTTP."""

import asyncio
from collections.abc import Callable

import aiohttp

from runtime.settings import Settings
from tests.bench.key_delays import KeyDelays

_STEP = 0.1
"""seconds between two looks"""

CALLS = "callflow_calls_in_progress"
TASKS = "callflow_tasks"
TRACE_SPOOL = "callflow_trace_spool_bytes"


class Gauges:
    """The metrics of one runtime, read over a new connection each time: it costs a task itself."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"http://127.0.0.1:{settings.http_port}/metrics"

    async def read(self) -> dict[str, float]:
        """Return all metrics by name."""
        async with aiohttp.ClientSession() as session, session.get(self._url) as response:
            lines = (await response.text()).splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    async def key_delays(self) -> KeyDelays:
        """Return how long keys pressed in conversations have taken the runtime so far."""
        return KeyDelays.of(await self.read())

    async def lowest(self, what: str) -> float:
        """Return the lowest value of one of them in the next second: what is always there."""
        return min([await self._later(what) for _ in range(round(1 / _STEP))])

    async def _later(self, what: str) -> float:
        await asyncio.sleep(_STEP)
        return (await self.read())[what]

    async def until(
        self, what: str, reached: Callable[[float], bool], *, within: float
    ) -> dict[str, float]:
        """Wait until one of them is so far, and return all; raises AssertionError."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            values = await self.read()
            if reached(values[what]):
                return values
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{what} is still {values[what]:g} after {within:g} s")
            await asyncio.sleep(_STEP)
