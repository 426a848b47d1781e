"""What it costs to find a callflow, among a thousand of them and among a million."""

import random
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from runtime.app import stored_routing
from runtime.callflow.routing import Routing
from runtime.storage import Database
from tests.bench.many import PATTERN_ACCOUNT, PATTERNS, PER_ACCOUNT, account_id
from tests.bench.sipp import percentile

COLD, WARM, PATTERN = "exact number, cold", "exact number, warm", f"{PATTERNS} patterns, warm"
_ROUNDS = 8
_COLD, _WARM, _PATTERN = 50, 100, 50
_AT_ONCE = 50
_WARM_ACCOUNTS = 10


@dataclass
class Place:
    """A database with so many accounts, and the times (ms) of lookups in it."""

    db: Database
    accounts: int
    times: dict[str, list[float]] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.routing = stored_routing(self.db, cached_accounts=1000)

    async def warm_up(self) -> None:
        """Read the accounts of the warm lookups."""
        await _found(self.routing, PATTERN_ACCOUNT, "10000199")
        for number in range(1, _WARM_ACCOUNTS + 1):
            await _found(self.routing, account_id(number), "2001")

    async def round(self) -> None:
        """Look up some of each kind."""
        for _ in range(_COLD):
            # A routing of its own knows nothing of any account.
            unread = stored_routing(self.db, cached_accounts=1)
            account = account_id(self.chance.randint(1, self.accounts))
            await self._take(COLD, _found(unread, account, self._extension()))
        for _ in range(_WARM):
            await self._take(WARM, self._several(), of=_AT_ONCE)
        for _ in range(_PATTERN):
            dialled = f"{100000 + self.chance.randint(1, PATTERNS)}99"
            await self._take(PATTERN, _found(self.routing, PATTERN_ACCOUNT, dialled))

    def _extension(self) -> str:
        return str(2000 + self.chance.randint(1, PER_ACCOUNT))

    async def _several(self) -> None:
        # One alone is too short for the clock.
        for _ in range(_AT_ONCE):
            account = account_id(self.chance.randint(1, _WARM_ACCOUNTS))
            await _found(self.routing, account, self._extension())

    async def _take(self, name: str, work: Awaitable[None], *, of: int = 1) -> None:
        started = time.perf_counter()
        await work
        taken = (time.perf_counter() - started) * 1000 / of
        self.times.setdefault(name, []).append(taken)


async def measure(few: Place, many: Place) -> list[dict[str, Any]]:
    """Measure both in turns, so that what else the machine does hits both; memory in kB."""
    before = resident_kb()
    for place in (few, many):
        await place.warm_up()
    for _ in range(_ROUNDS):
        for place in (few, many):
            await place.round()
    memory = resident_kb() - before
    return [
        {"callflows": place.accounts * PER_ACCOUNT, "memory_kb": memory}
        | {name: _percentiles(times) for name, times in place.times.items()}
        for place in (few, many)
    ]


def show(console: Console, results: list[dict[str, Any]]) -> None:
    """Print the table; ratios are to the first of the results."""
    table = Table(title="Finding a callflow, in ms", box=None)
    for heading in ("", "callflows", "p50", "p99", "p50 ratio"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name in (COLD, WARM, PATTERN):
        for result in results:
            at = result[name]
            ratio = at["p50_ms"] / results[0][name]["p50_ms"]
            table.add_row(
                name,
                f"{result['callflows']:,}",
                f"{at['p50_ms']:.4f}",
                f"{at['p99_ms']:.4f}",
                f"{ratio:.2f}",
            )
    console.print(table)
    console.print(f"Memory that these lookups left: {results[0]['memory_kb']:,} kB")


async def _found(routing: Routing, account: str, number: str) -> None:
    known = await routing.of(account)
    match = await known.routes.find(number, allow_no_match=False) if known is not None else None
    if match is None:
        raise LookupError(f"{number} of account {account} is not found")


def _percentiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {f"p{p}_ms": round(percentile(ordered, p / 100), 5) for p in (50, 99)}


def resident_kb() -> int:
    """Return the memory of this process that is in RAM."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
