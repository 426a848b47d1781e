"""The merged endpoint: what user, device and account say together.

Source of the behaviour: Kazoo's endpoint building.
"""

from collections.abc import Mapping
from typing import Any, Final

from runtime.phones.merge import Doc, is_true

# Of these the user's word counts most, then the device's, then the account's.
_USER_FIRST: Final = (
    "caller_id_options",
    "music_on_hold",
    "ringtones",
    "formatters",
    "metaflows",
    "dial_plan",
    "mobile",
    "language",
    "presence_id",
)
_DEVICE_FIRST: Final = ("call_waiting", "call_recording", "record_call")


def merged(user: Doc, device: Doc, account: Doc) -> dict[str, Any]:
    """Return the device's document with what its user and its account add to it."""
    result = dict(device)
    for key in _USER_FIRST:
        _put(result, key, (user, device, account))
    for key in _DEVICE_FIRST:
        _put(result, key, (device, user, account))
    caller_id_docs = (user, device, account)
    if is_true(account, "prefer_device_caller_id"):
        caller_id_docs = (device, user, account)
    _put(result, "caller_id", caller_id_docs)
    full_name = " ".join(str(user[k]) for k in ("first_name", "last_name") if user.get(k))
    name = full_name or device.get("name") or account.get("name")
    if name:
        result["name"] = name
    if any(is_true(doc, "do_not_disturb", "enabled") for doc in (user, device, account)):
        result["do_not_disturb"] = {"enabled": True}
    return result


def _put(result: dict[str, Any], key: str, docs: tuple[Doc, ...]) -> None:
    value: Any = None
    for doc in reversed(docs):
        value = _over(value, doc.get(key))
    if value is not None:
        result[key] = value


def _over(weak: Any, strong: Any) -> Any:
    if strong in (None, "", {}, []):
        return weak
    if isinstance(weak, Mapping) and isinstance(strong, Mapping):
        keys = dict.fromkeys((*weak, *strong))
        return {key: _over(weak.get(key), strong.get(key)) for key in keys}
    return strong
