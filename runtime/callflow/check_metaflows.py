"""Checking metaflows: each node against the data of its action, and patterns before they run."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from runtime.callflow.action import METAFLOW_ENTRY_POINTS, METAFLOW_PACKAGE, discover
from runtime.callflow.check_data import DataCheck
from runtime.callflow.check_nodes import Problems
from runtime.documents.validation import FieldErrors, completed, part, problems
from runtime.metaflow import Metaflows

_CANNOT_RUN: Final = {
    "relate": "the members of a conference cannot be related to each other",
}
"""Actions of Kazoo's that are not here, and why."""


def checked(
    metaflows: Mapping[str, Any], errors: FieldErrors, prefix: str = "", *, private_urls: bool
) -> dict[str, Any]:
    """Return metaflows that fit their model with the defaults of each node's data.

    `prefix` stands before each path in `errors`, which get what is wrong; `private_urls` permits
    URLs of our own network.
    """
    before = f"{prefix}." if prefix else ""
    result = dict(metaflows)
    for field in ("numbers", "patterns"):
        if field in metaflows:
            path = f"{before}{field}"
            result[field] = _nodes(metaflows[field], path, errors, private_urls=private_urls)
    for pattern, why in Metaflows(patterns=metaflows.get("patterns", {})).refused().items():
        path = f"{before}patterns.{part(pattern)}"
        errors.setdefault(path, {})["error"] = {"message": why, "value": pattern[:200]}
    return result


def checked_node(
    node: Mapping[str, Any], errors: FieldErrors, path: str = "", *, private_urls: bool
) -> dict[str, Any]:
    """Return one node that fits its model, and those below it, with the defaults of their data."""
    before = f"{path}." if path else ""
    result = dict(node)
    module, data = node["module"], node.get("data", {})
    model = _models().get(module)
    if model is None:
        shown = {"message": _unknown(module), "value": module}
        errors.setdefault(f"{before}module", {})["error"] = shown
    elif wrong := problems(model, data, f"{before}data"):
        errors.update(wrong)
    else:
        result["data"] = completed(model, data)
        found = Problems(errors)
        seen = DataCheck(found.warn, found.refuse, private_urls=private_urls)
        seen.look(model, result["data"], f"{before}data")
    if "children" in node:
        path = f"{before}children"
        result["children"] = _nodes(node["children"], path, errors, private_urls=private_urls)
    return result


def _nodes(
    nodes: Mapping[str, Any], path: str, errors: FieldErrors, *, private_urls: bool
) -> dict[str, Any]:
    return {
        key: checked_node(node, errors, f"{path}.{part(key)}", private_urls=private_urls)
        for key, node in nodes.items()
    }


def _unknown(module: str) -> str:
    why = _CANNOT_RUN.get(module)
    told = f"unable to find metaflow schema for module {module}"
    return told if why is None else f"{told}: {why}"


@lru_cache(maxsize=1)
def _models() -> Mapping[str, type[BaseModel]]:
    found = discover(METAFLOW_PACKAGE, METAFLOW_ENTRY_POINTS)
    return {name: action.data for name, action in found.items()}
