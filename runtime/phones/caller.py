"""Who calls, as the phones that ring see it.

Source of the behaviour: Kazoo's endpoint building, "Caller id shown on the leg".
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from runtime.phones.merge import Doc, first_text, is_true, section, text
from runtime.phones.number_class import class_of
from runtime.phones.presence_id import presence_id
from runtime.phones.rewriting import wrapped

Kind = Literal["internal", "external", "emergency", "asserted"]

ANONYMOUS_NAME: Final = "Anonymous"
ANONYMOUS_NUMBER: Final = "anonymous"

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"<>;\\]")
MAX_LENGTH = 80


@dataclass(frozen=True)
class Caller:
    """The calling party.

    `internal` callers are phones of the account (with `device_id` when known), others come from a
    carrier. `device`, `user` and `account` are their documents, {} when there are none. `retained`:
    name and number were chosen, by an action or because a forwarded call keeps them, and are then
    shown whatever the documents say. `forwarded` are the numbers to which the call was forwarded
    on its way, the last one being this call's.

    The others are what actions chose for what is rung later: `dynamic_*` replaces the documents'
    caller id, `prefix_*` goes before what is shown, `rewritten_*` is shown instead of it; `hides_*`
    withholds it (privacy); `endpoint_privacy`: so does what the documents want withheld outside;
    `alert_info` is the ringtone; `auto_answer`: phones are asked to answer by themselves.
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
    forwarded: tuple[str, ...] = ()
    dynamic_name: str | None = None
    dynamic_number: str | None = None
    prefix_name: str = ""
    prefix_number: str = ""
    rewritten_name: str | None = None
    rewritten_number: str | None = None
    hides_name: bool = False
    hides_number: bool = False
    endpoint_privacy: bool = True
    alert_info: str | None = None
    auto_answer: bool = False


def shown_caller_id(caller: Caller) -> tuple[str, str]:
    """Return the name and number that the called phone shows.

    An outside caller's are passed on, as are retained ones; an inside caller's are those that an
    action set, else `caller_id.internal` of the documents, else the presence id's name, else what
    SIP said. Then come formats, prefixes and rewriting. Last, what the action `privacy` withholds
    is hidden from the account's own phones, too.
    """
    name, number = caller.name, caller.number
    if caller.internal and not caller.retained:
        set_name, set_number = documented_caller_id(caller, "internal")
        number = caller.dynamic_number or set_number or _presence_number(caller) or number
        name = caller.dynamic_name or set_name or _full_name(caller.user) or name
    number = _formatted(caller, number)
    name = caller.prefix_name + name if caller.rewritten_name is None else caller.rewritten_name
    if caller.rewritten_number is not None:
        number = caller.rewritten_number
    else:
        number = caller.prefix_number + number
    if caller.hides_name:
        name = ANONYMOUS_NAME
    if caller.hides_number:
        number = ANONYMOUS_NUMBER
    return safe(name), safe(number)


def documented_caller_id(caller: Caller, kind: Kind) -> tuple[str | None, str | None]:
    """Return the name and number that the caller's documents have for this kind of call.

    The user's count more than the device's (the other way round where the account says so), the
    account's least; but a device's own emergency number can be overridden by nobody.
    """
    docs = _by_strength(caller)
    if kind == "emergency":
        docs = (caller.device, caller.user, caller.account)
        if first_text(docs, "caller_id", "emergency", "number") is None:
            external_name, external = documented_caller_id(caller, "external")
            default = text(caller.account, "caller_id", "default", "number")
            return external_name, external or default
    return (
        first_text(docs, "caller_id", kind, "name"),
        first_text(docs, "caller_id", kind, "number"),
    )


def safe(value: str) -> str:
    """Strip what could break out of a SIP header or an Asterisk variable."""
    return _UNSAFE.sub("", value)[:MAX_LENGTH].strip()


def _by_strength(caller: Caller) -> tuple[Doc, ...]:
    if is_true(caller.account, "prefer_device_caller_id"):
        return (caller.device, caller.user, caller.account)
    return (caller.user, caller.device, caller.account)


def _presence_number(caller: Caller) -> str | None:
    found = presence_id(caller.device, caller.user, None)
    return found.partition("@")[0] if found is not None else None


def _formatted(caller: Caller, number: str) -> str:
    for doc in (caller.user, caller.device, caller.account):
        formats = section(doc, "caller_id_options", "format")
        rule = section(formats, class_of(number)) or section(formats, "all")
        if rule:
            return wrapped(number, rule)
    return number


def _full_name(user: Doc) -> str | None:
    first, last = first_text((user,), "first_name"), first_text((user,), "last_name")
    return " ".join(part for part in (first, last) if part) or None
