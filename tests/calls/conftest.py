"""Each test of a virtual call has a loop of its own, in virtual time, and a PBX."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from runtime.simulator import VirtualTimeLoop
from tests.calls.pbx import Pbx, opened


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual time": VirtualTimeLoop}


@pytest.fixture(scope="session", autouse=True)
def what_is_loaded_stays() -> Iterator[None]:
    """Spare the garbage collector all modules and tests, which it would visit for each call."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory in which audio is kept; it is made once for all tests."""
    return tmp_path_factory.mktemp("audio")


@pytest_asyncio.fixture(loop_scope="function")
async def pbx(audio: Path) -> AsyncIterator[Pbx]:
    """Yield a PBX; after the test nothing may be left of its calls."""
    async with opened(audio) as pbx:
        yield pbx
