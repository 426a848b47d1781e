"""What is heard for a number, a spelling, an amount or a date."""

from datetime import UTC, datetime

import pytest

from runtime.media import SAY_KINDS, Saying, Sounds, Text, Voice, say

NOW = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "method", "text", "uris"),
    [
        ("number", "pronounced", "0", ("number:0",)),
        ("number", "none", "007", ("number:7",)),
        ("items", "iterated", "12", ("digits:12",)),
        ("number", "pronounced", "99999999999", ("digits:99999999999",)),
        ("number", "pronounced", "many", ("characters:many",)),
        ("telephone_number", "pronounced", "+1555", ("characters:+1555",)),
        ("telephone_extension", "pronounced", "101", ("digits:101",)),
        ("account_number", "iterated", "4711", ("digits:4711",)),
        ("name_spelled", "pronounced", "Bob", ("characters:Bob",)),
        ("name_spelled", "pronounced", " ", ()),
        ("name_phonetic", "pronounced", "A 1é", ("sound:phonetic/a_p", "sound:digits/1")),
        ("ip_address", "pronounced", "10.1", ("number:10", "sound:letters/dot", "number:1")),
        ("ip_address", "iterated", "10.1", ("characters:10.1",)),
        ("url", "iterated", "a.b", ("characters:a.b",)),
    ],
)
def test_asterisks_own_words(kind: str, method: str, text: str, uris: tuple[str, ...]) -> None:
    assert say(Saying(text, kind, method)) == Sounds(uris)


@pytest.mark.parametrize(
    ("kind", "method", "text", "spoken"),
    [
        ("number", "counted", "1", "1st"),
        ("number", "counted", "12", "12th"),
        ("items", "counted", "23", "23rd"),
        ("currency", "pronounced", "12.5", "12 dollars and 50 cents"),
        ("currency", "pronounced", "1", "1 dollar"),
        ("currency", "pronounced", "much", "much"),
        ("time_measurement", "pronounced", "3661", "1 hour, 1 minute, 1 second"),
        ("time_measurement", "pronounced", "2:00", "2 minutes"),
        ("time_measurement", "pronounced", "0", "0 seconds"),
        ("current_date", "pronounced", "", "Saturday, January 31, 2026"),
        ("current_time", "pronounced", "", "2:05 PM"),
        ("short_date_time", "pronounced", "86400", "January 2, 12:00 AM"),
        ("e-mail_address", "pronounced", "bob@example.com", "bob@example.com"),
    ],
)
def test_what_is_spoken(kind: str, method: str, text: str, spoken: str) -> None:
    said = say(Saying(text, kind, method, now=NOW))
    assert said == Text(spoken)


def test_an_ordinal_of_another_language_is_left_to_the_voice() -> None:
    voice = Voice("male", "de-de")
    assert say(Saying("3", "number", "counted", voice)) == Text("3.", voice)


@pytest.mark.parametrize("kind", sorted(SAY_KINDS))
@pytest.mark.parametrize("text", ["", "x" * 5000, "\x00", "-", "9" * 400, "٣"])
def test_nothing_that_somebody_writes_breaks_it(kind: str, text: str) -> None:
    for method in ("none", "pronounced", "iterated", "counted"):
        assert isinstance(say(Saying(text, kind, method, now=NOW)), Sounds | Text)
