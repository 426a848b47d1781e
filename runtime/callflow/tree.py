"""Callflow documents: a tree of nodes, each naming an action, its data and its children."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError


def _absent_as_empty(value: object) -> object:
    return {} if value is None else value


class Node(BaseModel):
    """One step of a callflow; `{}` is the empty node, which stops the flow."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    module: str | None = None
    data: Annotated[dict[str, Any], BeforeValidator(_absent_as_empty)] = {}
    children: Annotated[dict[str, "Node"], BeforeValidator(_absent_as_empty)] = {}

    @property
    def empty(self) -> bool:
        """Whether there is nothing to run here."""
        return self.module is None

    @property
    def branches(self) -> frozenset[str]:
        """Keys of the children that can be run, without `_`."""
        return frozenset(k for k, child in self.children.items() if k != "_" and not child.empty)

    @property
    def has_default(self) -> bool:
        """Whether there is a `_` child that can be run."""
        default = self.children.get("_")
        return default is not None and not default.empty


@dataclass(frozen=True)
class Callflow:
    """One callflow of an account, at one revision.

    `root` is None when the document is no valid flow; `problem` then says why.
    """

    account_id: str
    id: str
    revision: int
    name: str = ""
    numbers: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    root: Node | None = None
    problem: str | None = None

    @property
    def is_no_match(self) -> bool:
        """Whether this is the account's catch-all: a property of the document, not of the match."""
        return "no_match" in self.numbers


@dataclass(frozen=True)
class Place:
    """A node of a call's walk: in which callflow it stands and where."""

    callflow: Callflow
    node: Node
    path: str = "/"

    def child(self, key: str) -> "Place | None":
        """Return the place of a child, or None when there is no such child, empty or not."""
        node = self.node.children.get(key)
        if node is None:
            return None
        return Place(self.callflow, node, f"{self.path.rstrip('/')}/{key}")


def parse(account_id: str, callflow_id: str, revision: int, doc: object) -> Callflow:
    """Read a callflow document; never raises, what is wrong becomes the callflow's `problem`."""
    if not isinstance(doc, Mapping):
        return Callflow(account_id, callflow_id, revision, problem="must be an object")
    problems: list[str] = []
    numbers = _strings(doc, "numbers", problems)
    patterns = _strings(doc, "patterns", problems)
    name = doc.get("name")
    root = None
    if "flow" not in doc:
        problems.append("flow: missing")
    else:
        try:
            root = Node.model_validate(doc["flow"])
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in ("flow", *first["loc"]))
            problems.append(f"{where}: {first['msg']}")
        except RecursionError:
            problems.append("flow: nested too deeply")
    return Callflow(
        account_id=account_id,
        id=callflow_id,
        revision=revision,
        name=name if isinstance(name, str) else "",
        numbers=numbers,
        patterns=patterns,
        root=None if problems else root,
        problem="; ".join(problems) or None,
    )


def _strings(doc: Mapping[str, Any], key: str, problems: list[str]) -> tuple[str, ...]:
    values = doc.get(key)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        problems.append(f"{key}: must be a list of strings")
        return ()
    return tuple(values)
