"""Documents and callflows as a client manages them: in pages, with filters, one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runtime.storage.pool import Connection


@dataclass(frozen=True, slots=True)
class Collection:
    """One kind of documents of an account; `order` is the SQL expression that sorts a listing."""

    kind: str
    order: str = "id"

    @property
    def table(self) -> str:
        """Where they are."""
        return "callflows" if self.kind == "callflow" else "documents"

    @property
    def condition(self) -> str:
        """What tells them from others in that table; callflows may be broken ones."""
        if self.kind == "callflow":
            return "jsonb_typeof(doc) = 'object'"
        return f"kind = '{self.kind}'"


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it is stored."""

    id: str
    revision: int
    doc: dict[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listing is of.

    `start` is the place (sort key and id) of its first row, `limit` how many rows there are at
    most; `conditions` are SQL with `{n}` for the place of each of `values`.
    """

    ascending: bool = False
    start: tuple[str, str] | None = None
    limit: int | None = None
    conditions: Sequence["Condition"] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over `doc`, `id`, `created_at` and `updated_at`; `{}` stands for each of the values."""

    sql: str
    values: Sequence[object] = ()


_COLUMNS = "id, revision, doc, created_at, updated_at"


async def page(
    connection: Connection, of: Collection, account_id: str, wanted: Wanted
) -> list[tuple[str, Stored]]:
    """Return the documents with their sort keys, in order of sort key and id."""
    values: list[object] = [account_id]

    def place(value: object) -> str:
        values.append(value)
        return f"${len(values)}"

    order = f'({of.order}) collate "C"'
    way, beyond = ("asc", ">=") if wanted.ascending else ("desc", "<=")
    conditions = ["account_id = $1", of.condition]
    if wanted.start is not None:
        key, document_id = map(place, wanted.start)
        conditions.append(f'({order}, id collate "C") {beyond} ({key}, {document_id})')
    conditions += [
        condition.sql.format(*map(place, condition.values)) for condition in wanted.conditions
    ]
    limit = "" if wanted.limit is None else f"limit {place(wanted.limit)}"
    rows = await connection.fetch(
        f"select {_COLUMNS}, {of.order} as sort_key from {of.table} "  # noqa: S608 - declared in code
        f"where {' and '.join(f'({condition})' for condition in conditions)} "
        f'order by {order} {way}, id collate "C" {way} {limit}',
        *values,
    )
    return [(row["sort_key"], _stored(row)) for row in rows]


async def fetch(
    connection: Connection, of: Collection, account_id: str, document_id: str
) -> Stored | None:
    """Return one document; None when the account has none of that kind and id."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from {of.table} "  # noqa: S608
        f"where account_id = $1 and id = $2 and {of.condition}",
        account_id,
        document_id,
    )
    return None if row is None else _stored(row)


async def insert(
    connection: Connection,
    of: Collection,
    account_id: str,
    doc: Mapping[str, Any],
    document_id: str | None = None,
) -> Stored:
    """Store a new document, under an id of its own unless one is given.

    Raises StorageRefused when the id is taken.
    """
    kind = "" if of.kind == "callflow" else f", '{of.kind}'"
    columns = "account_id, id, doc" + (", kind" if kind else "")
    row = await connection.fetchrow(
        f"insert into {of.table} ({columns}) "  # noqa: S608
        f"values ($1, coalesce($2, random_id()), $3{kind}) returning {_COLUMNS}",
        account_id,
        document_id,
        dict(doc),
    )
    return _stored(row)


async def replace(
    connection: Connection,
    of: Collection,
    account_id: str,
    document_id: str,
    doc: Mapping[str, Any],
) -> Stored | None:
    """Replace a document; None when it has just gone."""
    row = await connection.fetchrow(
        f"update {of.table} set doc = $3 "  # noqa: S608
        f"where account_id = $1 and id = $2 and {of.condition} returning {_COLUMNS}",
        account_id,
        document_id,
        dict(doc),
    )
    return None if row is None else _stored(row)


async def remove(connection: Connection, of: Collection, account_id: str, document_id: str) -> bool:
    """Delete a document; False when it has just gone."""
    status: str = await connection.execute(
        f"delete from {of.table} where account_id = $1 and id = $2 and {of.condition}",  # noqa: S608
        account_id,
        document_id,
    )
    return status != "DELETE 0"


def _stored(row: Any) -> Stored:
    return Stored(row["id"], row["revision"], row["doc"], row["created_at"], row["updated_at"])
