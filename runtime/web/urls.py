"""URLs in documents: none may lead into the own network."""

from collections.abc import Mapping
from typing import Any

from runtime.documents.validation import FieldErrors
from runtime.outward import may_lead_to
from runtime.web.api import Api, Write
from runtime.web.documents import Change, Prepare
from runtime.web.refusals import invalid


def check_urls(api: Api, *paths: str) -> Prepare:
    """Return a hook that refuses documents whose URLs at these dotted paths may not be used."""

    async def check(_write: Write, change: Change) -> None:
        wrong: FieldErrors = {}
        for path in paths:
            url = _at(change.doc, path)
            if isinstance(url, str) and not may_lead_to(url, allow_private=api.private_urls):
                wrong[path] = {"error": {"message": "invalid client URL", "value": url[:200]}}
        if wrong:
            raise invalid(wrong)

    return check


def _at(doc: Mapping[str, Any], path: str) -> Any:
    found: Any = doc
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
