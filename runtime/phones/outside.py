"""Calling out in an account's name: the caller id it shows, and the classes it may not call.

Source of the behaviour: Kazoo's `disa`.
"""

from typing import Final

from runtime.accounts import Account, to_e164
from runtime.phones.caller import Caller, safe
from runtime.phones.merge import text
from runtime.phones.number_class import class_of

ANONYMOUS: Final = "anonymous"


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
