"""Which Asterisk is new enough."""

import pytest

from runtime.machine.versions import Version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6.16.60671434-1", (22, 10, 1)),
        ("1:20.6.0~dfsg+~cs6.13.40431414-2build5", (20, 6, 0)),
        ("Asterisk certified/20.7-cert2", None),
        ("Asterisk 23.0", (23, 0, 0)),
        ("Asterisk GIT-master-0123abc", None),
        ("(none)", None),
        ("", None),
    ],
)
def test_a_version_is_read(text: str, version: tuple[int, int, int] | None) -> None:
    assert Version.parse(text) == version


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        (Version(18, 99), False),
        (Version(20, 13, 9), False),
        (Version(20, 14), True),
        (Version(21, 8), False),
        (Version(21, 9), True),
        (Version(22, 3), False),
        (Version(22, 4, 0), True),
        (Version(22, 10, 1), True),
        (Version(23, 0), True),
    ],
)
def test_old_ones_are_refused(version: Version, *, enough: bool) -> None:
    assert version.is_enough is enough
