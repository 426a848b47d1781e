"""Who calls, as the phones that ring see it."""

import re
from dataclasses import dataclass, field

from runtime.phones.merge import Doc, first_text, is_true

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"<>;\\]")
MAX_LENGTH = 80


@dataclass(frozen=True)
class Caller:
    """The calling party.

    `internal` callers are phones of the account (with `device_id` when known), others come from a
    carrier. `device`, `user` and `account` are their documents, {} when there are none. `retained`:
    an action chose name and number, which are then shown whatever the documents say.
    """

    number: str
    name: str
    internal: bool
    device_id: str | None = None
    owner_id: str | None = None
    device: Doc = field(default_factory=dict)
    user: Doc = field(default_factory=dict)
    account: Doc = field(default_factory=dict)
    retained: bool = False


def shown_caller_id(caller: Caller) -> tuple[str, str]:
    """Return the name and number that the called phone shows.

    An outside caller's are passed on, as are those that an action chose; an inside caller's are
    `caller_id.internal` of the user, the device, then the account (the device first where the
    account prefers it), else what SIP said.
    """
    name, number = caller.name, caller.number
    if caller.internal and not caller.retained:
        docs = (caller.user, caller.device, caller.account)
        if is_true(caller.account, "prefer_device_caller_id"):
            docs = (caller.device, caller.user, caller.account)
        number = first_text(docs, "caller_id", "internal", "number") or number
        name = first_text(docs, "caller_id", "internal", "name") or _full_name(caller.user) or name
    return safe(name), safe(number)


def safe(value: str) -> str:
    """Strip what could break out of a SIP header or an Asterisk variable."""
    return _UNSAFE.sub("", value)[:MAX_LENGTH].strip()


def _full_name(user: Doc) -> str | None:
    first, last = first_text((user,), "first_name"), first_text((user,), "last_name")
    return " ".join(part for part in (first, last) if part) or None
