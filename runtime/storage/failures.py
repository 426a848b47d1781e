"""What asyncpg raises, told in the program's own exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from runtime.errors import SettingError, StorageError, StorageRefused, StorageUnavailable

# Classes of SQLSTATE (PostgreSQL's Appendix A): the same request may work later.
_TEMPORARY = ("08", "25006", "28", "3D", "40", "53", "55", "57", "58")
# The request itself is at fault: data, constraints, our triggers' `raise`, privileges.
_REFUSED = ("22", "23", "42501", "44", "P0001")
# These details quote the row, with whatever secret it holds.
_DETAIL_HIDDEN = ("23502", "23514")


@contextmanager
def translated() -> Iterator[None]:
    """Raise StorageUnavailable, StorageRefused, SettingError or StorageError for asyncpg's errors.

    StorageError is left for what neither waiting nor other data cures, such as a missing table.
    """
    try:
        yield
    except asyncpg.PostgresError as error:
        raise _of_server(error) from error
    except asyncpg.ClientConfigurationError as error:
        raise setting_error(str(error)) from None
    except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        # asyncpg's DataError is hidden behind the server's of that name; it is the ValueError.
        if isinstance(error, ValueError):
            raise StorageRefused(f"PostgreSQL cannot store this: {error}") from error
        raise StorageUnavailable(f"PostgreSQL cannot be reached: {error}") from error
    except OSError as error:
        # TimeoutError is one too, and says nothing.
        reason = str(error) or "no answer in time"
        raise StorageUnavailable(f"PostgreSQL cannot be reached: {reason}") from error


@contextmanager
def located(where: str, sql: str = "") -> Iterator[None]:
    """Raise StorageRefused with `where`, and the line of `sql` if known, for a failed statement.

    StorageUnavailable passes unchanged.
    """
    try:
        with translated():
            yield
    except StorageUnavailable:
        raise
    except StorageError as error:
        position = getattr(error.__cause__, "position", None)
        line = f":{sql.count(chr(10), 0, int(position) - 1) + 1}" if sql and position else ""
        raise StorageRefused(f"{where}{line}: {error}") from error


def setting_error(problem: str) -> SettingError:
    """Return the error of a database URL that cannot be used; it never quotes the URL."""
    return SettingError(
        "CALLFLOW_DATABASE_URL",
        problem,
        "Give a URL such as postgresql://user:password@host:5432/database"
        " or postgresql://user:password@/database?host=/socket/directory.",
    )


def _of_server(error: asyncpg.PostgresError) -> StorageError:
    state = error.sqlstate
    if state.startswith(_TEMPORARY):
        return StorageUnavailable(f"PostgreSQL: {error.message}")
    text = error.message
    if error.detail and state not in _DETAIL_HIDDEN:
        text += f" ({error.detail})"
    if error.hint:
        text += f": {error.hint}"
    return StorageRefused(text) if state.startswith(_REFUSED) else StorageError(text)
