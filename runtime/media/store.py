"""Converted audio on disk, named by what it was made from, and its URLs for Asterisk."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

_NAME = re.compile(r"^[0-9a-f]{64}\.wav$")


class Store:
    """Files under `directory`; the same source is converted once, also when many ask at a time.

    A name is the SHA-256 of the source and its kind, so it can be guessed only by somebody who
    has the source, and what it names never changes.
    """

    def __init__(self, directory: Path, base_url: str) -> None:
        self._directory = directory
        self._base_url = base_url
        self._making: dict[str, asyncio.Task[None]] = {}

    async def url(self, source: bytes, make: Callable[[], Awaitable[bytes]]) -> str:
        """Return the URL of the audio of `source`, made with `make` if it is not there yet."""
        name = f"{hashlib.sha256(source).hexdigest()}.wav"
        if not (self._directory / name).exists():
            task = self._making.get(name)
            if task is None:
                task = asyncio.create_task(self._make(name, make))
                self._making[name] = task
                task.add_done_callback(lambda done: self._made(name, done))
            # One caller who hangs up must not take the audio away from the others who wait.
            await asyncio.shield(task)
        return f"{self._base_url}/media/{name}"

    def path(self, name: str) -> Path | None:
        """Return the file of a name as it stands in a URL, or None when there is none."""
        if not _NAME.match(name):
            return None
        path = self._directory / name
        return path if path.is_file() else None

    async def _make(self, name: str, make: Callable[[], Awaitable[bytes]]) -> None:
        data = await make()
        await asyncio.to_thread(self._write, name, data)

    def _write(self, name: str, data: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        partial = self._directory / f"{name}.partial"
        partial.write_bytes(data)
        partial.rename(self._directory / name)

    def _made(self, name: str, task: "asyncio.Task[None]") -> None:
        del self._making[name]
        if not task.cancelled():
            # Whoever waited has been told; when all have hung up, nobody else asks for the error.
            task.exception()
