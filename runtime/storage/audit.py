"""Who changed what through the HTTP API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from runtime.storage.pool import Connection

SECRETS: Final = frozenset({"password", "pin", "pins", "record_pin", "api_key", "secret"})
"""Fields whose values are never told."""

_HIDDEN: Final = "..."


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the account and user of the token, from where, and in which request."""

    account_id: str | None = None
    user_id: str | None = None
    address: str = ""
    request_id: str = ""

    @property
    def name(self) -> str:
        """As authors of revisions are named."""
        return f"user {self.user_id}" if self.user_id else f"account {self.account_id or 'none'}"


_WRITE = """
insert into audit (account_id, actor_account_id, actor_user_id, address, request_id,
    action, kind, document_id, changes)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is written: a document of an account."""

    account_id: str
    kind: str
    id: str


async def write(
    connection: Connection,
    writer: Writer,
    subject: Subject,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Keep what a write changed; `before` is None for what is new, `after` for what is gone."""
    action = "create" if before is None else "delete" if after is None else "change"
    await connection.execute(
        _WRITE,
        subject.account_id,
        writer.account_id,
        writer.user_id,
        writer.address,
        writer.request_id,
        action,
        subject.kind,
        subject.id,
        changes(before or {}, after or {}),
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what differs, by dotted path: [before, after]."""
    found: dict[str, list[Any]] = {}
    _compare(before, after, "", found)
    return found


def _compare(
    before: Mapping[str, Any], after: Mapping[str, Any], path: str, found: dict[str, list[Any]]
) -> None:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        where = f"{path}{key}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            _compare(old, new, f"{where}.", found)
        elif key in SECRETS:
            found[where] = [None if old is None else _HIDDEN, None if new is None else _HIDDEN]
        else:
            found[where] = [_without_secrets(old), _without_secrets(new)]


def _without_secrets(value: Any) -> Any:
    match value:
        case Mapping():
            return {
                key: _HIDDEN if key in SECRETS else _without_secrets(item)
                for key, item in value.items()
            }
        case list():
            return [_without_secrets(item) for item in value]
        case _:
            return value
