"""What is to be seen in a flow that may have any shape: its modules, and the ids it names."""

from collections.abc import Iterator, Mapping
from typing import Any

from runtime.callflow.outcome import DEFAULT


def nodes(flow: object) -> Iterator[Mapping[str, Any]]:
    """Yield the nodes as they stand, parents before children."""
    stack = [flow]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            yield node
            children = node.get("children")
            if isinstance(children, Mapping):
                stack += reversed(list(children.values()))


def modules(flow: object) -> list[str]:
    """Return the different modules in the order of the nodes, without those that are skipped."""
    return list(
        dict.fromkeys(
            module
            for node in nodes(flow)
            if isinstance(module := node.get("module"), str)
            and isinstance(data := node.get("data"), Mapping)
            and not is_skipped(data)
        )
    )


def is_skipped(data: Mapping[str, Any]) -> bool:
    """Whether the engine passes by a node with this data."""
    return data.get("skip_module") in (True, "true")


def named_ids(flow: object) -> frozenset[str]:
    """Return what may be the id of a document: in `id`, in `..._id...`, or as a child's key."""
    found: set[str] = set()
    for node in nodes(flow):
        data, children = node.get("data"), node.get("children")
        if isinstance(data, Mapping):
            found |= {
                value
                for key, value in data.items()
                if isinstance(value, str) and value and (key == "id" or "_id" in key)
            }
        if isinstance(children, Mapping):
            found |= {key for key in children if len(key) > 1 and key != DEFAULT}
    return frozenset(found)
