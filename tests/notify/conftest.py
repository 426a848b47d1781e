"""A real mail server, and a real PostgreSQL with one account in it."""

from collections.abc import AsyncIterator

import pytest

from runtime.storage import Database
from tests.notify.mailroom import Mailroom
from tests.storage import conftest as storage
from tests.storage.ear import A, account

server_url = storage.server_url
migrated_url = storage.migrated_url
url = storage.url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    """Yield a database with one account."""
    async with Database(url) as database:
        await account(database, A)
        yield database


@pytest.fixture
async def mailroom() -> AsyncIterator[Mailroom]:
    """Yield a mail server that takes everything."""
    async with Mailroom() as mailroom:
        yield mailroom
