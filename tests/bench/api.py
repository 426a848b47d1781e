"""What the API gives per second with very many callflows, and what a lookup costs then."""

import asyncio
import os
import random
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from runtime.files import directory
from runtime.machine.postgres import EmbeddedPostgres
from runtime.storage import Database, api_tokens, migrate
from tests.bench import lookups
from tests.bench.many import PER_ACCOUNT, account_id, add_patterns, grow
from tests.bench.sipp import percentile
from tests.ports import free_port

FEW, SOME, MANY = 10, 1_000, 10_000
"""Accounts: a thousand callflows, a hundred thousand, a million."""
_CLIENTS = 8
_SUPERADMIN = "e" * 32


async def measure(state: Path, seconds: float) -> dict[str, Any]:
    """Measure in databases of its own in the directory `state`."""
    async with _database(state, "few") as (_, few), _database(state, "many") as (url, many):
        await grow(few, 1, FEW)
        await grow(many, 1, SOME)
        for db in (few, many):
            await add_patterns(db)
        _tell(f"{SOME * PER_ACCOUNT:,} callflows")
        requests = await _requests(url, await _superadmin(many), seconds)
        _tell(f"{MANY * PER_ACCOUNT:,} callflows")
        await grow(many, SOME + 1, MANY)
        found = await lookups.measure(lookups.Place(few, FEW), lookups.Place(many, MANY))
    return {"requests": requests, "lookups": found}


@asynccontextmanager
async def _database(state: Path, name: str) -> AsyncIterator[tuple[str, Database]]:
    server = EmbeddedPostgres(state / name, secrets.token_hex(16))
    async with server, Database(server.url) as db:
        await migrate(db, directory("sql"))
        yield server.url, db


def show(console: Console, result: dict[str, Any]) -> None:
    """Print the tables."""
    title = f"API, {SOME * PER_ACCOUNT:,} callflows in {SOME:,} accounts, {_CLIENTS} clients"
    table = Table(title=title, box=None)
    for heading in ("", "requests/s", "p50 ms", "p99 ms", "failed", "of bare"):
        table.add_column(heading, justify="left" if not heading else "right")
    bare = result["requests"]["bare aiohttp"]["per_second"]
    for name, at in result["requests"].items():
        table.add_row(
            name,
            f"{at['per_second']:.0f}",
            f"{at['p50_ms']:.2f}",
            f"{at['p99_ms']:.2f}",
            str(at["failed"]),
            f"{at['per_second'] / bare:.2f}",
        )
    console.print(table)
    memory = result["requests"]["fetch"]["memory_kb"]
    console.print(f"The server's memory afterwards: {memory:,} kB")
    lookups.show(console, result["lookups"])


def _tell(text: str) -> None:
    print(f"API: {text}", file=sys.stderr)


async def _superadmin(db: Database) -> str:
    async with db.connection() as connection:
        await connection.execute(
            "insert into accounts (id, name, superadmin) values ($1, 'Root', true)", _SUPERADMIN
        )
        return await api_tokens.create(connection, _SUPERADMIN, timedelta(days=1))


async def _requests(url: str, token: str, seconds: float) -> dict[str, Any]:
    chance = random.Random(7)

    def of_an_account(rest: str) -> str:
        account = account_id(chance.randint(1, SOME))
        return f"/v2/accounts/{account}/callflows{rest}"

    ways: dict[str, Callable[[], str]] = {
        "bare aiohttp": lambda: "/bare",
        "fetch": lambda: of_an_account(f"/{chance.randint(1, PER_ACCOUNT):032x}"),
        "list": lambda: of_an_account(""),
    }
    result: dict[str, Any] = {}
    headers = {"X-Auth-Token": token}
    async with _server(url) as (base, pid), aiohttp.ClientSession(headers=headers) as session:
        for name, path in ways.items():
            await _load(session, base, path, min(1.0, seconds))
            result[name] = await _load(session, base, path, seconds)
            result[name]["memory_kb"] = _resident_kb(pid)
    return result


@asynccontextmanager
async def _server(url: str) -> AsyncIterator[tuple[str, int]]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.api_server",
        str(port),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"DATABASE_URL": url},
    )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise RuntimeError("the server did not start")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        await process.wait()


async def _load(
    session: aiohttp.ClientSession, base: str, path: Callable[[], str], seconds: float
) -> dict[str, Any]:
    end = time.perf_counter() + seconds
    times: list[float] = []
    failed = 0

    async def client() -> None:
        nonlocal failed
        while (started := time.perf_counter()) < end:
            async with session.get(base + path()) as answer:
                await answer.read()
            failed += answer.status != 200
            times.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    times.sort()
    return {
        "per_second": len(times) / seconds,
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
        "failed": failed,
    }


def _resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
