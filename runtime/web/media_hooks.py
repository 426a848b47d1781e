"""What is special about media documents: texts that are spoken, and prompts with ids that speak."""

import re
from typing import Any, Final

from runtime.storage import attachments
from runtime.storage.collection import Stored
from runtime.web import refusals
from runtime.web.api import Write
from runtime.web.documents import Change

_OF_FILE: Final = ("content_type", "content_length")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def row(stored: Stored) -> dict[str, Any]:
    """Return the row of a listing."""
    doc = stored.doc
    found: dict[str, Any] = {
        name: doc[name] for name in ("name", "media_type", "media_source") if name in doc
    }
    language = doc.get("language")
    if isinstance(language, str):
        found["language"] = language.lower()
    return {"id": stored.id} | found | {"is_prompt": "prompt_id" in doc}


async def prepare(write: Write, change: Change) -> None:
    """See `Kind.prepare`: what a client says of the file that is there does not count."""
    if change.before is not None:
        told = await attachments.told(write.connection, write.account_id, change.before.id)
        for name in _OF_FILE if told is not None else ():
            change.doc.pop(name, None)


async def check(write: Write, change: Change) -> None:
    """See `Kind.check`: a text for what is spoken, an id for a prompt, what is true of the file."""
    doc = change.doc
    if doc["media_source"] == "tts" and not doc["tts"].get("text"):
        message = "Field is required but missing"
        raise refusals.invalid_field("tts.text", "required", message, value="text")
    _check_prompt(change)
    if change.before is not None and not _is_spoken_anew(change):
        told = await attachments.told(write.connection, write.account_id, change.before.id)
        if told is not None:
            doc |= zip(_OF_FILE, told, strict=True)


async def saved(write: Write, change: Change) -> None:
    """See `Kind.saved`: what was heard before makes room for a new text."""
    if change.before is not None and _is_spoken_anew(change):
        await attachments.detach(write.connection, write.account_id, change.before.id)


def _check_prompt(change: Change) -> None:
    doc, before = change.doc, change.before
    if before is None:
        if (prompt_id := doc.get("prompt_id")) is None:
            return
        if not _LANGUAGE.fullmatch(doc["language"]):
            message = f"A prompt's language must be such as en-us, not {doc['language'][:40]}"
            raise refusals.invalid_field("language", "invalid", message, value=doc["language"])
        change.new_id = f"{doc['language'].lower()}/{prompt_id}"
        return
    known = before.doc.get("prompt_id")
    if known is None:
        _refuse_change(doc, "prompt_id", None)
        return
    doc.setdefault("prompt_id", known)
    _refuse_change(doc, "prompt_id", known)
    language = before.id.partition("/")[0]
    if doc["language"].lower() != language and "/" in before.id:
        _refuse_change(doc, "language", language)


def _refuse_change(doc: dict[str, Any], name: str, known: Any) -> None:
    if doc.get(name) != known:
        message = f"The {name} of a media cannot be changed; make another"
        raise refusals.invalid_field(name, "invalid", message, value=doc.get(name))


def _is_spoken_anew(change: Change) -> bool:
    """Whether the document has a text to be spoken that it did not have before."""
    if change.before is None or change.doc["media_source"] != "tts":
        return False
    before = change.before.doc
    return before.get("media_source") != "tts" or before.get("tts") != change.doc["tts"]
