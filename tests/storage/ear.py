"""What a test hears of PostgreSQL's notifications, and short forms of SQL."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from runtime.storage import Changes, Database

A = "a" * 32
B = "b" * 32


class Ear:
    """Collects what `Changes` tells."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._gaps: asyncio.Queue[None] = asyncio.Queue()
        self.changes = Changes(
            db,
            on_account=lambda account: self._heard.put_nowait(("account", account)),
            on_endpoint=lambda endpoint: self._heard.put_nowait(("endpoint", endpoint)),
            on_gap=lambda: self._gaps.put_nowait(None),
        )

    async def after_gap(self) -> None:
        """Wait for the next (re)connect."""
        async with asyncio.timeout(10):
            await self._gaps.get()

    async def accounts(self) -> list[str]:
        """Return the accounts heard of since the last question."""
        return sorted({name for kind, name in await self._all() if kind == "account"})

    async def endpoints(self) -> list[str]:
        """Return the endpoints heard of since the last question."""
        return sorted({name for kind, name in await self._all() if kind == "endpoint"})

    async def _all(self) -> list[tuple[str, str]]:
        # Notifications keep their order: what was sent before this one has come when it comes.
        await run(self._db, "select pg_notify('callflow_endpoints', 'end of question')")
        heard: list[tuple[str, str]] = []
        async with asyncio.timeout(10):
            while (news := await self._heard.get()) != ("endpoint", "end of question"):
                heard.append(news)
        return heard


async def run(db: Database, sql: str, *values: Any) -> None:
    async with db.connection() as connection:
        await connection.execute(sql, *values)


async def rows(db: Database, sql: str, *values: Any) -> list[dict[str, Any]]:
    async with db.connection() as connection:
        return [dict(row) for row in await connection.fetch(sql, *values)]


async def column(db: Database, sql: str, *values: Any) -> list[Any]:
    async with db.connection() as connection:
        return [row[0] for row in await connection.fetch(sql, *values)]


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until `check` is true: for what PostgreSQL shows but does not tell."""
    async with asyncio.timeout(10):
        while not await check():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def account(
    db: Database, account_id: str = A, realm: str | None = None, /, **doc: Any
) -> None:
    await run(
        db,
        "insert into accounts (id, name, realm, doc) values ($1, 'Test', $2, $3)",
        account_id,
        realm,
        doc,
    )


async def document(db: Database, kind: str, name: str, account_id: str = A, /, **doc: Any) -> None:
    await run(
        db,
        "insert into documents (account_id, id, kind, doc) values ($1, $2, $3, $4)"
        " on conflict (account_id, id) do update set kind = excluded.kind, doc = excluded.doc",
        account_id,
        name,
        kind,
        doc,
    )


async def phone(
    db: Database, name: str, account_id: str = A, /, sip: dict[str, Any] | None = None, **doc: Any
) -> None:
    """Store a device that can register."""
    credentials = {"username": name, "password": "secret", **(sip or {})}
    await document(db, "device", f"{name}_phone", account_id, sip=credentials, **doc)


async def callflow(db: Database, name: str, doc: Any, account_id: str = A) -> None:
    await run(
        db,
        "insert into callflows (account_id, id, doc) values ($1, $2, $3)"
        " on conflict (account_id, id) do update set doc = excluded.doc",
        account_id,
        name,
        doc,
    )
