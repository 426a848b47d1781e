"""Documents of an account (users, devices, menus, media ...), cached and multi-account."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.accounts.cache import AccountCache, Key
from runtime.errors import StorageRefused

MAX_CACHED_DOCUMENTS = 20_000
MAX_CACHED_DIRECTORIES = 1_000
MAX_CACHED_KINDS = 1_000


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
FetchMembers = Callable[[str, str], Awaitable[Sequence[Document]]]
"""Account and directory to the users in it."""

FetchKind = Callable[[str, str], Awaitable[Sequence[Document]]]
"""Account and kind to all documents of that kind, in order of their ids."""

Change = Callable[[str, str, str, Mapping[str, Any], bool], Awaitable[None]]
"""Account, kind, id, what is merged into the document, and whether it is made if there is none."""

KeepSound = Callable[[str, str, Mapping[str, Any], bytes], Awaitable[None]]
"""Account, media id, what is merged into the document or makes it, and a WAV."""


async def _nobody(_account_id: str, _directory_id: str) -> Sequence[Document]:
    return ()


async def _no_change(
    _account: str,
    kind: str,
    document_id: str,
    _change: Mapping[str, Any],
    _create: bool,  # noqa: FBT001
) -> None:
    raise StorageRefused(f"{kind} {document_id}: these documents cannot be changed")


async def _no_sound(_account: str, media_id: str, _doc: Mapping[str, Any], _sound: bytes) -> None:
    raise StorageRefused(f"media {media_id}: these documents cannot be changed")


class Documents:
    """Documents by account, kind and id; no account reaches another's.

    Raises StorageUnavailable when PostgreSQL is away and the document was never read before.
    Without `fetch_members`, `fetch_kind`, `change` and `keep_sound` nobody is in a directory, no
    kind has documents that are read together, and nothing can be changed.
    """

    def __init__(
        self,
        fetch: FetchDocument,
        fetch_devices: FetchDevices,
        fetch_attachment: FetchAttachment,
        *,
        fetch_members: FetchMembers = _nobody,
        fetch_kind: FetchKind = _nobody,
        change: Change = _no_change,
        keep_sound: KeepSound = _no_sound,
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

        async def load_members(key: Key) -> Sequence[Document]:
            account_id, directory_id = key
            return await fetch_members(account_id, directory_id)

        async def load_kind(key: Key) -> Sequence[Document]:
            account_id, kind = key
            return await fetch_kind(account_id, kind)

        self._change = change
        self._keep_sound = keep_sound
        self._members = AccountCache(load_members, MAX_CACHED_DIRECTORIES)
        self._kinds = AccountCache(load_kind, MAX_CACHED_KINDS)
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

    async def members_of(self, account_id: str, directory_id: str) -> Sequence[Document]:
        """Return the users whose `directories` name this directory."""
        return await self._members.get((account_id, directory_id))

    async def all_of(self, account_id: str, kind: str) -> Sequence[Document]:
        """Return all documents of a kind of which an account has few, such as groups."""
        return await self._kinds.get((account_id, kind))

    async def change(
        self,
        account_id: str,
        kind: str,
        document_id: str,
        change: Mapping[str, Any],
        *,
        create: bool = False,
    ) -> None:
        """Merge `change` into a document, deeply; `create`: one that is not there is made.

        Raises DocumentError when there is no such document, and StorageError.
        """
        await self._change(account_id, kind, document_id, change, create)
        self.changed(account_id)  # at once: the notice of it may take a moment

    async def keep_sound(
        self, account_id: str, media_id: str, doc: Mapping[str, Any], sound: bytes
    ) -> None:
        """Make a WAV the only attachment of a media document, which is made or changed by `doc`.

        Raises StorageError.
        """
        await self._keep_sound(account_id, media_id, doc, sound)
        self.changed(account_id)

    def changed(self, account_id: str) -> None:
        """Something in the account changed."""
        self._documents.changed(account_id)
        self._devices.changed(account_id)
        self._attachments.changed(account_id)
        self._members.changed(account_id)
        self._kinds.changed(account_id)

    def all_changed(self) -> None:
        """Anything may have changed."""
        self._documents.all_changed()
        self._devices.all_changed()
        self._attachments.all_changed()
        self._members.all_changed()
        self._kinds.all_changed()
