"""A PostgreSQL URL in the words of Asterisk's res_pgsql.conf."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from runtime.errors import SettingError

_SETTING = "CALLFLOW_DATABASE_URL"
_PLAIN = re.compile(r"[A-Za-z0-9_./:+-]+")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,49}")
_LONGEST = 63  # Asterisk cuts what is longer, without a word
_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")


@dataclass(frozen=True)
class DatabaseUrl:
    """The parts of a PostgreSQL URL that Asterisk needs."""

    host: str
    """name, address, or directory of the Unix socket"""
    port: int
    name: str
    user: str
    password: str
    tls: dict[str, str]
    """libpq's parameters for TLS that the URL has"""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `url`. Raises SettingError for what Asterisk cannot connect to."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise _wrong(f"is no URL: {error}") from None
        if parts.scheme not in ("postgresql", "postgres"):
            raise _wrong("does not begin with postgresql://")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        user = unquote(parts.username or "") or query.get("user", "")
        name = unquote(parts.path.removeprefix("/")) or query.get("dbname", "") or user
        if not user:
            raise _wrong("names no user")
        if not _NAME.fullmatch(name):
            raise _wrong(f"{name!r} as a database name cannot be used with Asterisk")
        return cls(
            host=query.get("host") or unquote(parts.hostname or "") or "localhost",
            port=port or int(query.get("port", "5432")),
            name=name,
            user=user,
            password=unquote(parts.password or "") or query.get("password", ""),
            tls={key: query[key] for key in _TLS if key in query},
        )

    def values(self) -> dict[str, str]:
        """Return the values of the placeholders @DATABASE_...@. Raises SettingError."""
        return {
            "DATABASE_HOST": _word(self.host, "host"),
            "DATABASE_PORT": str(self.port),
            "DATABASE_NAME": self.name,
            "DATABASE_USER": _word(self.user, "user"),
            "DATABASE_PASSWORD": _word(self.password, "password"),
        }

    def environment(self) -> dict[str, str]:
        """Return what libpq reads from the environment, where the file has no word for it.

        A connection that is not made in 3 s is given up: Asterisk asks for one thing at a time,
        and a database that is gone must not hold up the telephones that it remembers.
        """
        tls = {f"PG{key.upper()}": value for key, value in self.tls.items()}
        return {"PGCONNECT_TIMEOUT": "3", **tls}


def _word(text: str, what: str) -> str:
    """Return `text` as one word of a libpq connection string, which Asterisk makes of it."""
    if text and _PLAIN.fullmatch(text):
        word = text
    else:
        escaped = text.replace("\\", "\\\\").replace("'", "\\'")
        word = f"'{escaped}'"
    if len(word.encode()) > _LONGEST:
        raise _wrong(f"the {what} has more than {_LONGEST} characters, which Asterisk cannot take")
    return word


def _wrong(problem: str) -> SettingError:
    return SettingError(
        _SETTING, problem, "Set it to postgresql://user:password@host:port/database"
    )
