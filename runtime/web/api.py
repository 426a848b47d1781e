"""What the routes of the API work with."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from runtime.callflow.action import Action
from runtime.callflow.orders import Orders
from runtime.callflow.routing import Routing
from runtime.events import Bus
from runtime.objects import Contents, Objects, in_memory
from runtime.storage import Database, audit
from runtime.storage.pool import Connection
from runtime.web.buckets import Buckets
from runtime.web.request import ApiRequest
from runtime.web.websocket import Sockets


@dataclass(frozen=True)
class Api:
    """The database, the accounts' routing, the actions there are, and who is told of changes.

    `changed` gets the id of an account in which something was written. `objects` is where binary
    content is, `spoken` makes a WAV of the text of a media document (id and document).
    """

    db: Database
    routing: Routing
    actions: Mapping[str, Action]
    changed: Callable[[str], None] = lambda _account_id: None
    buckets: Buckets = field(default_factory=Buckets)
    private_urls: bool = False
    """Whether documents may name URLs of the own network."""
    objects: Objects = field(default_factory=in_memory)
    spoken: Callable[[str, Mapping[str, Any]], Awaitable[bytes]] | None = None

    orders: Orders | None = None
    """The calls in progress; None: there are none here."""
    registered: Callable[[Collection[str]], Awaitable[Collection[str]]] | None = None
    """Returns which of these SIP endpoints are registered; raises AriError."""
    events: Bus = field(default_factory=Bus)
    sockets: Sockets = field(default_factory=Sockets)

    @property
    def contents(self) -> Contents:
        """What rows have of `objects`."""
        return Contents(self.db, self.objects)

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
