"""What all tests share: the event loop of production, and an Asterisk to run."""

import asyncio
import sys
from collections.abc import Callable

import pytest
import uvloop

from runtime.machine import AsteriskProgram, ProgressLines, provide_asterisk
from runtime.settings import load


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
async def asterisk_program() -> AsteriskProgram:
    """Return the Asterisk that `callflow up` would use; fetched once into the cache."""
    return await provide_asterisk(load(), ProgressLines(sys.stderr))
