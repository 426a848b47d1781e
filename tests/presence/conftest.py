"""Each test has a loop of its own, in virtual time."""

import asyncio
from collections.abc import Callable

import pytest

from runtime.simulator import VirtualTimeLoop


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual time": VirtualTimeLoop}
