"""Checking what clients send against models: they are told of every error."""

from typing import Any

from pydantic import BaseModel

from runtime.documents.validation import completed, problems, told, without_nulls
from runtime.web.refusals import invalid

__all__ = ["completed", "problems", "told", "validated", "without_nulls"]


def validated(model: type[BaseModel], data: Any, prefix: str = "") -> Any:
    """Return `data` with the model's defaults, unknown fields kept; nulls count as absent.

    Numbers and booleans may come as strings and are converted, as Kazoo does. `prefix` stands
    before each path of an error, such as `flow.data`. Raises RequestRefused with every error.
    """
    errors = problems(model, data, prefix)
    if errors:
        raise invalid(errors)
    return completed(model, data)
