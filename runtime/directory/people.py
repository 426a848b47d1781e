"""People of a directory, and finding them by what a caller types on the phone's letters.

Source of the behaviour: Kazoo's `directory`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runtime.accounts import Document

_LETTERS: Final = (
    ("2", "abc"),
    ("3", "def"),
    ("4", "ghi"),
    ("5", "jkl"),
    ("6", "mno"),
    ("7", "pqrs"),
    ("8", "tuv"),
    ("9", "wxyz"),
)
_KEYS: Final = {letter: key for key, letters in _LETTERS for letter in letters}

# Kazoo's documents name a recorded name in three places; the first is the one of its schema.
_NAME_MEDIA: Final = (
    ("pronounced_name", "media_id"),
    ("media", "name"),
    ("name_pronounced", "media_id"),
)


@dataclass(frozen=True)
class Person:
    """A user in a directory: the callflow that reaches him, and the media that says his name."""

    user_id: str
    first_name: str
    last_name: str
    callflow_id: str
    name_media: str | None = None

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


def people(users: Iterable[Document], directory_id: str) -> list[Person]:
    """Return who of these users is in the directory; without both names nobody can be found."""
    listed: list[Person] = []
    for user in users:
        first, last = _text(user.doc.get("first_name")), _text(user.doc.get("last_name"))
        directories = user.doc.get("directories")
        callflow = directories.get(directory_id) if isinstance(directories, dict) else None
        if first and last and isinstance(callflow, str):
            listed.append(Person(user.id, first, last, callflow, _name_media(user)))
    return listed


def dial_keys(name: str) -> str:
    """Return the keys of a name; all but `a` to `z` vanish."""
    return "".join(_KEYS.get(letter, "") for letter in name.lower())


def found(
    listed: Sequence[Person], keys: str, *, search_fields: str = "both", sort_by: str = "last_name"
) -> list[Person]:
    """Return those whose name begins with these keys, sorted by first or last name.

    `search_fields` and `sort_by` are read as Kazoo does: by whether they begin with `first`.
    """
    by_first = search_fields.startswith("first")

    def matches(person: Person) -> bool:
        first, last = dial_keys(person.first_name), dial_keys(person.last_name)
        if search_fields == "both":
            return (first + last).startswith(keys) or (last + first).startswith(keys)
        return (first + last if by_first else last + first).startswith(keys)

    def order(person: Person) -> tuple[str, str]:
        names = (person.first_name, person.last_name)
        return names if sort_by.startswith("first") else (names[1], names[0])

    return sorted(filter(matches, listed), key=order)


def _name_media(user: Document) -> str | None:
    for section, key in _NAME_MEDIA:
        place = user.doc.get(section)
        if isinstance(place, dict) and (media := _text(place.get(key))):
            return media
    return None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
