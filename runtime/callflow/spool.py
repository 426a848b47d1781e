"""Entries of the trace on disk, in order, while PostgreSQL is away."""

import errno
import fcntl
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from runtime.callflow.lines import Entry, entry_line, entry_of, from_line
from runtime.errors import SettingError

logger = logging.getLogger(__name__)

SEGMENT_BYTES = 8 * 1024 * 1024


class Spool:
    """A queue of entries in append-only files of `directory`; a context manager.

    Every append is one write and one fsync: what it returned from survives a crash of the program
    and of the machine. A file is deleted when all in it has been taken; after a crash some of it
    may be taken twice, which writing to the database forgives. A program continues no file of an
    earlier one, so a torn end hurts nothing but itself. Its methods block: call them in a thread,
    one at a time. Raises SettingError when another program has the directory, or it is unusable.
    """

    def __init__(
        self, directory: Path, max_bytes: int, *, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._segment_bytes = segment_bytes
        self._segments: list[Path] = []
        self._sizes: dict[Path, int] = {}
        self._number = 0
        self._writing: BinaryIO | None = None
        self._taken = 0
        """up to which byte of the oldest file everything has been taken"""
        self._lost = 0
        self._lock = -1

    def __enter__(self) -> Self:
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise SettingError(
                "CALLFLOW_STATE_DIR",
                f"another runtime keeps its trace in {self._directory}",
                "Stop it, or give each a state directory or an ARI application of its own.",
            ) from None
        except OSError as error:
            raise SettingError(
                "CALLFLOW_STATE_DIR",
                f"{self._directory} cannot be used ({error.strerror})",
                "Make it writable or choose another.",
            ) from None
        self._segments = sorted(self._directory.glob("*.spool"))
        self._sizes = {segment: segment.stat().st_size for segment in self._segments}
        self._number = int(self._segments[-1].stem) if self._segments else 0
        if self._segments:
            logger.warning(
                "trace: %d bytes of an earlier run wait for PostgreSQL in %s",
                self.bytes,
                self._directory,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close_segment()
        os.close(self._lock)

    @property
    def bytes(self) -> int:
        """How much there is on disk."""
        return sum(self._sizes.values())

    @property
    def empty(self) -> bool:
        """Whether all has been taken."""
        return not self._segments

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries; raises OSError when that fails, and then all may be written again.

        When the spool is full they are lost, and the log says so.
        """
        lines = []
        room = self._max_bytes - self.bytes
        for entry in entries:
            try:
                line = entry_line(entry)
            except (TypeError, ValueError, RecursionError):
                logger.exception("trace: an entry cannot be written and is lost: %r", entry)
                continue
            room -= len(line)
            if room < 0:
                self._lose()
            else:
                lines.append(line)
        if not lines:
            return
        data = b"".join(lines)
        try:
            file, segment = self._segment()
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, "only a part was written")  # noqa: TRY301
            os.fsync(file.fileno())
        except OSError:
            self._close_segment()  # its end may be torn
            raise
        self._sizes[segment] += len(data)

    def oldest(self, limit: int) -> tuple[list[Entry], int]:
        """Return the oldest entries, at most `limit`, and the mark for `done`.

        What is damaged is left out, and the log says so. Raises OSError.
        """
        entries: list[Entry] = []
        with self._segments[0].open("rb") as file:
            file.seek(self._taken)
            while len(entries) < limit and (line := file.readline()):
                said = from_line(line)
                entry = entry_of(said) if said is not None else None
                if entry is not None:
                    entries.append(entry)
                else:
                    where = file.tell() - len(line)
                    logger.warning("trace: %s is damaged at byte %d", self._segments[0], where)
            return entries, file.tell()

    def done(self, mark: int) -> None:
        """Forget what `oldest` returned with this mark; raises OSError."""
        segment = self._segments[0]
        if mark < self._sizes[segment]:
            self._taken = mark
            return
        if len(self._segments) == 1:
            self._close_segment()
        segment.unlink(missing_ok=True)
        del self._segments[0], self._sizes[segment]
        self._taken = 0
        if not self._segments and self._lost:
            logger.error("trace: %d entries were lost while the spool was full", self._lost)
            self._lost = 0

    def _segment(self) -> tuple[BinaryIO, Path]:
        if self._writing is not None and self._sizes[self._segments[-1]] >= self._segment_bytes:
            self._close_segment()
        if self._writing is None:
            self._number += 1
            segment = self._directory / f"{self._number:012d}.spool"
            descriptor = os.open(segment, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._writing = os.fdopen(descriptor, "wb", buffering=0)
            self._segments.append(segment)
            self._sizes[segment] = 0
            self._sync_directory()
        return self._writing, self._segments[-1]

    def _close_segment(self) -> None:
        if self._writing is not None:
            self._writing.close()
            self._writing = None

    def _sync_directory(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _lose(self) -> None:
        if not self._lost:
            logger.error(
                "trace: the spool in %s is full (%d bytes): what calls do from now on is not "
                "traced until PostgreSQL is back",
                self._directory,
                self.bytes,
            )
        self._lost += 1
