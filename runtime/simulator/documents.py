"""Accounts, callflows and documents held in memory, in place of PostgreSQL."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from runtime.accounts import Account, Attachment, Document, Documents
from runtime.callflow.lookup import Problem
from runtime.callflow.routing import Edit, RawCallflow, Routing
from runtime.errors import DocumentError
from runtime.simulator.shelf import Shelf
from runtime.simulator.silence import silent_wav, title_of

Doc = Mapping[str, Any]

MAX_ACCOUNTS = 1000


@dataclass
class PlainAccount:
    """One account and all that is in it; a document's key is its kind and id."""

    id: str
    name: str = "Account"
    realm: str | None = None
    doc: Doc = field(default_factory=dict)
    callflows: dict[str, object] = field(default_factory=dict)
    documents: dict[tuple[str, str], Doc] = field(default_factory=dict)
    sounds: dict[str, bytes] = field(default_factory=dict)


class PlainDocuments:
    """All accounts; what storage answers, without a database.

    Changes made here are seen by the next call, as after a notice of PostgreSQL.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.accounts: dict[str, PlainAccount] = {}
        self.numbers: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._shelf = shelf
        self.routing = Routing(
            self._account, self._report, MAX_ACCOUNTS, change=self._change_callflow
        )
        self.documents = Documents(
            self._document,
            self._devices,
            self._attachment,
            fetch_members=self._members,
            fetch_kind=self._of_kind,
            change=self._change,
            keep_sound=self._keep_sound,
        )

    def account(self, account: PlainAccount) -> PlainAccount:
        """Add an account."""
        self.accounts[account.id] = account
        return account

    def put_callflow(self, account_id: str, callflow_id: str, doc: object) -> None:
        """Make or replace a callflow."""
        self.accounts[account_id].callflows[callflow_id] = doc
        self.routing.changed(account_id)

    def put(self, account_id: str, kind: str, document_id: str, doc: Doc) -> None:
        """Make or replace a document."""
        self.accounts[account_id].documents[kind, document_id] = doc
        self.documents.changed(account_id)

    def put_sound(self, account_id: str, media_id: str, seconds: float) -> None:
        """Make a media document that lasts so long and is heard under its id.

        A prompt of a language, `en-us/vm-goodbye`, is heard under the prompt's.
        """
        heard = media_id.rpartition("/")[2]
        self.put(account_id, "media", media_id, {"name": media_id, "media_source": "upload"})
        self.accounts[account_id].sounds[media_id] = silent_wav(seconds, title=heard)

    async def account_of_number(self, number: str) -> str | None:
        """Return the account to which a public number belongs."""
        return self.numbers.get(number)

    async def content(self, account_id: str, media_id: str, _name: str) -> bytes | None:
        """Return the sound of a media document."""
        return self.accounts[account_id].sounds.get(media_id)

    async def _account(self, account_id: str) -> tuple[Account, list[RawCallflow]] | None:
        found = self.accounts.get(account_id)
        if found is None:
            return None
        numbers = tuple(n for n, owner in self.numbers.items() if owner == account_id)
        account = Account(found.id, found.name, True, found.realm, found.doc, numbers)  # noqa: FBT003
        callflows = found.callflows.items()
        return account, [RawCallflow(name, 1, json.dumps(doc)) for name, doc in callflows]

    async def _report(self, problem: Problem) -> None:
        self.problems.append(problem)

    async def _document(self, account_id: str, kind: str, document_id: str) -> Document | None:
        found = self.accounts[account_id].documents.get((kind, document_id))
        return None if found is None else Document(account_id, kind, document_id, 1, found)

    async def _devices(self, account_id: str, user_id: str) -> Sequence[Document]:
        return [
            Document(account_id, kind, name, 1, doc)
            for (kind, name), doc in self.accounts[account_id].documents.items()
            if kind == "device" and _belongs_to(doc, user_id)
        ]

    async def _members(self, account_id: str, directory_id: str) -> Sequence[Document]:
        return [
            Document(account_id, kind, name, 1, doc)
            for (kind, name), doc in self.accounts[account_id].documents.items()
            if kind == "user" and directory_id in (doc.get("directories") or {})
        ]

    async def _of_kind(self, account_id: str, kind: str) -> Sequence[Document]:
        return [
            Document(account_id, kind, name, 1, doc)
            for (known, name), doc in sorted(self.accounts[account_id].documents.items())
            if known == kind
        ]

    async def _attachment(self, account_id: str, document_id: str) -> Attachment | None:
        sound = self.accounts[account_id].sounds.get(document_id)
        if sound is None:
            return None
        sha256 = hashlib.sha256(sound).hexdigest()
        self._shelf.name(f"attachment {sha256}", title_of(sound) or document_id)
        return Attachment("audio.wav", sha256)

    async def _change(
        self,
        account_id: str,
        kind: str,
        document_id: str,
        change: Doc,
        create: bool,  # noqa: FBT001
    ) -> None:
        known = self.accounts[account_id].documents
        if create:
            known.setdefault((kind, document_id), {})
        if (kind, document_id) not in known:
            raise DocumentError(f"{kind} {document_id}: the account has no such document")
        known[kind, document_id] = _merged(known[kind, document_id], change)

    async def _change_callflow(
        self, account_id: str, callflow_id: str, edit: Edit, _author: str
    ) -> None:
        known = self.accounts[account_id].callflows
        doc = deepcopy(known.get(callflow_id))
        if not isinstance(doc, dict):
            raise DocumentError(f"callflow {callflow_id}: the account has no such callflow")
        edit(doc)
        known[callflow_id] = doc

    async def _keep_sound(self, account_id: str, media_id: str, doc: Doc, sound: bytes) -> None:
        account = self.accounts[account_id]
        before = account.documents.get(("media", media_id), {})
        account.documents["media", media_id] = _merged(before, doc)
        account.sounds[media_id] = sound


def _belongs_to(device: Doc, user_id: str) -> bool:
    hotdesk = device.get("hotdesk")
    users = hotdesk.get("users") if isinstance(hotdesk, Mapping) else None
    return user_id in users if users else device.get("owner_id") == user_id


def _merged(doc: Doc, change: Doc) -> dict[str, Any]:
    merged = dict(doc)
    for key, value in change.items():
        before = merged.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(before, value)
        else:
            merged[key] = value
    return merged
