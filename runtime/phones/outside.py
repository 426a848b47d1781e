"""Calling out in an account's name: the caller id it shows, and the classes it may not call.

Source of the behaviour: Kazoo's number classifiers and `disa`.
"""

from typing import Final

import re2

from runtime.accounts import Account, to_e164
from runtime.phones.caller import Caller, safe
from runtime.phones.merge import text

ANONYMOUS: Final = "anonymous"

_CARIBBEAN = (
    "242|246|264|268|284|340|345|441|473|649|658|664|670|671|684|721|758|767|784|787|809|829|849"
    "|868|869|876|939"
)
_CLASSES: Final = tuple(
    (name, re2.compile(pattern))
    for name, pattern in (
        ("tollfree_us", r"^\+1(800|88\d|877|866|855|844|833|822)\d{7}$"),
        ("toll_us", r"^\+1900\d{7}$"),
        ("emergency", r"^(911|922|933|833|811|711|999)$"),
        ("caribbean", rf"^\+1({_CARIBBEAN})\d{{7}}$"),
        ("did_us", r"^(\+?1)?[2-9]\d{2}[2-9]\d{6}$"),
        ("international", r"^\+[2-9]\d{7,}$"),
    )
)
UNKNOWN: Final = "unknown"


def class_of(number: str) -> str:
    """Return the class of a normalised number, such as `international`; the first that fits."""
    return next((name for name, pattern in _CLASSES if pattern.search(number)), UNKNOWN)


def denies(account: Account, number: str) -> bool:
    """Whether the account's `call_restriction` denies the class of a normalised number."""
    return text(account.doc, "call_restriction", class_of(number), "action") == "deny"


def account_caller_id(account: Account, caller: Caller) -> tuple[str, str]:
    """Return name and number that the account shows outside.

    The number is the first usable one of: the external caller id, if it is one of the account's
    public numbers; the default caller id; the caller's own, if it is one; the first there is.
    """
    external = text(account.doc, "caller_id", "external", "number")
    default = text(account.doc, "caller_id", "default", "number")
    if external is not None and to_e164(external) in account.numbers:
        number = external
    elif default is not None:
        number = default
    elif to_e164(caller.number) in account.numbers:
        number = to_e164(caller.number)
    else:
        number = next(iter(account.numbers), ANONYMOUS)
    name = text(account.doc, "caller_id", "external", "name") or number
    return safe(name), safe(number)
