"""An account of the virtual PBX; the same verbs as those of the real one in tests/live."""

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.simulator.house import House

Doc = Mapping[str, Any]
Node = dict[str, Any]


def node(module: str, children: Mapping[str, Node] | None = None, **data: Any) -> Node:
    """Return a node of a callflow."""
    return {"module": module, "data": data, "children": dict(children or {})}


class Account:
    """One account; ids of documents are their names."""

    def __init__(self, house: House, account_id: str, realm: str) -> None:
        self.id = account_id
        self.realm = realm
        self._documents = house.documents
        self._flows = 0

    async def user(self, name: str, **doc: Any) -> str:
        """Make a user."""
        return await self.document("user", name, {"first_name": name.capitalize(), **doc})

    async def device(
        self, name: str, *, user: str | None = None, number: str | None = None, **doc: Any
    ) -> str:
        """Make a device and return the name of its endpoint; its SIP username is its name."""
        shown = {"caller_id": {"internal": {"number": number}}} if number else {}
        owner = {"owner_id": user} if user else {}
        sip = {"username": name, **doc.pop("sip", {})}
        await self.document("device", f"{name}_phone", owner | shown | doc | {"sip": sip})
        return f"{name}@{self.realm}"

    async def callflow(
        self,
        *,
        flow: Node | None,
        numbers: Sequence[str] = (),
        patterns: Sequence[str] = (),
        name: str | None = None,
    ) -> str:
        """Make a callflow and return its id."""
        self._flows += 1
        callflow_id = name or f"flow{self._flows}"
        doc = {"numbers": list(numbers), "patterns": list(patterns), "flow": flow}
        self._documents.put_callflow(self.id, callflow_id, doc)
        return callflow_id

    async def media_tone(self, name: str, *, seconds: float = 5) -> str:
        """Make a media document that is heard under its name."""
        self._documents.put_sound(self.id, name, seconds)
        return name

    async def prompt_tone(self, prompt: str, *, seconds: float = 1) -> str:
        """Replace a standard prompt, in this account's language, by a sound of its name."""
        return await self.media_tone(f"en-us/{prompt}", seconds=seconds)

    async def menu(self, name: str, *, greeting: str, **doc: Any) -> str:
        """Make a menu."""
        media = {"greeting": greeting, **doc.pop("media", {})}
        return await self.document("menu", name, {"name": name, **doc, "media": media})

    async def document(self, kind: str, document_id: str, doc: Doc) -> str:
        """Make or replace a document."""
        self._documents.put(self.id, kind, document_id, dict(doc))
        return document_id
