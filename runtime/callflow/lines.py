"""Entries of the trace as lines of a file, each with a checksum."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from runtime.storage.calls import CallRow, StepRow
from runtime.storage.cdrs import CdrRow

Entry = CallRow | StepRow | CdrRow

_KINDS: Mapping[str, type[CallRow] | type[StepRow] | type[CdrRow]] = {
    "call": CallRow,
    "step": StepRow,
    "cdr": CdrRow,
}
_NAMES = {row: kind for kind, row in _KINDS.items()}
_TIMES = ("started_at", "ringing_at", "answered_at", "ended_at")


def to_line(kind: str, value: Mapping[str, Any]) -> bytes:
    """Return a line, with its end; whatever JSON does not know is written as text.

    Raises TypeError, ValueError or RecursionError for what cannot be written at all.
    """
    text = json.dumps({kind: value}, default=_plain).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def from_line(line: bytes) -> dict[str, Any] | None:
    """Return what a line says; None when it is torn or damaged."""
    checksum, _, text = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def entry_line(entry: Entry) -> bytes:
    """Return the line of an entry; raises as `to_line`."""
    return to_line(_NAMES[type(entry)], asdict(entry))


def entry_of(said: Mapping[str, Any]) -> Entry | None:
    """Return the entry that a line tells of; None when it is none, or of another release."""
    for kind, row in _KINDS.items():
        fields = said.get(kind)
        if not isinstance(fields, dict):
            continue
        try:
            times = {
                name: datetime.fromisoformat(fields[name]) for name in _TIMES if fields.get(name)
            }
            return row(**{**fields, **times})
        except (TypeError, ValueError):
            return None
    return None


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
