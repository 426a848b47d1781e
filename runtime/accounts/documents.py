"""Documents of an account (users, devices, menus, media ...), cached and multi-account."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.accounts.cache import AccountCache, Key

MAX_CACHED_DOCUMENTS = 20_000


@dataclass(frozen=True)
class Document:
    """One JSON document; `revision` counts its changes."""

    account_id: str
    kind: str
    id: str
    revision: int
    doc: Mapping[str, Any]


@dataclass(frozen=True)
class Attachment:
    """What a document's attachment is called, and the SHA-256 of its content in hex."""

    name: str
    sha256: str


FetchDocument = Callable[[str, str, str], Awaitable[Document | None]]
FetchDevices = Callable[[str, str], Awaitable[Sequence[Document]]]
FetchAttachment = Callable[[str, str], Awaitable[Attachment | None]]


class Documents:
    """Documents by account, kind and id; no account reaches another's.

    Raises StorageUnavailable when PostgreSQL is away and the document was never read before.
    """

    def __init__(
        self,
        fetch: FetchDocument,
        fetch_devices: FetchDevices,
        fetch_attachment: FetchAttachment,
    ) -> None:
        async def load(key: Key) -> Document | None:
            account_id, kind, document_id = key
            return await fetch(account_id, kind, document_id)

        async def load_devices(key: Key) -> Sequence[Document]:
            account_id, user_id = key
            return await fetch_devices(account_id, user_id)

        async def load_attachment(key: Key) -> Attachment | None:
            account_id, document_id = key
            return await fetch_attachment(account_id, document_id)

        self._attachments = AccountCache(load_attachment, MAX_CACHED_DOCUMENTS)
        self._documents = AccountCache(load, MAX_CACHED_DOCUMENTS)
        self._devices = AccountCache(load_devices, MAX_CACHED_DOCUMENTS)

    async def get(self, account_id: str, kind: str, document_id: str) -> Document | None:
        """Return the document, or None when the account has none of that kind and id."""
        return await self._documents.get((account_id, kind, document_id))

    async def devices_of(self, account_id: str, user_id: str) -> Sequence[Document]:
        """Devices hot-desked by the user, and the user's own on which nobody is hot-desked."""
        return await self._devices.get((account_id, user_id))

    async def attachment(self, account_id: str, document_id: str) -> Attachment | None:
        """Return what is attached to the document, the first by name; None when nothing is."""
        return await self._attachments.get((account_id, document_id))

    def changed(self, account_id: str) -> None:
        """Something in the account changed."""
        self._documents.changed(account_id)
        self._devices.changed(account_id)
        self._attachments.changed(account_id)

    def all_changed(self) -> None:
        """Anything may have changed."""
        self._documents.all_changed()
        self._devices.all_changed()
        self._attachments.all_changed()
