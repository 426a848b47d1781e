"""Callflow documents: a tree of nodes, each naming an action, its data and its children."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

READ_TREES = 1000
"""How many trees are kept as they were last read."""


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


@dataclass(frozen=True, slots=True)
class Callflow:
    """One callflow of an account, at one revision.

    `text` is the stored document, from which the tree is read when a call needs it: thousands of
    trees of objects would hold up the whole program at each round of the garbage collector.
    `problem` says why the document is no valid flow.
    """

    account_id: str
    id: str
    revision: int
    name: str = ""
    numbers: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tree: Node | None = None
    problem: str | None = None
    text: str | None = None

    @property
    def root(self) -> Node | None:
        """The first node; None when the document is no valid flow."""
        if self.tree is not None or self.text is None or self.problem is not None:
            return self.tree
        return _tree(self.text)

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


def read(account_id: str, callflow_id: str, revision: int, text: str) -> Callflow:
    """Read a callflow document from its JSON text; as `parse`, it never raises."""
    try:
        doc = json.loads(text)
    except RecursionError:
        return Callflow(account_id, callflow_id, revision, problem="nested too deeply", text=text)
    except ValueError as error:
        return Callflow(account_id, callflow_id, revision, problem=str(error), text=text)
    return replace(parse(account_id, callflow_id, revision, doc), tree=None, text=text)


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
        tree=None if problems else root,
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


@lru_cache(READ_TREES)
def _tree(text: str) -> Node:
    return Node.model_validate(json.loads(text)["flow"])
