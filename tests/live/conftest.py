"""A plant for each test process, and for each test an account with telephones of its own."""

import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Generator
from urllib.parse import urlsplit

import asyncpg
import pytest

from runtime.machine import AsteriskProgram
from tests.live.pbx import Pbx, opened
from tests.live.plant import Plant, plant


@pytest.fixture(scope="session")
async def own_database() -> AsyncIterator[str | None]:
    """Yield the URL of a new database on the server of DATABASE_URL; None without one."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield None
        return
    name = f"callflow_live_{secrets.token_hex(8)}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.fixture(scope="session")
async def running_plant(
    asterisk_program: AsteriskProgram,
    own_database: str | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Plant]:
    """Yield what this test process needs running, once for all its tests."""
    state = tmp_path_factory.mktemp("plant")
    async with plant(asterisk_program, state, own_database) as running:
        at_start = running.complaints()
        assert not at_start, "at the start:\n" + "\n".join(at_start)
        yield running
        during_tests = Counter(running.complaints())  # each test has answered for its own
    at_end = Counter(running.complaints()) - during_tests
    assert not at_end, "at the end:\n" + "\n".join(at_end)


@pytest.fixture
async def pbx(running_plant: Plant) -> AsyncIterator[Pbx]:
    """Yield the PBX with an account for this test alone."""
    async with opened(running_plant) as pbx:
        yield pbx


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the end of both logs beside a failure."""
    report = yield
    pbx = getattr(item, "funcargs", {}).get("pbx")
    if report.failed and isinstance(pbx, Pbx):
        report.sections.append(("the runtime's log", pbx.log_of_runtime()))
    return report
