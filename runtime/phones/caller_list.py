"""Lists of caller ids, of which dialled digits choose one.

Source of the behaviour: Kazoo's `dynamic_cid`. The entries are documents of the kind `list_entry`,
and in older accounts a part of the document `list`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from runtime.accounts import Document
from runtime.phones.merge import Doc, section, text

LIST: Final = "list"
ENTRY: Final = "list_entry"

STANDARD_LENGTH: Final = 2
"""Digits of a key where nothing is said."""


@dataclass(frozen=True)
class CallerIdEntry:
    """A caller id, the digits that choose it (None: none do) and how many of them are looked at."""

    key: str | None
    length: int
    name: str
    number: str


@dataclass(frozen=True)
class Choice:
    """What was chosen, if anything, and what is left of the digits to be called."""

    entry: CallerIdEntry | None
    destination: str


def entries_of(
    list_id: str, listing: Doc | None, documents: Sequence[Document]
) -> list[CallerIdEntry]:
    """Return the entries of a list in order; `documents` are those of all lists."""
    docs = [document.doc for document in documents if text(document.doc, "list_id") == list_id]
    entries = [
        CallerIdEntry(
            key=text(doc, "capture_group_key"),
            length=_length(doc.get("capture_group_length")),
            name=text(doc, "name") or text(doc, "displayname") or "",
            number=text(doc, "number") or "",
        )
        for doc in docs
    ]
    length = _length((listing or {}).get("length"))
    for key, doc in section(listing or {}, "entries").items():
        old = section({"doc": doc}, "doc")
        name = text(old, "cid_name") or text(old, "name") or ""
        number = text(old, "cid_number") or text(old, "number") or ""
        entries.append(CallerIdEntry(key, length, name, number))
    return entries


def by_first_digits(entries: Sequence[CallerIdEntry], captured: str) -> Choice | None:
    """Choose by the first digits; None when there are too few for any entry.

    When they choose nothing they are a key all the same, and not called.
    """
    lengths = [entry.length for entry in entries] or [STANDARD_LENGTH]
    usable = [length for length in lengths if length <= len(captured)]
    if not usable:
        return None
    for entry in entries:
        if entry.length <= len(captured) and entry.key == captured[: entry.length]:
            return Choice(entry, captured[entry.length :])
    return Choice(None, captured[usable[0] :])


def by_key(entries: Sequence[CallerIdEntry], key: str, destination: str) -> Choice:
    """Choose by a key of its own."""
    return Choice(next((entry for entry in entries if entry.key == key), None), destination)


def _length(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return STANDARD_LENGTH
