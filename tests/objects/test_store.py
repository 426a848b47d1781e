"""Objects are stored, read and deleted, in every kind of store alike."""

import hashlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.errors import ObjectsUnavailable, SettingError
from runtime.objects import Objects, opened

KEY = "a" * 32 + "/" + "b" * 32
CONTENT = bytes(range(256)) * 5000


async def pieces(count: int = 20, *, broken: bool = False) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield CONTENT
    if broken:
        raise ConnectionResetError("the client is gone")


async def test_an_object_is_read_as_it_was_stored(store: Objects) -> None:
    ref = await store.put(KEY, CONTENT)
    assert (ref.key, ref.size) == (KEY, len(CONTENT))
    assert ref.sha256 == hashlib.sha256(CONTENT).hexdigest()
    found = await store.open(KEY)
    assert found is not None
    assert found.size == len(CONTENT)
    assert await found.read() == CONTENT


async def test_large_ones_are_stored_and_read_piece_by_piece(tmp_path: Path) -> None:
    store = opened("", tmp_path)
    ref = await store.put(KEY, pieces())
    assert ref.size == 20 * len(CONTENT)
    assert ref.sha256 == hashlib.sha256(CONTENT * 20).hexdigest()
    found = await store.open(KEY)
    assert found is not None
    sizes = [len(chunk) async for chunk in found.chunks]
    assert sum(sizes) == ref.size
    assert len(sizes) > 1


async def test_one_that_is_not_complete_is_not_there(store: Objects) -> None:
    with pytest.raises(ConnectionResetError, match="the client is gone"):
        await store.put(KEY, pieces(broken=True))
    assert await store.open(KEY) is None


async def test_a_deleted_one_is_gone_and_deleted_again(store: Objects) -> None:
    await store.put(KEY, b"")
    await store.delete(KEY)
    await store.delete(KEY)
    assert await store.open(KEY) is None


@pytest.mark.parametrize("key", ["", "../x", "/etc/passwd", "a//b", "a/../b", "A", "a/", "a\0"])
async def test_a_key_is_no_path_of_anybodys(store: Objects, key: str) -> None:
    for act in (store.open(key), store.delete(key), store.put(key, b"")):
        with pytest.raises(ValueError, match="no key"):
            await act


async def test_files_are_the_runtimes_alone(tmp_path: Path) -> None:
    directory = tmp_path / "of objects"
    store = opened(f"file://{tmp_path}/of%20objects", tmp_path / "unused")
    await store.put(KEY, CONTENT)
    assert (directory / KEY).read_bytes() == CONTENT
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert not (tmp_path / "unused").exists()


async def test_a_store_that_is_away_says_so(tmp_path: Path) -> None:
    store = opened("", tmp_path / "objects")
    await store.put(KEY, CONTENT)
    (tmp_path / "objects" / KEY).unlink()
    (tmp_path / "objects" / KEY).mkdir()
    with pytest.raises(ObjectsUnavailable, match="object store"):
        await store.put(KEY, CONTENT)


@pytest.mark.parametrize(
    "url", ["objects", "http://127.0.0.1/x", "s3://", "memory:///", "file:///proc/none", "::"]
)
def test_a_wrong_setting_stops_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="CALLFLOW_OBJECTS_URL"):
        opened(url, tmp_path)


def test_a_bucket_is_a_setting(tmp_path: Path) -> None:
    assert isinstance(opened("s3://bucket/prefix", tmp_path), Objects)
    assert list(tmp_path.iterdir()) == []
