"""A database with very many callflows, made in bulk."""

from runtime.storage import Database
from runtime.storage.pool import Connection

PER_ACCOUNT = 100
"""Callflows of each account."""
PATTERNS = 10_000
"""Patterns of the account that has so many."""
PATTERN_ACCOUNT = "f" * 32

_BULK_SECONDS = 600.0
_TABLES = ("accounts", "callflows")

# What the triggers would derive row by row is derived here for all at once.
_ACCOUNTS = """
insert into accounts (id, name, realm, tree)
select lpad(to_hex(n), 32, '0'), 'Account ' || n, 'a' || n || '.example', '{}'
from generate_series($1::int, $2::int) n
"""
_CALLFLOWS = """
insert into callflows (account_id, id, doc)
select lpad(to_hex(n), 32, '0'), lpad(to_hex(k), 32, '0'), jsonb_build_object(
    'name', 'Callflow ' || k, 'numbers', jsonb_build_array((2000 + k)::text),
    'flow', jsonb_build_object('module', 'menu',
        'data', jsonb_build_object('id', lpad(to_hex(k), 32, '0')),
        'children', jsonb_build_object('1', jsonb_build_object('module', 'dead_air',
            'data', '{}'::jsonb, 'children', '{}'::jsonb))))
from generate_series($1::int, $2::int) n, generate_series(1, $3::int) k
"""
_NUMBERS = """
insert into callflow_numbers (account_id, number, callflow_id)
select lpad(to_hex(n), 32, '0'), (2000 + k)::text, lpad(to_hex(k), 32, '0')
from generate_series($1::int, $2::int) n, generate_series(1, $3::int) k
"""
_PATTERNS = """
insert into callflows (account_id, id, doc)
select $1, lpad(to_hex(k), 32, '0'), jsonb_build_object(
    'patterns', jsonb_build_array('^' || (100000 + k) || '(\\d{2,4})$'),
    'flow', jsonb_build_object('module', 'dead_air', 'data', '{}'::jsonb))
from generate_series(1, $2::int) k
"""


def account_id(number: int) -> str:
    """Return the id of the n-th account, from 1."""
    return f"{number:032x}"


async def grow(db: Database, first: int, last: int) -> None:
    """Add the accounts from the first to the last, each with its callflows."""
    async with db.connection(seconds=_BULK_SECONDS) as connection, connection.transaction():
        await _without_triggers(connection)
        await connection.execute(_ACCOUNTS, first, last, timeout=_BULK_SECONDS)
        for statement in (_CALLFLOWS, _NUMBERS):
            await connection.execute(statement, first, last, PER_ACCOUNT, timeout=_BULK_SECONDS)
        await _with_triggers(connection)
    async with db.connection(seconds=_BULK_SECONDS) as connection:
        await connection.execute("analyze", timeout=_BULK_SECONDS)


async def add_patterns(db: Database) -> None:
    """Add an account with very many patterns."""
    async with db.connection(seconds=_BULK_SECONDS) as connection, connection.transaction():
        await connection.execute(
            "insert into accounts (id, name) values ($1, 'Patterns')", PATTERN_ACCOUNT
        )
        await _without_triggers(connection)
        await connection.execute(_PATTERNS, PATTERN_ACCOUNT, PATTERNS, timeout=_BULK_SECONDS)
        await _with_triggers(connection)


async def _without_triggers(connection: Connection) -> None:
    for table in _TABLES:
        await connection.execute(f"alter table {table} disable trigger user")


async def _with_triggers(connection: Connection) -> None:
    for table in _TABLES:
        await connection.execute(f"alter table {table} enable trigger user")
