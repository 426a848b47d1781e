"""Every row of the API's reference has a test that is there, or a reason why it has none."""

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.rows.test_rows import defined_in
from tests.web.rows.row import Row

HERE = Path(__file__).parent

TOPICS = {
    "auth": 20,
    "callflows": 30,
    "checklist": 16,
    "documents": 15,
    "listings": 20,
    "live": 35,
    "metaflows": 14,
    "requests": 40,
    "responses": 45,
    "validation": 38,
}
"""Each part of the reference, and how many rows it has at least."""


def rows_of(topic: str) -> Sequence[Row]:
    """Return the rows of a topic."""
    rows: Sequence[Row] = importlib.import_module(f"tests.web.rows.{topic}").ROWS
    return rows


@pytest.mark.parametrize("topic", TOPICS)
def test_no_row_is_without_a_test_or_a_reason(topic: str) -> None:
    wrong = []
    for row in rows_of(topic):
        path, _, name = row.test.partition("::")
        file = HERE / path
        there = file.is_file() and name in defined_in(file)
        if there == bool(row.absent.strip()) or (row.test and not there):
            wrong.append(f"{row.what}: {row.test}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_row_stands_there_once(topic: str) -> None:
    rows = [row.what for row in rows_of(topic)]
    assert all(rows)
    assert len(set(rows)) == len(rows)
    assert len(rows) >= TOPICS[topic]


def test_every_module_is_a_topic() -> None:
    modules = {path.stem for path in (HERE / "rows").glob("*.py")}
    assert modules - {"__init__", "row"} == set(TOPICS)
