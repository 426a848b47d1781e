"""Where recordings may be sent: what documents say of it is checked when they are saved."""

from collections.abc import Iterator, Mapping
from typing import Any

from yarl import URL

from runtime.outward import may_lead_to
from runtime.web.refusals import invalid


def check_recording_urls(doc: Mapping[str, Any], *, allow_private: bool) -> None:
    """Raise RequestRefused for a URL in `call_recording` that leads into the own network."""
    wrong = {
        path: {"error": {"message": "invalid client URL", "value": url}}
        for path, url in _urls(doc.get("call_recording"), "call_recording")
        # It is sent by FTP, too.
        if not may_lead_to(str(URL(url).with_scheme("http")), allow_private=allow_private)
    }
    if wrong:
        raise invalid(wrong)


def _urls(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        return
    for key, item in value.items():
        if key == "url" and isinstance(item, str):
            yield f"{path}.url", item
        else:
            yield from _urls(item, f"{path}.{key}")
