"""Branch on a variable of the call or a field of a document.

Children: the value as text (`true`, `5`, `gold`), else `_`; an empty value and 0 count as none.
Source of the behaviour: Kazoo's `branch_variable`, a path being read in the order it is given.
"""

from collections.abc import Mapping
from typing import Any, Literal

from runtime.callflow import ActionData, Call, Continue, normalised_name


class Data(ActionData):
    """What to read (a name, or a path as a list) and where."""

    variable: str | list[str]
    scope: Literal["custom_channel_vars", "account", "user", "device", "merged"] = (
        "custom_channel_vars"
    )


async def handle(call: Call, data: Data) -> Continue:
    """Read the value and go to its child."""
    path = [data.variable] if isinstance(data.variable, str) else data.variable
    value = _key(_read(call, data.scope, [normalised_name(name) for name in path]))
    if value is None or value not in call.branches:
        # A value that no child is named after may be a password: the trace only tells of it.
        call.note(value="none" if value is None else "without a child")
        return Continue()
    call.note(value=value)
    return Continue(value)


def _read(call: Call, scope: str, path: list[str]) -> Any:
    if not path:
        return None
    if scope != "custom_channel_vars":
        found = _at(call.scoped(scope), path)
        if scope != "merged" or found is not None:
            return found
        if not call.scoped(scope):
            return None
    return _at({path[0]: call.variables.get(path[0])}, path)


def _at(doc: Mapping[str, Any], path: list[str]) -> Any:
    value: Any = doc
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _key(value: Any) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value if value not in ("", "0") else None
        case int() | float() if value:
            return str(value)
        case _:
            return None
