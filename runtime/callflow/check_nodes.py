"""Checking the nodes of a callflow: each against the data of its action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from runtime.callflow.action import Action
from runtime.callflow.check_data import DataCheck, Reference, named_by_children
from runtime.callflow.outcome import DEFAULT
from runtime.callflow.pace import Pace
from runtime.documents.callflows import CallflowNode
from runtime.documents.validation import FieldErrors, completed, part, problems

__all__ = ["Nodes", "Problems", "Reference"]

MAX_NODES: Final = 10_000
_MAX_PATH: Final = 4000


@dataclass
class Problems:
    """What is wrong, and what may be."""

    errors: FieldErrors = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, path: str, keyword: str, message: str, **details: object) -> None:
        """Keep an error."""
        self.errors.setdefault(path, {})[keyword] = {"message": message, **details}

    def warn(self, path: str, keyword: str, message: str, **details: object) -> None:
        """Keep a warning."""
        self.warnings.append({"path": path, "keyword": keyword, "message": message, **details})


@dataclass(frozen=True)
class _Task:
    """A node that is to be checked, and where it goes in what is made."""

    node: Any
    path: str
    into: dict[str, Any]
    key: str


class Nodes:
    """Checks trees; `references` grows by the ids that they name."""

    def __init__(
        self, actions: Mapping[str, Action], found: Problems, pace: Pace, *, private_urls: bool
    ) -> None:
        self.references: list[Reference] = []
        self._actions = actions
        self._found = found
        self._pace = pace
        self._private_urls = private_urls

    async def checked(self, flow: Any, path: str = "flow") -> Any:
        """Return a tree with the defaults of its actions."""
        made: dict[str, Any] = {}
        # A stack of our own: a document may be deeper than Python's.
        tasks = [_Task(flow, path, made, "flow")]
        done = 0
        while tasks:
            await self._pace.turn()
            task = tasks.pop()
            done += 1
            if done > MAX_NODES or len(task.path) > _MAX_PATH:
                what = f"more than {MAX_NODES} nodes" if done > MAX_NODES else "nested too deeply"
                self._found.refuse(path, "error", what)
                break
            tasks += self._check(task, is_root=task.into is made)
        return made["flow"]

    def _check(self, task: _Task, *, is_root: bool) -> list[_Task]:
        node, path = task.node, task.path
        task.into[task.key] = node
        if node == {} and not is_root:
            return []
        shape = _shallow(node)
        wrong = problems(CallflowNode, shape, path)
        for where, errors in wrong.items():
            self._found.errors.setdefault(where, {}).update(errors)
        if not isinstance(node, Mapping):
            return []
        made = {key: value for key, value in node.items() if value is not None}
        made.setdefault("data", {})
        task.into[task.key] = made
        self._check_action(made, path, wrong)
        children = made.get("children")
        if not isinstance(children, Mapping):
            return []
        new = made["children"] = {k: child for k, child in children.items() if child is not None}
        self.references += named_by_children(new, path)
        return [
            _Task(child, f"{path}.children.{part(key)}", new, key)
            for key, child in reversed(new.items())
            if isinstance(child, Mapping)
        ]

    def _check_action(self, node: dict[str, Any], path: str, wrong: FieldErrors) -> None:
        module, data = node.get("module"), node["data"]
        if not isinstance(module, str) or f"{path}.module" in wrong:
            return
        action = self._actions.get(module)
        if action is None:
            message = f"unable to find callflow schema for module {module}"
            self._found.refuse(f"{path}.module", "error", message, value=module)
            return
        if not isinstance(data, Mapping):
            return
        errors = problems(action.data, data, f"{path}.data")
        if errors:
            self._found.errors |= errors
            return
        node["data"] = completed(action.data, data)
        seen = DataCheck(self._found.warn, self._found.refuse, private_urls=self._private_urls)
        seen.look(action.data, node["data"], f"{path}.data")
        self.references += seen.references
        self._warn_of_unreachable(action, node, path)

    def _warn_of_unreachable(self, action: Action, node: Mapping[str, Any], path: str) -> None:
        children = node.get("children")
        skipped = node["data"].get("skip_module") is True
        keys = frozenset((DEFAULT,)) if skipped else action.children
        if keys is None or not isinstance(children, Mapping):
            return
        for key in children:
            if key not in keys:
                why = "is skipped" if skipped else f"never goes to {key!r}"
                message = f"{action.module} {why}: this child is never reached"
                self._found.warn(f"{path}.children.{part(key)}", "unreachable", message)


def _shallow(node: Any) -> Any:
    """Return a node without what is below its children, which have their turn."""
    if not isinstance(node, Mapping) or not isinstance(children := node.get("children"), Mapping):
        return node
    kept = {
        key: {} if isinstance(child, Mapping) else child
        for key, child in children.items()
        if child is not None
    }
    return {**node, "children": kept}
