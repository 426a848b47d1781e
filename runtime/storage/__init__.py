"""PostgreSQL: the pool, migrations, LISTEN/NOTIFY, and the functions beside their SQL."""

from runtime.storage.listen import Changes
from runtime.storage.migrations import migrate
from runtime.storage.pool import Connection, Database

__all__ = ["Changes", "Connection", "Database", "migrate"]
