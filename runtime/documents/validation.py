"""Checking JSON against models, with errors and leniency as Kazoo has them."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

FieldErrors: TypeAlias = dict[str, dict[str, dict[str, Any]]]
"""Dotted path of a field to keyword to its details, which have a `message`."""

_TYPES = {
    "string_type": "string",
    "int_type": "integer",
    "int_parsing": "integer",
    "int_from_float": "integer",
    "int_parsing_size": "integer",
    "float_type": "number",
    "float_parsing": "number",
    "finite_number": "number",
    "bool_type": "boolean",
    "bool_parsing": "boolean",
    "list_type": "array",
    "tuple_type": "array",
    "set_type": "array",
    "frozen_set_type": "array",
    "dict_type": "object",
    "mapping_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
    "none_required": "null",
}
# pydantic's word to ours, the context's key that holds the target, and the message.
_LIMITS = {
    "string_too_short": ("minLength", "min_length", "String must be at least {} characters"),
    "string_too_long": ("maxLength", "max_length", "String must not be more than {} characters"),
    "string_pattern_mismatch": ("pattern", "pattern", "Failed to match pattern '{}'"),
    "greater_than_equal": ("minimum", "ge", "Value must be at least {}"),
    "greater_than": ("minimum", "gt", "Value must be more than {}"),
    "less_than_equal": ("maximum", "le", "Value must be at most {}"),
    "less_than": ("maximum", "lt", "Value must be less than {}"),
    "too_short": ("minItems", "min_length", "The list must have at least {} items"),
    "too_long": ("maxItems", "max_length", "The list is more than {} items"),
}
_KEYWORDS = frozenset(
    ("uniqueItems", "wrong_format", "error", "invalid", "minProperties", "dependencies", "unique")
)
_STRICT = "Strict checking of data is enabled; only include schema-defined properties"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


def problems(model: type[BaseModel], data: Any, prefix: str = "") -> FieldErrors:
    """Return what is wrong with `data`; empty when nothing is."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        return told(error.errors(include_url=False), data, prefix)
    except RecursionError:
        return {prefix or "data": {"error": {"message": "nested too deeply"}}}
    return {}


def completed(model: type[BaseModel], data: Any) -> Any:
    """Return valid `data` with the model's defaults, and strings converted where it says so."""
    schema = _schema(model)
    return _completed(data, schema, schema.get("$defs", {}))


def told(errors: Sequence[ErrorDetails], data: Any, prefix: str = "") -> FieldErrors:
    """Return pydantic's errors in Kazoo's shape."""
    result: FieldErrors = {}
    for error in errors:
        where, is_key = _place(error, data)
        path = ".".join((*((prefix,) if prefix else ()), *map(part, where))) or "data"
        keyword, details = _told(error, is_key=is_key)
        known = result.setdefault(path, {})
        if keyword == "type" and "type" in known:
            # The variants of a union each have a complaint.
            targets = f"{known['type']['target']}, {details['target']}"
            details |= {
                "target": targets,
                "message": f"Value did not match type(s): {targets}",
            }
        known[keyword] = details
    return result


def part(name: str | int) -> str:
    """Return a key as it stands in a dotted path."""
    return str(name).replace(".", "%2E")


def _place(error: ErrorDetails, data: Any) -> tuple[list[str | int], bool]:
    """Return the path in the data: pydantic's also names variants of unions and validators."""
    place: list[str | int] = []
    here = data
    location = error["loc"]
    is_key = bool(location) and location[-1] == "[key]"
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if isinstance(here, Mapping):
            if part in here:
                here = here[part]
                place.append(part)
            elif last and error["type"] == "missing":
                place.append(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
            place.append(part)
    return place, is_key


def _told(error: ErrorDetails, *, is_key: bool) -> tuple[str, dict[str, Any]]:
    kind, value = error["type"], _shown(error["input"])
    context = error.get("ctx", {})
    if is_key or kind == "extra_forbidden":
        return "additionalProperties", {"message": _STRICT, "value": value}
    if kind == "missing":
        name = error["loc"][-1]
        return "required", {"message": "Field is required but missing", "value": name}
    if kind in _TYPES:
        target = _TYPES[kind]
        message = f"Value did not match type(s): {target}"
        return "type", {"message": message, "target": target, "value": value}
    if kind in ("literal_error", "enum"):
        message = "Value not found in enumerated list of values"
        return "enum", {"message": message, "target": _choices(context), "value": value}
    if kind in _LIMITS:
        keyword, limit, message = _LIMITS[kind]
        if keyword in ("minItems", "maxItems") and isinstance(error["input"], Mapping):
            keyword = "minProperties" if keyword == "minItems" else "maxProperties"
            message = message.replace("list", "object").replace("items", "keys")
        reached = context.get(limit)
        told_as = {"message": message.format(reached), "target": reached, "value": value}
        return keyword, told_as
    extra = {name: item for name, item in context.items() if name != "error"}
    keyword = kind if kind in _KEYWORDS else "error"
    return keyword, {"message": error["msg"].removeprefix("Value error, "), **extra, "value": value}


def _choices(context: Mapping[str, Any]) -> list[str]:
    return re.findall(r"'([^']*)'", str(context.get("expected", "")))


def _shown(value: Any) -> Any:
    # Only what has come from JSON, and little of it: a client may have sent megabytes.
    if isinstance(value, str):
        return value[:200]
    return value if value is None or isinstance(value, bool | int | float) else {}


@lru_cache(maxsize=1000)
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _completed(value: Any, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    if (reference := schema.get("$ref")) is not None:
        return _completed(value, defs[reference.rpartition("/")[2]], defs)
    if variants := schema.get("anyOf"):
        fitting = [v for v in variants if v.get("type") != "null"]
        if len(fitting) == 1:
            return _completed(value, fitting[0], defs)
        objects = [v for v in fitting if "$ref" in v or v.get("type") == "object"]
        is_object = isinstance(value, Mapping) and len(objects) == 1
        return _completed(value, objects[0], defs) if is_object else without_nulls(value)
    match value:
        case Mapping():
            return _completed_object(value, schema, defs)
        case list():
            items = schema.get("items") or {}
            return [_completed(item, items, defs) for item in value if item is not None]
        case str():
            return _converted(value, schema.get("type"))
        case _:
            return value


def _completed_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], defs: Mapping[str, Any]
) -> dict[str, Any]:
    fields: Mapping[str, Any] = schema.get("properties") or {}
    others = next(iter(schema.get("patternProperties", {}).values()), None)
    others = schema.get("additionalProperties") if others is None else others
    of_others: Mapping[str, Any] = others if isinstance(others, Mapping) else {}
    result = {
        key: _completed(item, fields.get(key, of_others), defs)
        for key, item in value.items()
        if item is not None
    }
    for name, of_field in fields.items():
        if name not in result and of_field.get("default") is not None:
            result[name] = without_nulls(of_field["default"])
    return result


def _converted(value: str, kind: object) -> Any:
    if kind == "integer" and _INTEGER.fullmatch(value):
        return int(value)
    if kind == "number" and _NUMBER.fullmatch(value):
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def without_nulls(value: Any) -> Any:
    """Return a copy in which no object has a key that is null."""
    match value:
        case Mapping():
            return {key: without_nulls(item) for key, item in value.items() if item is not None}
        case list():
            return [without_nulls(item) for item in value]
        case _:
            return value
