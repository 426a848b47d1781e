"""Under which name a phone's lamp is known: all phones of a user light one.

Source of the behaviour: Kazoo's endpoint building, "Presence id".
"""

from collections.abc import Iterable

from runtime.phones.merge import Doc, section, text


def presence_id(
    device: Doc, user: Doc, realm: str | None, hot_desked: Iterable[Doc] = ()
) -> str | None:
    """Return `name@realm` (without a realm the name alone) of a phone; None for no phone.

    The user's, else the device's, else its SIP user name. `hot_desked` are the users of a device
    that has several, and so no owner.
    """
    found = text(user, "presence_id")
    if found is None and not user:
        found = next((name for doc in hot_desked if (name := text(doc, "presence_id"))), None)
    found = found or text(device, "presence_id") or text(device, "sip", "username")
    if found is None or "@" in found:
        return found
    realm = text(section(device, "sip"), "realm") or realm
    return f"{found}@{realm}" if realm else found
