"""Forward-only migrations: the plain SQL files of one directory, each applied once, in order.

A runner of our own because `sql/` must stay plain SQL that psql runs as it is, and an edited file
must not go unnoticed: pogo-migrate demands markers, dependencies and a rollback in each file and
splits the statements itself; asyncpg-trek had its last release in 2024; neither keeps a checksum
of what it applied.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import StorageRefused
from runtime.storage.failures import located
from runtime.storage.pool import Connection, Database

logger = logging.getLogger(__name__)

_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
# Any constant will do as long as it never changes: all runners must meet on it.
_LOCK = 0x43_41_4C_4C_46_4C_4F_57

_CREATE = """
create table if not exists schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
)
"""
_APPLIED = "select name, checksum from schema_migrations order by name"
_RECORD = "insert into schema_migrations (name, checksum) values ($1, $2)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its name, text, and the SHA-256 of the text with Unix line ends."""

    name: str
    sql: str
    checksum: str


async def migrate(db: Database, directory: Path) -> list[str]:
    """Apply what `directory` has and the database has not; return the names applied.

    Each file runs in its own transaction; concurrent runs wait for each other. Raises
    StorageRefused, naming the file, when one that was applied has changed or is missing, when a
    new one sorts before an applied one, or when its SQL fails (then it has changed nothing).
    """
    migrations = read(directory)
    async with db.connection(seconds=None) as connection:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        try:
            await connection.execute(_CREATE)
            applied = {row["name"]: row["checksum"] for row in await connection.fetch(_APPLIED)}
            pending = unapplied(migrations, applied)
            for migration in pending:
                await _apply(connection, migration)
        finally:
            await connection.execute("select pg_advisory_unlock($1)", _LOCK)
    return [migration.name for migration in pending]


def read(directory: Path) -> list[Migration]:
    """Read the migrations of `directory` in order.

    Raises StorageRefused for a wrong name, a number used twice, or no file at all.
    """
    migrations: list[Migration] = []
    for path in sorted(directory.glob("*.sql")):
        if not _NAME.fullmatch(path.name):
            raise StorageRefused(f"{path}: a migration is named like 0001_what_it_does.sql")
        if migrations and migrations[-1].name[:4] == path.name[:4]:
            raise StorageRefused(f"{path}: the number is already used by {migrations[-1].name}")
        sql = path.read_text(encoding="utf-8")
        checksum = hashlib.sha256(sql.encode()).hexdigest()
        migrations.append(Migration(path.name, sql, checksum))
    if not migrations:
        raise StorageRefused(f"{directory}: there are no migrations")
    return migrations


def unapplied(migrations: list[Migration], applied: dict[str, str]) -> list[Migration]:
    """Return the migrations that are not `applied` (checksum by name) yet.

    Raises StorageRefused, naming the file, for a history that does not fit.
    """
    present = {migration.name for migration in migrations}
    for name in applied:
        if name not in present:
            raise StorageRefused(f"{name}: applied to this database, but its file is missing")
    newest = max(applied, default="")
    for migration in migrations:
        if migration.name not in applied:
            if migration.name < newest:
                raise StorageRefused(
                    f"{migration.name}: out of order, {newest} is applied already;"
                    " give it the next free number"
                )
        elif applied[migration.name] != migration.checksum:
            raise StorageRefused(
                f"{migration.name}: changed since it was applied;"
                " restore it and write a new migration"
            )
    return [migration for migration in migrations if migration.name not in applied]


async def _apply(connection: Connection, migration: Migration) -> None:
    with located(migration.name, migration.sql):
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(_RECORD, migration.name, migration.checksum)
    logger.info("applied migration %s", migration.name)
