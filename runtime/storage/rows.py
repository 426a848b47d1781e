"""Rows as JSON: in this form one statement takes many."""

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import orjson


def as_json(rows: Iterable[Any]) -> str:
    """Return dataclasses as a JSON array.

    What no text column can hold (NUL, half characters) is replaced, as callers choose it.
    """
    kept = list(rows)
    try:
        text = orjson.dumps(kept, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        text = b""  # half a character, or a number of more than 64 bits
    if text and b"\\u0000" not in text:
        return text.decode()
    plain = [{name: _storable(getattr(row, name)) for name in names(row)} for row in kept]
    return json.dumps(plain, default=str)


def names(row: Any) -> list[str]:
    """Return the names of a dataclass's fields."""
    return [column.name for column in fields(row)]


def _storable(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode(errors="replace").decode()
        case dict():
            return {_storable(key): _storable(item) for key, item in value.items()}
        case list() | tuple():
            return [_storable(item) for item in value]
        case _:
            return value
