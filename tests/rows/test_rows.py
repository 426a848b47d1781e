"""Every action of the telephone's own room has rows, and every row a test that is there."""

import ast
import importlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.rows.row import Row

ROOT = Path(__file__).parents[2]

ACTIONS = (
    "after_bridge",
    "call_forward",
    "call_waiting",
    "device",
    "do_not_disturb",
    "dynamic_cid",
    "group",
    "intercom",
    "manual_presence",
    "missed_call_alert",
    "pivot",
    "prepend_cid",
    "privacy",
    "record_call",
    "record_caller",
    "ring_group",
    "ring_group_toggle",
    "set_alert_info",
    "set_cid",
    "transfer",
    "user",
)


TOPICS = ("conversation",)
"""What is no action of its own."""


def rows_of(action: str) -> Sequence[Row]:
    """Return the rows of an action."""
    rows: Sequence[Row] = importlib.import_module(f"tests.rows.{action}").ROWS
    return rows


@cache
def defined_in(path: Path) -> frozenset[str]:
    """Return the names of the tests that a file defines."""
    module = ast.parse(path.read_text())
    return frozenset(
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_the_action_has_rows_and_each_behaviour_stands_there_once(action: str) -> None:
    behaviours = [row.behaviour for row in rows_of(action)]
    assert behaviours
    assert all(behaviour.strip() for behaviour in behaviours)
    assert len(set(behaviours)) == len(behaviours)
    assert (ROOT / "handlers" / f"{action}.py").is_file()


@pytest.mark.parametrize("action", [*ACTIONS, *TOPICS])
def test_each_row_names_a_test_that_is_there(action: str) -> None:
    missing = []
    for row in rows_of(action):
        path, _, name = row.test.partition("::")
        file = ROOT / path
        if not file.is_file() or name not in defined_in(file):
            missing.append(f"{row.behaviour}: {row.test}")
    assert not missing, "\n".join(missing)


def test_every_rows_module_is_of_an_action() -> None:
    modules = {path.stem for path in Path(__file__).parent.glob("*.py")}
    assert modules - {"__init__", "row", "test_rows"} <= {*ACTIONS, *TOPICS}
