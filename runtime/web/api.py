"""What the routes of the API work with."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from runtime.callflow.action import Action
from runtime.callflow.routing import Routing
from runtime.storage import Database, audit
from runtime.storage.pool import Connection
from runtime.web.buckets import Buckets
from runtime.web.request import ApiRequest


@dataclass(frozen=True)
class Api:
    """The database, the accounts' routing, the actions there are, and who is told of changes.

    `changed` gets the id of an account in which something was written.
    """

    db: Database
    routing: Routing
    actions: Mapping[str, Action]
    changed: Callable[[str], None] = lambda _account_id: None
    buckets: Buckets = field(default_factory=Buckets)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Lend a connection."""
        async with self.db.connection() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, request: ApiRequest, account_id: str) -> AsyncIterator["Write"]:
        """Run a transaction in which nobody else writes to this account through the API.

        All or nothing is written; `changed` is told when it is.
        """
        async with self.db.connection() as connection, connection.transaction():
            await connection.execute(_LOCK, account_id, request.writer.name, _message(request))
            yield Write(connection, request, account_id)
        self.changed(account_id)


_LOCK = """
select pg_advisory_xact_lock(hashtextextended('api ' || $1, 0)),
    set_config('callflow.author', $2, true), set_config('callflow.message', $3, true)
"""


def _message(request: ApiRequest) -> str:
    message = request.envelope.get("message")
    return message[:1000] if isinstance(message, str) else ""


@dataclass(frozen=True)
class Write:
    """A transaction that writes to one account."""

    connection: Connection
    request: ApiRequest
    account_id: str

    async def audit(
        self,
        kind: str,
        document_id: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
    ) -> None:
        """Keep what was changed; `before` is None for what is new, `after` for what is gone."""
        subject = audit.Subject(self.account_id, kind, document_id)
        await audit.write(self.connection, self.request.writer, subject, before, after)
