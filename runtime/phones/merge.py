"""Reading settings that an account, a user and a device may each have."""

from collections.abc import Mapping
from typing import Any

Doc = Mapping[str, Any]


def section(doc: Doc, *path: str) -> Doc:
    """Return the object at a path of a document; {} when there is none."""
    value: Any = doc
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def text(doc: Doc, *path: str) -> str | None:
    """Return the non-empty string at a path of a document, else None; a number counts as text."""
    value = section(doc, *path[:-1]).get(path[-1])
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value else None


def is_true(doc: Doc, *path: str) -> bool:
    """Whether the value at a path is true as Kazoo reads it: true or "true", not 1 or "yes"."""
    value = section(doc, *path[:-1]).get(path[-1])
    return value is True or value == "true"


def is_false(doc: Doc, *path: str) -> bool:
    """Whether the value at a path is false as Kazoo reads it: false or "false", not absent."""
    value = section(doc, *path[:-1]).get(path[-1])
    return value is False or value == "false"


def first_text(docs: tuple[Doc, ...], *path: str) -> str | None:
    """Return the first non-empty text at a path, the strongest document first."""
    return next((found for doc in docs if (found := text(doc, *path)) is not None), None)
