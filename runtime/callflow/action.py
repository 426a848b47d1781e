"""The contract between the engine and an action, and the discovery of actions by name."""

import importlib
import inspect
import logging
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from runtime.accounts import Document
from runtime.callflow.outcome import Outcome
from runtime.errors import ActionError, DocumentError

logger = logging.getLogger(__name__)

ENTRY_POINTS = "callflow.handlers"
METAFLOW_ENTRY_POINTS = "callflow.metaflow_handlers"
METAFLOW_PACKAGE = "handlers.metaflow"
PACKAGE = "handlers"


def _kazoo_boolean(value: object) -> object:
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, bool):
        return value
    raise PydanticCustomError("bool_type", "must be true or false")


Flag = Annotated[bool, BeforeValidator(_kazoo_boolean)]
"""A boolean as Kazoo's documents write it: true, false, "true" or "false"; never 1 or "yes"."""


Natural = Annotated[int, Field(ge=1)]
"""A count, 1 at least."""

Milliseconds = Annotated[int, Field(ge=1)]
"""A time as Kazoo's digit timers have it."""


class KazooModel(BaseModel):
    """Base of what is read from Kazoo's JSON; a field that is null counts as absent.

    Integers may arrive as numeric strings.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: object) -> object:
        if isinstance(data, Mapping):
            return {key: value for key, value in data.items() if value is not None}
        return data


def _without_default(schema: dict[str, Any]) -> None:
    # Documents are stored with the defaults of the schema; every action has this one.
    schema.pop("default", None)


class ActionData(KazooModel):
    """Base of every action's `Data`: Kazoo's names, units and defaults, unknown fields kept."""

    model_config = ConfigDict(extra="allow")

    skip_module: Flag = Field(default=False, json_schema_extra=_without_default)


M = TypeVar("M", bound=KazooModel)


def parsed(model: type[M], document: Document) -> M:
    """Read a document; raises DocumentError naming every wrong field."""
    try:
        return model.model_validate(dict(document.doc))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DocumentError(f"{document.kind} {document.id}: {wrong}") from None


Handle = Callable[[Any, Any], Awaitable[Outcome]]


@dataclass(frozen=True)
class Action:
    """One action: its name in documents, the model of its data and the coroutine that does it.

    `children` are the keys of all children it can go to, which a handler tells as `CHILDREN`;
    None: not known before it runs.
    """

    module: str
    data: type[ActionData]
    handle: Handle
    children: frozenset[str] | None = None

    def parse(self, data: Mapping[str, Any]) -> ActionData:
        """Read a node's `data`; raises ActionError naming every wrong field."""
        try:
            return self.data.model_validate(data)
        except ValidationError as error:
            wrong = "; ".join(
                f"data.{'.'.join(str(part) for part in e['loc'])}: {e['msg']} (got {e['input']!r})"
                for e in error.errors()
            )
            raise ActionError(f"{self.module}: {wrong}") from None


def action_of(module: str, source: ModuleType) -> Action:
    """Read an action from the Python module that holds it; raises ActionError when it is none."""
    data, handle = getattr(source, "Data", None), getattr(source, "handle", None)
    if not (inspect.isclass(data) and issubclass(data, ActionData)):
        raise ActionError(f"action {module}: {source.__name__} has no `Data` of type ActionData")
    if not inspect.iscoroutinefunction(handle):
        raise ActionError(f"action {module}: {source.__name__} has no coroutine `handle`")
    return Action(module, data, handle, getattr(source, "CHILDREN", None))


def discover(name: str = PACKAGE, entries: str = ENTRY_POINTS) -> dict[str, Action]:
    """Return every action of a package and of the entry points, by name.

    An entry point that cannot be loaded is logged and left out: its nodes then run as unknown
    modules do. Our own handlers must load.
    """
    package = importlib.import_module(name)
    actions = {
        info.name: action_of(info.name, importlib.import_module(f"{name}.{info.name}"))
        for info in pkgutil.iter_modules(package.__path__)
        if not info.ispkg
    }
    for entry in entry_points(group=entries):
        try:
            actions[entry.name] = action_of(entry.name, entry.load())
        except Exception:  # somebody else's code runs here: anything can be raised
            logger.exception("action %s from %s cannot be loaded", entry.name, entry.value)
    return actions
