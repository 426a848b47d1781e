"""The body of a request: Kazoo's envelope."""

import json
import math
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from runtime.errors import RequestRefused
from runtime.web import refusals

MAX_BYTES: Final = 8_000_000
"""Kazoo's limit for a body of JSON."""
_MAX_DEPTH: Final = 200
_TOO_LARGE: Final = 10**30


@dataclass(frozen=True)
class Body:
    """`data` and what stands beside it; `problem` is why the body cannot be used."""

    data: Any = field(default_factory=dict)
    envelope: dict[str, Any] = field(default_factory=dict)
    problem: RequestRefused | None = None


async def read_body(http: web.Request) -> Body:
    """Read the envelope; what is wrong with it is told later, after other checks."""
    try:
        raw = await http.read()
    except web.HTTPRequestEntityTooLarge:
        return Body(problem=refusals.too_large(MAX_BYTES))
    except web.RequestPayloadError:
        wrong = {"json": {"invalid": {"message": "The body cannot be unpacked", "target": "body"}}}
        return Body(problem=refusals.invalid(wrong))
    if not raw.strip():
        return Body()
    try:
        parsed = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        message = f"The body is not JSON: {text}"
        wrong = {"json": {"invalid": {"message": message, "target": "body"}}}
        return Body(problem=refusals.invalid(wrong))
    if not isinstance(parsed, dict):
        return Body(problem=_wrong_envelope("type", "The body must be an object with `data`"))
    envelope = {key.lower().replace("-", "_"): v for key, v in parsed.items() if key != "data"}
    if "data" not in parsed:
        problem = _wrong_envelope("required", "Field is required but missing", value="data")
        return Body(envelope=envelope, problem=problem)
    data = parsed["data"]
    if not isinstance(data, dict | list):
        problem = _wrong_envelope("type", "Value did not match type(s): object", target="object")
        return Body(envelope=envelope, problem=problem)
    wrong_data = unusable(data)
    return Body(envelope=envelope, problem=wrong_data) if wrong_data else Body(data, envelope)


def _wrong_envelope(keyword: str, message: str, **details: object) -> RequestRefused:
    return refusals.invalid_envelope({"data": {keyword: {"message": message, **details}}})


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def unusable(data: Any) -> RequestRefused | None:
    """Refuse what PostgreSQL or a reader cannot keep: NUL, half characters, endless nesting."""
    stack = [(data, "", 0)]
    while stack:
        value, path, depth = stack.pop()
        if depth > _MAX_DEPTH:
            return refusals.invalid_field(path[:100], "error", "nested too deeply")
        before = f"{path}." if path else ""
        if (why := _unusable_value(value)) is not None:
            return refusals.invalid_field(path or "data", "error", why)
        if isinstance(value, dict):
            stack += [(item, f"{before}{key}", depth + 1) for key, item in value.items()]
        elif isinstance(value, list):
            stack += [(item, f"{before}{index}", depth + 1) for index, item in enumerate(value)]
    return None


def _unusable_value(value: Any) -> str | None:
    match value:
        case str():
            return unusable_text(value)
        case float() if not math.isfinite(value):
            return "is too large a number"
        case int() if abs(value) >= _TOO_LARGE:
            return "is too large a number"
        case dict():
            wrong = next(filter(None, map(unusable_text, value)), None)
            return None if wrong is None else f"has a key that {wrong}"
        case _:
            return None


def unusable_text(text: str) -> str | None:
    """Say why a text can be neither stored nor shown; None when it can."""
    if "\0" in text:
        return "has the character NUL"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "has half of a character"
    return None
