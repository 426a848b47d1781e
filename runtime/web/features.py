"""Features of users and groups, told from their documents."""

from collections.abc import Mapping
from typing import Any


def features_of_user(doc: Mapping[str, Any]) -> list[str]:
    """Return what a user has switched on."""
    forward = _object(doc, "call_forward")
    external = _object(_object(doc, "caller_id"), "external")
    found = {
        "caller_id": bool(external.get("number")),
        "call_forward": _on(forward),
        "call_forward_failover": not _on(forward) and forward.get("failover") is True,
        "do_not_disturb": _on(_object(doc, "do_not_disturb")),
        "hotdesk": _on(_object(doc, "hotdesk")),
        "music_on_hold": has_media(doc),
        "vm_to_email": doc.get("vm_to_email_enabled") is True,
    }
    names = [name for name, has_it in found.items() if has_it]
    return names + [name for name in enabled_in_ui(doc) if name not in names]


def enabled_in_ui(doc: Mapping[str, Any]) -> list[str]:
    """Return the features that a user interface has switched on."""
    features = _object(doc, "smartpbx")
    return [name for name in features if _on(_object(features, name))]


def has_media(doc: Mapping[str, Any]) -> bool:
    """Whether there is music on hold of one's own."""
    return bool(_object(doc, "music_on_hold").get("media_id"))


def _object(doc: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = doc.get(key)
    return value if isinstance(value, Mapping) else {}


def _on(value: Mapping[str, Any]) -> bool:
    return value.get("enabled") is True
