"""The recordings that were begun and are not where they belong yet, on disk.

So that those of a runtime that died are found at its next start.
"""

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from runtime.errors import SettingError
from runtime.recording.names import new_recording_id, take_name
from runtime.recording.plan import Method, Plan
from runtime.storage.recordings import RecordingRow

logger = logging.getLogger(__name__)

_TIMES = ("started_at", "uploaded_at")


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A recording on its way from Asterisk's disk to where it belongs.

    `takes` are the names of its parts there, in order; `url` is the whole address it is sent to,
    with user and password, None: it is kept in the database; `file_name` is what it is called
    there. One shorter than `min_seconds` is thrown away. `kept`: it only has to be deleted there.
    """

    row: RecordingRow
    takes: tuple[str, ...] = ()
    min_seconds: float = 0.0
    url: str | None = None
    method: Method = "put"
    file_name: str = ""
    kept: bool = False

    @property
    def id(self) -> str:
        """The recording's id."""
        return self.row.id

    def with_take(self, app: str) -> "Pending":
        """Return it with one part more; `app` is our application."""
        number = len(self.takes) + 1
        name = take_name(app, self.row.account_id, self.id, number)
        return replace(self, takes=(*self.takes, name))


def new_pending(plan: Plan, row: RecordingRow, file_name: str) -> Pending:
    """Return a recording that begins now, with an id of its own; `row` says what else it is."""
    recording_id = new_recording_id(row.started_at)
    row = replace(
        row,
        id=recording_id,
        name=plan.name or f"{recording_id}.{plan.audio_format}",
        origin=plan.origin,
        url=None if plan.url is None else _without_password(plan.url),
    )
    return Pending(
        row=row,
        min_seconds=plan.min_seconds,
        url=plan.url,
        method=plan.method,
        file_name=file_name,
    )


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class Ledger:
    """One small file for each recording, in `directory`. Its methods block.

    Raises SettingError when the directory cannot be used.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(
                "CALLFLOW_STATE_DIR",
                f"{directory} cannot be used ({error.strerror})",
                "Make it writable or choose another.",
            ) from None

    def write(self, pending: Pending) -> None:
        """Write a recording down, safe from a crash of the machine; raises OSError."""
        path = self._path(pending)
        partial = path.with_suffix(".new")
        text = json.dumps(asdict(pending), default=_plain)
        # It may hold the password of somebody's server.
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    def remove(self, pending: Pending) -> None:
        """Forget a recording; raises OSError."""
        self._path(pending).unlink(missing_ok=True)

    def left(self) -> list[Pending]:
        """Return what is written down; a damaged file is logged and put aside. Raises OSError."""
        return list(self._read(sorted(self._directory.glob("*.json"))))

    def _read(self, paths: Iterable[Path]) -> Iterable[Pending]:
        for path in paths:
            try:
                yield _pending(json.loads(path.read_text()))
            except (ValueError, TypeError, KeyError) as error:
                logger.warning("recordings: %s is damaged and put aside: %s", path, error)
                path.replace(path.with_suffix(".damaged"))

    def _path(self, pending: Pending) -> Path:
        # The month and 32 hexadecimal digits, after an account's: no other sign can be in it.
        return self._directory / f"{pending.row.account_id}-{pending.id}.json"


def _pending(said: dict[str, Any]) -> Pending:
    row = said["row"]
    times = {name: datetime.fromisoformat(row[name]) for name in _TIMES if row.get(name)}
    rest = {key: value for key, value in said.items() if key not in ("row", "takes")}
    return Pending(row=RecordingRow(**{**row, **times}), takes=tuple(said["takes"]), **rest)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written down")
