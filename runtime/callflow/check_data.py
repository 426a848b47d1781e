"""Looking at a node's data: URLs, fields that nobody reads, and the ids of other documents."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from runtime.documents.validation import part
from runtime.outward import may_lead_to

_ID = re.compile(r"[0-9a-f]{32}")
_NO_REFERENCES: Final = frozenset(("presence_id", "account_id", "hunt_account_id"))
"""Fields that end as those with the id of a document do, and hold something else."""

Say = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class Reference:
    """An id that a callflow names, and where."""

    path: str
    id: str


def named_by_children(children: Mapping[str, Any], path: str) -> Iterable[Reference]:
    """Return the references in the keys of children: ids of temporal rules."""
    return [Reference(f"{path}.children.{key}", key) for key in children if _ID.fullmatch(key)]


@dataclass
class DataCheck:
    """Looks through the fields that an action knows; what is below others is its own business."""

    warn: Say
    refuse: Callable[..., None]
    private_urls: bool
    references: list[Reference] = field(default_factory=list)

    def look(self, model: type[BaseModel], data: Mapping[str, Any], path: str) -> None:
        """Look through the data of a node."""
        schema = _schema(model)
        self._look(data, schema, schema.get("$defs", {}), path)

    def _look(
        self, value: Any, schema: Mapping[str, Any], defs: Mapping[str, Any], path: str
    ) -> None:
        schema = _fitting(value, schema, defs)
        match value:
            case Mapping():
                self._look_at_object(value, schema, defs, path)
            case list() if isinstance(items := schema.get("items"), Mapping):
                for index, item in enumerate(value):
                    self._look(item, items, defs, f"{path}.{index}")

    def _look_at_object(
        self,
        value: Mapping[str, Any],
        schema: Mapping[str, Any],
        defs: Mapping[str, Any],
        path: str,
    ) -> None:
        fields = schema.get("properties")
        if not isinstance(fields, Mapping):
            return
        reads_all = isinstance(schema.get("additionalProperties"), Mapping)
        for name, item in value.items():
            where = f"{path}.{part(name)}"
            if name not in fields:
                if not reads_all:
                    self.warn(where, "unknown", f"{name} is not read by this action")
                continue
            if isinstance(item, str):
                self._look_at_text(name, item, where)
            self._look(item, fields[name], defs, where)

    def _look_at_text(self, name: str, text: str, path: str) -> None:
        is_url = name in ("url", "uri") or name.endswith(("_url", "_uri"))
        is_id = name == "id" or name.endswith("_id")
        web = text.lower().startswith(("http://", "https://"))
        if text and (is_url or (is_id and web)):
            if not may_lead_to(text, allow_private=self.private_urls):
                self.refuse(path, "error", "invalid client URL", value=text[:200])
        elif is_id and name not in _NO_REFERENCES and text and not _elsewhere(text):
            self.references.append(Reference(path, text))


def _elsewhere(text: str) -> bool:
    """Whether it names a prompt, a tone or a file rather than a document."""
    return "://" in text or text.startswith("/") or "%2F" in text or "%2f" in text


def _fitting(value: Any, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the one variant that describes a value; nothing where several do."""
    if (reference := schema.get("$ref")) is not None:
        return _fitting(value, defs[reference.rpartition("/")[2]], defs)
    variants = schema.get("anyOf") or schema.get("oneOf")
    if not variants:
        return schema
    if (found := _discriminated(value, schema)) is not None:
        return _fitting(value, {"$ref": found}, defs)
    kind = "object" if isinstance(value, Mapping) else "array" if isinstance(value, list) else None
    fitting = [_resolved(variant, defs) for variant in variants]
    fitting = [variant for variant in fitting if kind is not None and variant.get("type") == kind]
    return fitting[0] if len(fitting) == 1 else {}


def _discriminated(value: Any, schema: Mapping[str, Any]) -> str | None:
    told = schema.get("discriminator")
    if not isinstance(told, Mapping) or not isinstance(value, Mapping):
        return None
    found: str | None = told["mapping"].get(value.get(told["propertyName"]))
    return found


def _resolved(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return schema if reference is None else defs[reference.rpartition("/")[2]]


@lru_cache(maxsize=1000)
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()
