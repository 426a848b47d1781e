"""The calls in progress on disk, so that those of a runtime that died can be ended."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from runtime.callflow.lines import entry_line, entry_of, from_line, to_line
from runtime.storage.calls import CallRow

logger = logging.getLogger(__name__)

SPARE_LINES = 1000
"""How many lines of ended calls the file may have before it is written anew."""


class Journal:
    """The calls that have begun and not ended, in a file.

    It is not synced: it is for the crash of the program; that of the machine ends the calls too.
    `left` are the calls of an earlier run that did not end. Its methods block.
    """

    def __init__(self, file: Path) -> None:
        self._path = file
        self._open = _read(file)
        self._lines = 0
        self._file: BinaryIO | None = None
        self.left = tuple(self._open.values())

    def note(self, rows: Sequence[CallRow]) -> None:
        """Write down which calls have begun or ended; raises OSError."""
        lines = [line for row in rows if (line := self._note(row)) is not None]
        if self._file is None or self._lines + len(lines) > SPARE_LINES + 2 * len(self._open):
            self._write_anew()
        elif lines:
            self._file.write(b"".join(lines))
            self._lines += len(lines)

    def close(self) -> None:
        """Close the file; what is open in it stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _note(self, row: CallRow) -> bytes | None:
        if row.ended_at is None:
            self._open[row.id] = row
            return entry_line(row)
        if self._open.pop(row.id, None) is None:
            return None
        return to_line("ended", {"id": row.id})

    def _write_anew(self) -> None:
        self.close()
        written = self._path.with_suffix(".new")
        lines = [entry_line(row) for row in self._open.values()]
        written.touch(mode=0o600)
        written.write_bytes(b"".join(lines))
        written.replace(self._path)
        self._file = self._path.open("ab", buffering=0)
        self._lines = len(lines)


def _read(file: Path) -> dict[str, CallRow]:
    rows: dict[str, CallRow] = {}
    if not file.exists():
        return rows
    with file.open("rb") as lines:
        for line in lines:
            said = from_line(line) or {}
            ended = said.get("ended")
            if isinstance(ended, dict):
                rows.pop(str(ended.get("id")), None)
            elif isinstance(row := entry_of(said), CallRow):
                rows[row.id] = row
            else:
                # The last line of a program that was killed may be torn.
                logger.info("%s: a line is damaged", file)
    return rows
