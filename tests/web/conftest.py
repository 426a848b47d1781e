"""The API on a port of its own, over a real PostgreSQL, without calls."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from runtime.app import stored_routing
from runtime.callflow.action import discover
from runtime.storage import Database, api_tokens
from runtime.web.api import Api
from runtime.web.body import MAX_BYTES
from runtime.web.dispatch import Dispatch
from runtime.web.resources import every_route
from tests.storage import conftest as storage
from tests.web.client import Client

server_url, migrated_url, url, db = (
    storage.server_url,
    storage.migrated_url,
    storage.url,
    storage.db,
)

ROOT = "0" * 31 + "1"
A = "a" * 32
B = "b" * 32
BELOW_A = "a" * 31 + "1"
"""An account of account A's."""


@dataclass
class Served:
    """A running API, and which accounts it said had changed."""

    api: Api
    base: str
    session: aiohttp.ClientSession
    changed: list[str] = field(default_factory=list)

    async def client(self, account_id: str = A, user_id: str | None = None) -> Client:
        """Return a client with a token of this account, whose paths are of it, too."""
        async with self.api.db.connection() as connection:
            hour = timedelta(hours=1)
            token = await api_tokens.create(connection, account_id, hour, user_id)
        return Client(self.session, self.base, token, account_id)


@pytest.fixture
async def served(db: Database) -> AsyncIterator[Served]:
    """Serve the API with accounts A, B, one below A, and a superadmin."""
    async with db.connection() as connection:
        await connection.execute(
            "insert into accounts (id, name, realm, parent_id, superadmin) values"
            " ($1, 'Root', 'root.example', null, true), ($2, 'Alpha', 'a.example', null, false),"
            " ($3, 'Beta', 'b.example', null, false), ($4, 'Below', 'below.example', $2, false)",
            ROOT,
            A,
            B,
            BELOW_A,
        )
    changed: list[str] = []
    routing = stored_routing(db, 100)

    def note(account_id: str) -> None:
        changed.append(account_id)
        routing.changed(account_id)

    api = Api(db, routing, discover(), note)
    app = web.Application(client_max_size=MAX_BYTES)
    Dispatch(db, every_route(api), api.buckets).mount(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        yield Served(api, f"http://127.0.0.1:{port}", session, changed)
    await runner.cleanup()


@pytest.fixture
async def client(served: Served) -> Client:
    """Return a client of account A."""
    return await served.client(A)
