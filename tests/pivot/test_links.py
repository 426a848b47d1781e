"""Where the links of a document lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import PivotError
from runtime.pivot.twiml.links import resolved


@pytest.mark.parametrize(
    ("current", "reference", "expected"),
    [
        ("http://h/app/a.php", None, "http://h/app/a.php"),
        ("http://h/app/a.php?x=1", "", "http://h/app/a.php?x=1"),
        ("http://h/app", "https://other/b", "https://other/b"),
        ("http://h/app", "HTTP://other/b", "HTTP://other/b"),
        ("http://h/app/a.php", "b.php", "http://h/app/b.php"),
        ("http://h/app/a.php?x=1", "b.php?y=2", "http://h/app/b.php?y=2"),
        ("http://h/app", "b", "http://h/app/b"),
        ("http://h/app/", "b", "http://h/app/b"),
        ("http://h/app/v1.2/", "b", "http://h/app/v1.2/b"),
        ("http://h/app/a.php", "/b", "http://h/app/b"),
        ("http://h/app/a.php", "../b.php", "http://h/b.php"),
        ("http://h/app/deep/a.php", "./../b", "http://h/app/b"),
        ("http://h/a.php", "../../../b", "http://h/b"),
        ("http://host.example", "b", "http://host.example/b"),
        ("http://h:8080/a.php", "b#c", "http://h:8080/b"),
        ("http://h/app/a.php?x=1", "?step=2", "http://h/app/a.php?step=2"),
        ("http://h/app", "b/", "http://h/app/b/"),
        ("http://h/app", "httpfoo", "http://h/app/httpfoo"),
    ],
)
def test_a_link(current: str, reference: str | None, expected: str) -> None:
    assert resolved(current, reference) == expected


@pytest.mark.parametrize("reference", ["ftp://h/a", "file:///etc/passwd", "mailto:alice@h"])
def test_other_schemes_are_refused(reference: str) -> None:
    with pytest.raises(PivotError, match="only http and https"):
        resolved("http://h/", reference)


@given(st.text(max_size=40))
def test_whatever_is_written_stays_on_the_server_or_names_another(reference: str) -> None:
    try:
        url = resolved("http://h.example/app/a.php", reference)
    except PivotError:
        return
    names_one = reference.lower().startswith(("http://", "https://"))
    assert names_one or url == "http://h.example" or url.startswith("http://h.example/")
