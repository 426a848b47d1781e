"""Call forwarding: the leg to another number, which is a call of its own.

It enters the account's callflows as if the forwarding telephone had dialled. Source of the
behaviour: Kazoo's endpoint building, "Call forwarding"; what a document does not say is as in its
schema.
"""

import re
from dataclasses import dataclass
from typing import Final

from runtime.accounts import Account
from runtime.phones.caller import Caller, documented_caller_id, safe, shown_caller_id
from runtime.phones.legs import identity
from runtime.phones.merge import Doc, is_false, is_true, section, text
from runtime.phones.options import RingOptions
from runtime.telephony import Target

MAX_FORWARDS: Final = 5
"""How often a call may be forwarded on its way."""

MAX_LENGTH: Final = 64

KEEP, OWN = "keep", "own"
"""Whose caller id a forwarded call shows: the original caller's, or the forwarding phone's."""

CONTEXT: Final = "callflow-forward"

_PUNCTUATION = re.compile(r"[ ()/.-]")
_NUMBER = re.compile(r"^([0-9*#+][0-9A-Za-z*#+._-]{0,63}|[A-Za-z][0-9A-Za-z*#+._-]{1,63})$")

# Where one rejection ends all, what a machine says instead of a person must not be one.
_REJECTING: Final = frozenset(
    {
        "USER_BUSY",
        "CALL_REJECTED",
        "NO_ANSWER",
        "NORMAL_CLEARING",
        "PROGRESS_TIMEOUT",
        "ALLOTTED_TIMEOUT",
    }
)


@dataclass(frozen=True)
class Forward:
    """A document's `call_forward`; there is a number.

    `substitute`: only the number rings, not the phone. `failover`: it rings only when the phone is
    not registered, whether forwarding is on or not.
    """

    number: str
    enabled: bool
    substitute: bool = True
    require_keypress: bool = True
    keep_caller_id: bool = True
    direct_calls_only: bool = False
    ignore_early_media: bool = True
    failover: bool = False

    @classmethod
    def of(cls, doc: Doc) -> "Forward | None":
        """Read a device's or a user's; None when it forwards nowhere."""
        said = section(doc, "call_forward")
        number = text(said, "number")
        if number is None:
            return None
        forward = cls(
            number=number,
            enabled=is_true(said, "enabled"),
            substitute=not is_false(said, "substitute"),
            require_keypress=not is_false(said, "require_keypress"),
            keep_caller_id=not is_false(said, "keep_caller_id"),
            direct_calls_only=is_true(said, "direct_calls_only"),
            ignore_early_media=not is_false(said, "ignore_early_media"),
            failover=is_true(said, "failover"),
        )
        return forward if forward.enabled or forward.failover else None

    def is_active(self, caller: Caller, options: RingOptions) -> bool:
        """Whether this call is to be forwarded at once."""
        if not self.enabled or self.failover:
            return False
        return not self.direct_calls_only or (options.direct and not caller.forwarded)


@dataclass(frozen=True)
class Forwarder:
    """Who forwards, and so whose call it becomes: a device with its owner, or a user."""

    account: Account
    device_id: str | None
    owner_id: str | None

    @property
    def name(self) -> str:
        """What the trace calls it."""
        return self.device_id or self.owner_id or ""

    @property
    def variables(self) -> dict[str, str]:
        """What makes the new call theirs."""
        marks = {
            "account_id": self.account.id,
            "authorizing_id": self.name,
            "authorizing_type": "device" if self.device_id else "user",
            "owner_id": self.owner_id or "",
        }
        return {
            "CALLFLOW_ACCOUNT": self.account.id,
            "CALLFLOW_DEVICE": self.device_id or "",
            "CALLFLOW_OWNER": self.owner_id or "",
            **{f"CCV_{name}": value for name, value in marks.items()},
        }


def forward_leg(
    forwarder: Forwarder,
    caller: Caller,
    options: RingOptions,
    forward: Forward,
    *,
    unless_registered: tuple[str, ...] = (),
    called: dict[str, str] | None = None,
) -> Target | str:
    """Return the leg that calls the number, or why there is none.

    A number to which the call was forwarded before is refused, and so is the sixth in a row.
    `called` are the variables that show the caller whom he reached.
    """
    number = dialled(forward.number)
    if number is None:
        return f"call forward: {forward.number!r} is no number that can be dialled"
    step = forwarder.account.normalise(number)
    if step in caller.forwarded:
        return f"call forward: the call was forwarded to {step} before"
    if len(caller.forwarded) >= MAX_FORWARDS:
        return f"call forward: the call was forwarded {MAX_FORWARDS} times already"
    whose = KEEP if forward.keep_caller_id else OWN
    shown = shown_caller_id(caller) if forward.keep_caller_id else _outside_caller_id(caller)
    return Target(
        name=f"{forwarder.name} to {number}",
        dial_string=f"Local/{number}@{CONTEXT}/n",
        delay=options.delay,
        timeout=options.timeout or None,
        variables={
            **identity(options, shown),
            **(called or {}),
            **forwarder.variables,
            "CALLFLOW_FORWARD": "/".join((whose, *caller.forwarded, step)),
            "CCV_call_forward": "true",
            "CCV_call_forward_from": "onnet" if caller.internal else "offnet",
            "CCV_is_failover": "true" if unless_registered else "false",
        },
        confirms=forward.require_keypress,
        rejecting=_REJECTING if forward.require_keypress else None,
        ignores_early_media=forward.require_keypress
        or not forward.substitute
        or forward.ignore_early_media,
        unless_registered=unless_registered,
        device_id=forwarder.device_id,
        owner_id=forwarder.owner_id,
    )


def redirection(number: str) -> Forward:
    """Return what a phone means that sends a call elsewhere (302)."""
    user = number.partition(";")[0]
    return Forward(user, enabled=True, require_keypress=False, ignore_early_media=False)


def mobile(number: str) -> Forward:
    """Return how a mobile telephone is called."""
    return Forward(number, enabled=True, require_keypress=False)


def dialled(number: str) -> str | None:
    """Write a number as a telephone would dial it; None when it cannot be dialled."""
    plain = _PUNCTUATION.sub("", number)
    if plain.lstrip("+*#").isdecimal() and plain.isascii():
        return plain if len(plain) <= MAX_LENGTH else None
    return number if _NUMBER.match(number) else None


def _outside_caller_id(caller: Caller) -> tuple[str | None, str | None]:
    """Return what stands beside the forwarding phone's own: an inside caller's number outside."""
    if not caller.internal:
        return None, None
    name, number = documented_caller_id(caller, "external")
    return (safe(name) if name else None, safe(number) if number else None)
