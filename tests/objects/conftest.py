"""The object stores that are tested alike."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.objects import Objects, in_memory, opened
from tests.storage import conftest as storage

server_url, migrated_url, url, db = (
    storage.server_url,
    storage.migrated_url,
    storage.url,
    storage.db,
)

_MAKERS: dict[str, Callable[[Path], Objects]] = {
    "directory": lambda path: opened("", path / "objects"),
    "memory": lambda _path: in_memory(),
}


@pytest.fixture(params=list(_MAKERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """Return an empty store."""
    return _MAKERS[request.param](tmp_path)
