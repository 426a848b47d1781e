"""The embedded PostgreSQL lets in who has the password, and leaves when it is told to."""

import asyncio
import time
from pathlib import Path

import asyncpg
import pytest

from runtime.machine import EmbeddedPostgres
from runtime.machine.command import run
from tests.machine.waiting import lives, until


@pytest.fixture
def directory(home: Path, tmp_path: Path) -> Path:
    place = home / tmp_path.name
    place.mkdir(mode=0o711)
    return place / "postgres"


async def test_it_starts_again_with_its_data_and_is_gone_after_stop(directory: Path) -> None:
    postgres = EmbeddedPostgres(directory, "first")
    async with postgres:
        connection = await asyncpg.connect(postgres.url)
        await connection.execute("CREATE TABLE kept (word text)")
        assert (
            await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = USER") is False
        )
        pid = postgres.pid
        assert pid is not None
        # the connection is still open: stopping does not wait for it
    assert not lives(pid)
    begin = time.monotonic()
    async with EmbeddedPostgres(directory, "first") as again:
        assert time.monotonic() - begin < 2
        connection = await asyncpg.connect(again.url)
        assert await connection.fetch("SELECT * FROM kept") == []
        await connection.close()


async def test_nobody_gets_in_without_the_password(directory: Path) -> None:
    async with EmbeddedPostgres(directory, "right") as postgres:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(EmbeddedPostgres(directory, "wrong").url)
        with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InterfaceError)):
            await asyncpg.connect(postgres.url.replace("callflow:right@", "postgres@"))
        connection = await asyncpg.connect(postgres.url)
        assert await connection.fetchval("SHOW listen_addresses") == ""
        assert await connection.fetchval("SHOW password_encryption") == "scram-sha-256"
        await connection.close()


async def test_a_lost_password_is_replaced(directory: Path) -> None:
    async with EmbeddedPostgres(directory, "lost"):
        pass
    async with EmbeddedPostgres(directory, "it's new") as postgres:
        connection = await asyncpg.connect(postgres.url)
        await connection.close()


async def test_an_interrupted_beginning_is_begun_again(directory: Path) -> None:
    starting = asyncio.create_task(EmbeddedPostgres(directory, "x").start())
    await until((directory / "unfinished" / "PG_VERSION").exists)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    async with EmbeddedPostgres(directory, "x") as postgres:
        assert postgres.pid is not None


async def test_a_long_directory_works(directory: Path) -> None:
    long = directory / ("d" * 90)
    async with EmbeddedPostgres(long, "x") as postgres:
        assert await run("psql", "-qAt", "-c", "SELECT 1", postgres.url) == "1"
