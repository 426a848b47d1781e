"""A PostgreSQL URL in Asterisk's words."""

import pytest

from runtime.errors import SettingError
from runtime.machine.database_url import DatabaseUrl


def test_tcp() -> None:
    url = DatabaseUrl.parse("postgresql://u:p%20w@db.example:5433/calls?sslmode=require")
    assert url.values() == {
        "DATABASE_HOST": "db.example",
        "DATABASE_PORT": "5433",
        "DATABASE_NAME": "calls",
        "DATABASE_USER": "u",
        "DATABASE_PASSWORD": "'p w'",
    }
    assert url.environment()["PGSSLMODE"] == "require"


def test_unix_socket() -> None:
    url = DatabaseUrl.parse("postgresql://callflow:x@/callflow?host=/run/pg")
    assert (url.host, url.port, url.name) == ("/run/pg", 5432, "callflow")


def test_a_password_cannot_become_another_parameter() -> None:
    url = DatabaseUrl.parse("postgresql://u:a'%20host%3Devil@h/d")
    assert url.values()["DATABASE_PASSWORD"] == "'a\\' host=evil'"


def test_no_password_is_an_empty_word() -> None:
    assert DatabaseUrl.parse("postgresql://u@h/d").values()["DATABASE_PASSWORD"] == "''"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:p@h/d",
        "postgresql://h/d",
        "postgresql://u:p@h:port/d",
        "postgresql://u:p@h/d,general",
        f"postgresql://u:p@{'h' * 64}/d",
        f"postgresql://u:{'p' * 64}@h/d",
    ],
)
def test_what_asterisk_cannot_take_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="CALLFLOW_DATABASE_URL"):
        DatabaseUrl.parse(url).values()
