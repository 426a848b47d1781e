"""Load an account from a SQL file or from a JSON bundle."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.errors import DocumentError, StorageRefused
from runtime.storage.failures import located
from runtime.storage.pool import Connection, Database

_ACCOUNT = """
insert into accounts (id, name, realm, enabled, doc)
values (coalesce($1, random_id()), $2, $3, $4, $5)
on conflict (id) do update
set name = excluded.name, realm = excluded.realm, enabled = excluded.enabled, doc = excluded.doc
returning id
"""
_NUMBER = """
insert into phone_numbers (number, account_id) values ($1, $2)
on conflict (number) do update set account_id = excluded.account_id
where phone_numbers.account_id = excluded.account_id
returning number
"""
_DOCUMENT = """
insert into documents (account_id, id, kind, doc) values ($1, coalesce($2, random_id()), $3, $4)
on conflict (account_id, id) do update set kind = excluded.kind, doc = excluded.doc
"""
_CALLFLOW = """
insert into callflows (account_id, id, doc) values ($1, coalesce($2, random_id()), $3)
on conflict (account_id, id) do update set doc = excluded.doc
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a bundle, and its place there."""

    place: str
    id: str | None
    kind: str
    doc: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bundle:
    """An account with all that it has; `account` is its document without the fields beside it."""

    account: Item
    name: str
    realm: str | None
    enabled: bool
    numbers: Sequence[str]
    documents: Sequence[Item]
    callflows: Sequence[Item]


async def seed_sql(db: Database, text: str, name: str = "seed") -> None:
    """Run SQL statements, all or none unless the text itself commits; psql's commands are no SQL.

    Raises StorageRefused with `name` and the line of a statement that fails.
    """
    async with db.connection(seconds=None) as connection:
        with located(name, text):
            await connection.execute(text)
        # Such a file may set what it likes for its session.
        await connection.reset()


def read_bundle(bundle: object) -> Bundle:
    """Read `{"account", "phone_numbers", "documents", "callflows"}`.

    All but "account" may be left out. `account` has `name` and may have `id`, `realm` and
    `enabled`; the rest of it is its document. Each of `documents` is a document with its `kind`
    (or Kazoo's `pvt_type`) and perhaps an `id` (or `_id`) among its fields; each of `callflows`
    a callflow document. Both may also have the document apart, under `doc`.

    Raises DocumentError for a bundle of the wrong shape, naming the place, such as
    `documents[2] (alice)`.
    """
    root = _object(bundle, "bundle")
    unknown = sorted(root.keys() - {"account", "phone_numbers", "documents", "callflows"})
    if unknown:
        raise DocumentError(f"{unknown[0]}: a bundle has no such part")
    account = _item(root.get("account"), "account", kind="account")
    name = _text(account.doc.pop("name", None), "account.name")
    realm = account.doc.pop("realm", None)
    enabled = account.doc.pop("enabled", True)
    if realm is not None:
        realm = _text(realm, "account.realm").lower()
    if not isinstance(enabled, bool):
        raise DocumentError("account.enabled: must be true or false")
    return Bundle(
        account,
        name,
        realm,
        enabled,
        numbers=[_text(*entry) for entry in _entries(root, "phone_numbers")],
        documents=[_item(*entry) for entry in _entries(root, "documents")],
        callflows=[_item(*entry, kind="callflow") for entry in _entries(root, "callflows")],
    )


async def seed_bundle(db: Database, bundle: object) -> str:
    """Load a bundle as `read_bundle` has it; return the account's id.

    What has an id replaces what is there under that id; nothing is removed. All or nothing.
    Raises DocumentError for a bundle of the wrong shape and StorageRefused for what the
    database refuses, both naming the place.
    """
    given = read_bundle(bundle)
    account = given.account
    async with db.connection(seconds=None) as connection, connection.transaction():
        columns = (account.id, given.name, given.realm, given.enabled, account.doc)
        account_id = str(await _run(connection, "account", _ACCOUNT, *columns))
        for index, number in enumerate(given.numbers):
            where = f"phone_numbers[{index}]"
            if await _run(connection, where, _NUMBER, number, account_id) is None:
                raise StorageRefused(f"{where}: {number} belongs to another account")
        for item in given.documents:
            await _run(connection, item.place, _DOCUMENT, account_id, item.id, item.kind, item.doc)
        for item in given.callflows:
            await _run(connection, item.place, _CALLFLOW, account_id, item.id, item.doc)
    return account_id


async def _run(connection: Connection, where: str, statement: str, *values: object) -> object:
    with located(where):
        return await connection.fetchval(statement, *values)


def _entries(root: dict[str, Any], part: str) -> Iterable[tuple[object, str]]:
    entries = root.get(part, [])
    if not isinstance(entries, list):
        raise DocumentError(f"{part}: must be a list")
    return [(entry, f"{part}[{index}]") for index, entry in enumerate(entries)]


def _item(value: object, where: str, kind: str | None = None) -> Item:
    doc = dict(_object(value, where))
    own_id = doc.pop("id", None)
    couch_id = doc.pop("_id", None)
    item_id = own_id if own_id is not None else couch_id
    if item_id is not None:
        item_id = _text(item_id, f"{where}.id")
        where = f"{where} ({item_id})"
    if kind is None:
        own_kind = doc.pop("kind", None)
        kind = _text(own_kind if own_kind is not None else doc.get("pvt_type"), f"{where}.kind")
    if doc.keys() == {"doc"}:
        doc = _object(doc["doc"], f"{where}.doc")
    # Kazoo's private fields belong to the database that they come from.
    kept = {key: item for key, item in doc.items() if not key.startswith(("pvt_", "_"))}
    return Item(where, item_id, kind, kept)


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DocumentError(f"{where}: must be an object, not {_shown(value)}")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise DocumentError(f"{where}: must be a text, not {_shown(value)}")
    return value


def _shown(value: object) -> str:
    return "missing" if value is None else json.dumps(value, default=repr)[:60]
