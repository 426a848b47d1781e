"""An installation of its own for each worker, with ports that nobody uses."""

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from runtime.machine import (
    AsteriskProgram,
    AsteriskServer,
    EmbeddedPostgres,
    embedded_postgres,
    installation,
    provide_asterisk,
    quiet,
)
from runtime.settings import Settings, load
from tests.ports import free_port, rtp_range

SQL = Path(__file__).parents[2] / "sql"


def settings_in(directory: Path) -> Settings:
    """Return the settings of a new installation in `directory`."""
    rtp_start, rtp_end = rtp_range()
    return load(
        state_dir=directory,
        database_url=None,
        ari_port=free_port(),
        sip_port=free_port(socket.SOCK_DGRAM),
        rtp_start=rtp_start,
        rtp_end=rtp_end,
    )


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the state directory of this worker's installation."""
    directory = tmp_path_factory.mktemp("installation")
    if os.geteuid() == 0:
        # pytest's own directories are closed, and PostgreSQL has an account of its own
        for parent in (directory, *directory.parents[:3]):
            parent.chmod(0o711)
    return directory


@pytest.fixture(scope="session")
def installed(home: Path) -> Settings:
    """Return the settings of this worker's installation, with its secrets."""
    return installation(settings_in(home))


@pytest.fixture(scope="session")
async def program(installed: Settings) -> AsteriskProgram:
    """Return an Asterisk; fetched once, then from the cache."""
    return await provide_asterisk(installed, quiet)


@pytest.fixture(scope="session")
async def postgres(installed: Settings) -> AsyncIterator[EmbeddedPostgres]:
    """Run a PostgreSQL with the views that PJSIP asks for, and the demo's telephones in them."""
    postgres = embedded_postgres(installed)
    assert postgres is not None
    async with postgres:
        connection = await asyncpg.connect(postgres.url)
        for migration in sorted(SQL.glob("*.sql")):
            await connection.execute(migration.read_text())
        await connection.execute((SQL / "seed" / "demo.sql").read_text())
        await connection.close()
        yield postgres


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> str:
    """Return where that PostgreSQL is."""
    return postgres.url


@pytest.fixture
async def asterisk(
    program: AsteriskProgram, installed: Settings, database_url: str
) -> AsyncIterator[AsteriskServer]:
    """Run an Asterisk on asterisk-conf/."""
    async with AsteriskServer(program, installed, database_url) as server:
        yield server
