"""What the models of documents are made of."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError


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


def _unique(values: list[Any]) -> list[Any]:
    seen: list[Any] = []
    for value in values:
        if value in seen:
            raise PydanticCustomError("uniqueItems", "List of items is not unique")
        seen.append(value)
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
