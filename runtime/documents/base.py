"""What the models of documents are made of."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class DocumentModel(BaseModel):
    """Base of all models: unknown fields are kept, a field that is null counts as absent.

    Fields have Kazoo's names, units and defaults; those without a default in Kazoo are None here
    and are not stored when they are absent.
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: object) -> object:
        if isinstance(data, Mapping):
            return {key: value for key, value in data.items() if value is not None}
        return data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        _say_limits(handler.resolve_ref_schema(schema).get("properties", {}))
        return schema


# pydantic leaves its own words in the JSON schema of a type that has a validator before it.
_WORDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def _say_limits(schema: object) -> None:
    if isinstance(schema, dict):
        for word, standard in _WORDS.items():
            if isinstance(schema.get(word), int | float):
                schema[standard] = schema.pop(word)
        for part in schema.values():
            _say_limits(part)
    elif isinstance(schema, list):
        for part in schema:
            _say_limits(part)


class ClosedModel(DocumentModel):
    """A model that has no other fields than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _boolean(value: object) -> object:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise PydanticCustomError("bool_type", "must be true or false")


def _no_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "must be an integer")
    return value


def _no_boolean_number(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "must be a number")
    return value


def unique(values: list[Any]) -> list[Any]:
    """Return a list as it is; raises PydanticCustomError for one with the same item twice."""
    seen: set[str] = set()
    for value in values:
        known = json.dumps(value, sort_keys=True, default=str)
        if known in seen:
            raise PydanticCustomError("uniqueItems", "List of items is not unique")
        seen.add(known)
    return values


Flag = Annotated[bool, BeforeValidator(_boolean)]
"""A boolean; `"true"` and `"false"` are taken, too, as Kazoo does."""
Integer = Annotated[int, BeforeValidator(_no_boolean)]
"""An integer, which may come as a string."""
Number = Annotated[float, BeforeValidator(_no_boolean_number)]
"""A number, which may come as a string."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A name of something."""
Id32 = Annotated[str, StringConstraints(min_length=32, max_length=32)]
"""An id of 32 characters, as Kazoo's documents have."""
