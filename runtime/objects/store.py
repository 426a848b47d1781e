"""The object store: a local directory, or S3 and the like, behind a few verbs."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from runtime.errors import ObjectsUnavailable, SettingError
from runtime.storage.objects import ObjectRef

CHUNK_BYTES: Final = 256 * 1024
SETTING: Final = "CALLFLOW_OBJECTS_URL"
_REMOTE: Final = ("s3", "s3a", "gs", "az", "azure", "abfs", "abfss")
_REMEDY: Final = "Give a URL such as file:///var/lib/callflow/objects or s3://bucket/prefix."
# A client waits for the answer meanwhile.
_RETRIES: Final = 2
_RETRY_TIME: Final = timedelta(seconds=20)
_KEY = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")


@dataclass(frozen=True)
class Opened:
    """An object that is being read: its size in bytes, and its content piece by piece."""

    size: int
    chunks: AsyncIterator[bytes]

    async def read(self) -> bytes:
        """Return all of it."""
        return b"".join([chunk async for chunk in self.chunks])


class Objects:
    """Objects by keys of ours: [a-z0-9-] in parts with / between them.

    Every method raises ObjectsUnavailable when the store cannot be used now.
    """

    def __init__(self, store: ObjectStore, directory: Path | None = None) -> None:
        """`directory` is where a local store has its files."""
        self._store = store
        self._directory = directory

    async def put(self, key: str, content: bytes | AsyncIterable[bytes]) -> ObjectRef:
        """Store an object, all of it or nothing; it is on disk when this returns.

        What `content` raises is raised.
        """
        _check(key)
        measured = _Measured(content)
        try:
            with _translated():
                await obstore.put_async(self._store, key, measured.pieces())
                if self._directory is not None:
                    await asyncio.to_thread(_to_disk, self._directory / key)
        except ObjectsUnavailable:
            if measured.problem is not None:
                raise measured.problem from None  # not the store's
            raise
        return ObjectRef(key, measured.size, measured.sha256)

    async def open(self, key: str) -> Opened | None:
        """Begin to read an object; None when there is none."""
        _check(key)
        try:
            with _translated():
                found = await obstore.get_async(self._store, key)
        except FileNotFoundError:
            return None
        return Opened(found.meta["size"], _pieces(found.stream(min_chunk_size=CHUNK_BYTES)))

    async def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""
        _check(key)
        try:
            with _translated():
                await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return


def opened(url: str, default: Path) -> Objects:
    """Return the store at a URL, without one in the directory `default`; raises SettingError."""
    parts = urlsplit(url)
    try:
        if not url or parts.scheme == "file":
            return _local(Path(unquote(parts.path)) if url else default)
        if parts.scheme in _REMOTE:
            store = from_url(
                url, retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY_TIME}
            )
            return Objects(store)
    except (BaseError, OSError, ValueError) as error:
        raise SettingError(SETTING, f"cannot be used ({_first_line(error)})", _REMEDY) from None
    raise SettingError(SETTING, "is neither a directory's URL nor that of a bucket", _REMEDY)


def in_memory() -> Objects:
    """Return a store that lasts as long as this process."""
    return Objects(MemoryStore())


def _local(directory: Path) -> Objects:
    if not directory.is_absolute():
        directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(directory, os.W_OK | os.X_OK):
        raise PermissionError(f"{directory} is not writable")
    return Objects(LocalStore(directory), directory)


class _Measured:
    def __init__(self, content: bytes | AsyncIterable[bytes]) -> None:
        self._content = content
        self._digest = hashlib.sha256()
        self.size = 0
        self.problem: Exception | None = None

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def pieces(self) -> bytes | AsyncIterator[bytes]:
        if isinstance(self._content, bytes):
            self._digest.update(self._content)
            self.size = len(self._content)
            return self._content
        return self._measure(self._content)

    async def _measure(self, content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        try:
            async for chunk in content:
                self._digest.update(chunk)
                self.size += len(chunk)
                yield chunk
        except Exception as error:
            self.problem = error
            raise


async def _pieces(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    with _translated():
        async for chunk in stream:
            yield bytes(chunk)


def _to_disk(path: Path) -> None:
    # The file, and that it is in its directory.
    for each in (path, path.parent, path.parent.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of an object")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise ObjectsUnavailable(
            f"the object store cannot be used: {_first_line(error)}"
        ) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0]
