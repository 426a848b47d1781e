"""The models of documents and of actions' data as JSON schemas, in Kazoo's shape (draft 4)."""

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from runtime.callflow.action import Action
from runtime.documents.accounts import Account
from runtime.documents.callflows import Callflow, CallflowNode
from runtime.documents.metaflows import Metaflow, Metaflows
from runtime.documents.phone_numbers import PhoneNumber
from runtime.documents.validation import without_nulls

DRAFT: Final = "http://json-schema.org/draft-04/schema#"
CALLFLOWS: Final = "callflows"
NODE: Final = "callflows.action"
METAFLOW: Final = "metaflow"
METAFLOWS: Final = "metaflows"

_SHARED: Final[Mapping[str, type[BaseModel]]] = {
    CALLFLOWS: Callflow,
    NODE: CallflowNode,
    METAFLOW: Metaflow,
    METAFLOWS: Metaflows,
}
_ALONE: Final[Mapping[str, type[BaseModel]]] = {
    "accounts": Account,
    "phone_numbers": PhoneNumber,
}
"""Documents that are no kind of their own."""

_NAMES: Final = {model.__name__: name for name, model in _SHARED.items()}
_DROPPED: Final = frozenset(("title", "discriminator", "propertyNames", "$defs"))
# What pydantic calls it where a validator stands before the type, and the standard's word.
_WORDS: Final = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum"}
_PLAINER: Final = {"prefixItems": "items"}
_SAYS_NOTHING: Final = (("default", None), ("additionalProperties", True))
_A_NODE: Final = {"$ref": NODE}

Defs = Mapping[str, Any]


def named(actions: Mapping[str, Action], metaflows: Mapping[str, Action]) -> dict[str, Action]:
    """Return every action by the name of its data's schema."""
    by_name = {f"{CALLFLOWS}.{name}": action for name, action in actions.items()}
    return by_name | {f"{METAFLOWS}.{name}": action for name, action in metaflows.items()}


def models(
    kinds: Mapping[str, type[BaseModel]], actions: Mapping[str, Action]
) -> dict[str, type[BaseModel]]:
    """Return every model by the name of its schema; `kinds` are those of documents."""
    of_actions = {name: action.data for name, action in actions.items()}
    # An action that is called `action`, too, would hide the node.
    return {**of_actions, **kinds, **_ALONE, **_SHARED}


def schema_of_action(name: str, action: Action) -> dict[str, Any]:
    """Return the schema of an action's data; it is described as its handler describes itself."""
    told = inspect.getdoc(inspect.getmodule(action.handle))
    described = {"description": told.partition("\n\n")[0]} if told else {}
    return schema(name, action.data) | described


@lru_cache(maxsize=1000)
def schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a model under its name."""
    full = model.model_json_schema()
    defs = full.get("$defs", {})
    if (reference := full.get("$ref")) is not None:
        full = defs[_name(reference)]
    converted = _converted(full, defs, (model.__name__,))
    if model is Callflow:
        converted["properties"]["flow"] = _A_NODE
    elif model is CallflowNode:
        converted["properties"]["children"] = {
            "type": "object",
            "patternProperties": {".+": _A_NODE},
        }
    return {"$schema": DRAFT, "id": name, **converted}


def _converted(full: Mapping[str, Any], defs: Defs, inside: tuple[str, ...]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for word, value in full.items():
        if word in _DROPPED or (word, value) in _SAYS_NOTHING:
            continue
        match _WORDS.get(word, word), value:
            case "$ref", str():
                result = _referred(value, defs, inside) | result
            case "anyOf", list():
                result |= _one_of(value, defs, inside)
            case ("exclusiveMinimum" | "exclusiveMaximum") as bound, _:
                result |= {bound.removeprefix("exclusive").lower(): value, bound: True}
            case "default", _:
                result["default"] = without_nulls(value)
            case "const", _:
                result["enum"] = [value]
            case plain, _:
                result[_PLAINER.get(plain, plain)] = _below(plain, value, defs, inside)
    return result


def _below(word: str, value: Any, defs: Defs, inside: tuple[str, ...]) -> Any:
    """Return a keyword's value with the schemas in it converted."""
    if word in ("properties", "patternProperties"):
        return {name: _converted(item, defs, inside) for name, item in value.items()}
    if word in ("items", "additionalProperties") and isinstance(value, Mapping):
        return _converted(value, defs, inside)
    if word in ("oneOf", "allOf", "prefixItems"):
        return [_converted(item, defs, inside) for item in value]
    return value


def _referred(reference: str, defs: Defs, inside: tuple[str, ...]) -> dict[str, Any]:
    name = _name(reference)
    if name in _NAMES:
        return {"$ref": _NAMES[name]}
    if name in inside:
        return {"type": "object"}
    return _converted(defs[name], defs, (*inside, name))


def _one_of(
    variants: list[Mapping[str, Any]], defs: Defs, inside: tuple[str, ...]
) -> dict[str, Any]:
    """Return the variants without null, which counts as absent."""
    kept = [_converted(v, defs, inside) for v in variants if v.get("type") != "null"]
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]
