"""The data of metaflows: each node's is what its module takes."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from runtime.callflow.action import METAFLOW_ENTRY_POINTS, METAFLOW_PACKAGE, discover
from runtime.documents.validation import FieldErrors, completed, part, problems
from runtime.web.refusals import invalid

METAFLOWS: Final = "metaflows"
"""The field of accounts, users and devices."""


def with_data(metaflows: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return valid metaflows in which each node's data has its defaults.

    `prefix` stands before each path of an error. Raises RequestRefused with every error.
    """
    errors: FieldErrors = {}
    result = dict(metaflows)
    for field in ("numbers", "patterns"):
        if field in metaflows:
            path = f"{prefix}.{field}" if prefix else field
            result[field] = _nodes(metaflows[field], path, errors)
    if errors:
        raise invalid(errors)
    return result


def complete_metaflows(doc: dict[str, Any]) -> None:
    """Do the same in a valid document that may have metaflows."""
    if METAFLOWS in doc:
        doc[METAFLOWS] = with_data(doc[METAFLOWS], METAFLOWS)


def _nodes(nodes: Mapping[str, Any], path: str, errors: FieldErrors) -> dict[str, Any]:
    return {key: _node(node, f"{path}.{part(key)}", errors) for key, node in nodes.items()}


def _node(node: Mapping[str, Any], path: str, errors: FieldErrors) -> dict[str, Any]:
    result = dict(node)
    if (model := _models().get(node["module"])) is not None:
        data = node.get("data", {})
        wrong = problems(model, data, f"{path}.data")
        errors.update(wrong)
        if not wrong:
            result["data"] = completed(model, data)
    if "children" in node:
        result["children"] = _nodes(node["children"], f"{path}.children", errors)
    return result


@lru_cache(maxsize=1)
def _models() -> Mapping[str, type[BaseModel]]:
    found = discover(METAFLOW_PACKAGE, METAFLOW_ENTRY_POINTS)
    return {name: action.data for name, action in found.items()}
