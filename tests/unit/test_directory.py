"""Finding people by the keys of their names."""

from typing import Any

import pytest

from runtime.accounts import Document
from runtime.directory import Person, dial_keys, found, people

ANN = Person("ann", "Ann", "Zorn", "f1")
ANDY = Person("andy", "Andy", "Abel", "f2")
UWE = Person("uwe", "Uwe", "Ännstein", "f3")
EVERYBODY = [ANN, ANDY, UWE]


def user(**doc: Any) -> Document:
    return Document("a" * 32, "user", "u", 1, doc)


def test_keys_are_those_of_the_letters_alone() -> None:
    assert dial_keys("Ängström O'Brien 3") == "647876" + "627436"


@pytest.mark.parametrize(
    ("keys", "options", "expected"),
    [
        ("26", {}, [ANDY, ANN]),
        ("26", {"sort_by": "first_name"}, [ANDY, ANN]),
        ("967", {}, [ANN]),
        ("967", {"search_fields": "first_name"}, []),
        ("266", {"search_fields": "last_name"}, []),
        ("26696", {}, [ANN]),
        ("96762", {}, [ANN]),
        ("661", {}, []),
        ("*2", {}, []),
    ],
)
def test_a_name_is_found_from_either_side(
    keys: str, options: dict[str, str], expected: list[Person]
) -> None:
    assert found(EVERYBODY, keys, **options) == expected


def test_who_lacks_a_name_or_a_flow_is_not_listed() -> None:
    names = {"first_name": "Ann", "last_name": "Zorn"}
    users = [
        user(**names, directories={"staff": "f1"}, media={"name": "m1"}),
        user(first_name="Ann", directories={"staff": "f1"}),
        user(**names, directories={"other": "f1"}),
        user(**names, directories=["staff"]),
        user(**names, directories={"staff": 5}),
    ]
    assert people(users, "staff") == [Person("u", "Ann", "Zorn", "f1", "m1")]
