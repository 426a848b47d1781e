"""Reading callflow documents: good ones, and what is wrong with bad ones."""

import pytest

from runtime.callflow.tree import Place, parse, read


def test_a_document_becomes_a_tree_with_paths() -> None:
    callflow = parse(
        "acc",
        "id",
        3,
        {
            "numbers": ["2000"],
            "flow": {"module": "menu", "children": {"1": {"module": "play"}, "2": {}, "_": {}}},
        },
    )
    assert callflow.problem is None
    assert callflow.root is not None
    assert callflow.root.branches == {"1"}
    assert not callflow.root.has_default
    one = Place(callflow, callflow.root).child("1")
    assert one is not None
    assert (one.path, one.node.module) == ("/1", "play")


def test_null_data_and_children_count_as_absent() -> None:
    callflow = parse("acc", "id", 1, {"flow": {"module": "noop", "data": None, "children": None}})
    assert callflow.root is not None
    assert callflow.root.data == {}


def test_a_problem_names_the_place() -> None:
    callflow = parse(
        "acc", "id", 1, {"flow": {"module": "menu", "children": {"1": {"module": ["play"]}}}}
    )
    assert callflow.root is None
    assert callflow.problem is not None
    assert callflow.problem.startswith("flow.children.1.module: ")


def test_numbers_of_an_unusable_callflow_are_still_its_own() -> None:
    callflow = parse("acc", "id", 1, {"numbers": ["2000"], "flow": "nonsense"})
    assert callflow.numbers == ("2000",)
    assert callflow.root is None


def test_what_is_no_object_is_no_callflow() -> None:
    assert parse("acc", "id", 1, ["flow"]).problem == "must be an object"
    assert parse("acc", "id", 1, {}).problem == "flow: missing"
    assert "numbers" in str(parse("acc", "id", 1, {"numbers": "2000", "flow": {}}).problem)


def test_a_tree_too_deep_to_read_is_a_problem_not_a_crash() -> None:
    node: dict[str, object] = {"module": "noop"}
    for _ in range(2000):
        node = {"module": "noop", "children": {"_": node}}
    callflow = parse("acc", "id", 1, {"flow": node})
    assert callflow.root is None
    assert callflow.problem is not None


def test_a_stored_document_is_read_again_when_it_is_needed() -> None:
    text = '{"numbers": ["2000"], "flow": {"module": "menu", "data": {"id": "main"}}}'
    callflow = read("acc", "id", 3, text)
    assert (callflow.numbers, callflow.tree, callflow.problem) == (("2000",), None, None)
    assert callflow.root is not None
    assert (callflow.root.module, callflow.root.data) == ("menu", {"id": "main"})


@pytest.mark.parametrize(
    "text", ["7", "{}", '{"flow": 7}', "[" * 100_000, '{"flow": {}, "x": 1' + "0" * 5000 + "}"]
)
def test_a_stored_document_that_is_no_callflow_has_a_problem(text: str) -> None:
    callflow = read("acc", "id", 1, text)
    assert callflow.root is None
    assert callflow.problem
