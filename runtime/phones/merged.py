"""The merged endpoint: what user, device and account say together.

Source of the behaviour: Kazoo's endpoint building.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from runtime.phones.merge import Doc, is_true, section, text

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

CLOSED_GROUPS: Final = "closed_groups"


def merged(user: Doc, device: Doc, account: Doc, hot_desked: Sequence[Doc] = ()) -> dict[str, Any]:
    """Return the device's document with what its user and its account add to it.

    `hot_desked` are the users of a device that has several, and so no owner: `user` is {} then.
    """
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
    if full_name and not section(result, "caller_id", "internal").get("name"):
        result["caller_id"] = _over(result.get("caller_id"), {"internal": {"name": full_name}})
    if emergency := section(device, "caller_id", "emergency"):
        result["caller_id"] = _over(result.get("caller_id"), {"emergency": emergency})
    if name := full_name or device.get("name") or account.get("name"):
        result["name"] = name
    if any(is_true(doc, "do_not_disturb", "enabled") for doc in (user, device, account)):
        result["do_not_disturb"] = {"enabled": True}
    if restrictions := restrictions_of(user, device, account, hot_desked):
        result["call_restriction"] = restrictions
    return result


def restrictions_of(
    user: Doc, device: Doc, account: Doc, hot_desked: Sequence[Doc] = ()
) -> dict[str, Any]:
    """Return the merged `call_restriction`: for each class of numbers `{"action": ...}`.

    What the account or the user denies is denied; what the user allows overrides the device.
    Whoever sits at a device that is not his own is denied what he himself is (with several: what
    all of them are), whatever the device says. Closed groups are the device's own affair.
    """
    docs = (account, user, device, *hot_desked)
    classes = dict.fromkeys(key for doc in docs for key in section(doc, "call_restriction"))
    result: dict[str, Any] = {}
    for kind in classes:
        said = [text(doc, "call_restriction", kind, "action") for doc in hot_desked]
        if kind == CLOSED_GROUPS:
            action = text(device, "call_restriction", kind, "action")
        elif text(account, "call_restriction", kind, "action") == "deny":
            action = "deny"
        elif hot_desked:
            action = "deny" if all(each == "deny" for each in said) else "allow"
        else:
            action = text(user, "call_restriction", kind, "action")
            if action != "deny" and section(device, "hotdesk", "users"):
                action = "allow"
            elif action not in ("deny", "allow"):
                action = text(device, "call_restriction", kind, "action")
        if action is not None:
            result[kind] = {"action": action}
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
