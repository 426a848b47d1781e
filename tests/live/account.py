"""An account of the PBX and what is in it, written by plain SQL as an operator would."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from runtime.storage import Database
from tests.live.phones import Credentials
from tests.live.tones import Tone, Tones, sine, wav

Doc = Mapping[str, Any]
Node = dict[str, Any]


def node(module: str, children: Mapping[str, Node] | None = None, **data: Any) -> Node:
    """Return a node of a callflow."""
    return {"module": module, "data": data, "children": dict(children or {})}


class Account:
    """One account; ids of documents are their names."""

    def __init__(self, db: Database, account_id: str, realm: str | None, tones: Tones) -> None:
        self.id = account_id
        self.realm = realm
        self._db = db
        self._tones = tones

    @classmethod
    async def open(
        cls, db: Database, name: str, tones: Tones, doc: Doc | None = None, *, domain: bool = True
    ) -> "Account":
        """Make an account; `domain`: with a SIP domain of its own."""
        account_id = secrets.token_hex(16)
        realm = f"{name}-{account_id[:8]}.example" if domain else None
        async with db.connection() as connection:
            await connection.execute(
                "insert into accounts (id, name, realm, doc) values ($1, $2, $3, $4)",
                account_id,
                name,
                realm,
                {"language": "en-us", **(doc or {})},
            )
        return cls(db, account_id, realm, tones)

    async def change(self, **doc: Any) -> None:
        """Change the account's own document."""
        async with self._db.connection() as connection:
            await connection.execute(
                "update accounts set doc = doc || $2 where id = $1", self.id, doc
            )

    async def user(self, name: str, **doc: Any) -> str:
        """Make a user."""
        return await self.document("user", name, {"first_name": name.capitalize(), **doc})

    async def device(
        self, name: str, *, user: str | None = None, number: str | None = None, **doc: Any
    ) -> Credentials:
        """Make a device with a password of its own; its SIP username is its name."""
        credentials = Credentials(name, secrets.token_urlsafe(12), self.realm)
        shown = {"caller_id": {"internal": {"number": number}}} if number else {}
        owner = {"owner_id": user} if user else {}
        sip = {"username": name, "password": credentials.password, **doc.pop("sip", {})}
        await self.document(
            "device",
            f"{name}_phone",
            {"name": f"{name}'s phone", "device_type": "softphone"}
            | owner
            | shown
            | doc
            | {"sip": sip},
        )
        return credentials

    async def callflow(
        self,
        *,
        flow: Node | None,
        numbers: Sequence[str] = (),
        patterns: Sequence[str] = (),
        name: str | None = None,
    ) -> str:
        """Make a callflow and return its id."""
        callflow_id = name or secrets.token_hex(16)
        doc = {"numbers": list(numbers), "patterns": list(patterns), "flow": flow}
        async with self._db.connection() as connection:
            await connection.execute(
                "insert into callflows (account_id, id, doc) values ($1, $2, $3)",
                self.id,
                callflow_id,
                doc,
            )
        return callflow_id

    async def media_tone(self, name: str, *, seconds: float = 5, hz: float | None = None) -> str:
        """Make a media document that sounds like the tone of its name."""
        tone = self._tones.named(name) if hz is None else self._tones.define(name, hz)
        return await self.recording(name, wav(sine(tone.hertz[0], seconds)))

    async def prompt_tone(self, prompt: str, *, seconds: float = 1) -> str:
        """Replace a standard prompt, in this account's language, by a tone of its name."""
        tone = self._tones.named(prompt)
        return await self.recording(f"en-us/{prompt}", wav(sine(tone.hertz[0], seconds)))

    async def sound(self, media_id: str, tone: Tone, *, seconds: float) -> str:
        """Make a media document, whatever its id, that sounds like this tone."""
        return await self.recording(media_id, wav(sine(tone.hertz[0], seconds)))

    async def recording(self, media_id: str, content: bytes) -> str:
        """Make a media document with content."""
        await self.document("media", media_id, {"name": media_id, "media_source": "upload"})
        async with self._db.connection() as connection:
            await connection.execute(
                "insert into attachments (account_id, document_id, name, content_type, data)"
                " values ($1, $2, 'audio.wav', 'audio/wav', $3)",
                self.id,
                media_id,
                content,
            )
        return media_id

    async def menu(self, name: str, *, greeting: str, **doc: Any) -> str:
        """Make a menu."""
        media = {"greeting": greeting, **doc.pop("media", {})}
        return await self.document("menu", name, {"name": name, **doc, "media": media})

    async def document(self, kind: str, document_id: str, doc: Doc) -> str:
        """Make or replace a document."""
        async with self._db.connection() as connection:
            await connection.execute(
                "insert into documents (account_id, id, kind, doc) values ($1, $2, $3, $4)"
                " on conflict (account_id, id) do update set doc = excluded.doc",
                self.id,
                document_id,
                kind,
                dict(doc),
            )
        return document_id
