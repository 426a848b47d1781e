"""Receiving a call: who calls, in which account, and which callflow is meant."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from runtime.accounts import Account, to_e164
from runtime.ari import CallerId, ChannelData, StasisStart
from runtime.callflow.facilities import Facilities
from runtime.callflow.lookup import Match
from runtime.callflow.tree import Callflow, Node
from runtime.phones import KEEP, Caller, owner_of
from runtime.phones.merge import Doc, text
from runtime.telephony import causes

logger = logging.getLogger(__name__)

ACCOUNT_VARIABLE = "CALLFLOW_ACCOUNT"
DEVICE_VARIABLE = "CALLFLOW_DEVICE"

INTERNAL = "internal"
EXTERNAL = "external"
RETURN = "return"

AccountOfNumber = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True)
class Entry:
    """How the dialplan handed the call over: <internal|external>,<number>[,<account>[,return]].

    `returns`: the dialplan goes on with the call when its flow has ended. A call that a phone
    forwards has two arguments more: <keep|own>/<number>/<number>... with all numbers to which it
    was forwarded (`keeps_caller_id`: it shows the original caller), and the forwarding user.
    """

    origin: str
    number: str
    account_id: str | None
    returns: bool = False
    forwarded: tuple[str, ...] = ()
    keeps_caller_id: bool = False
    owner_id: str | None = None

    @classmethod
    def of(cls, args: Sequence[str]) -> "Entry | None":
        """Read the Stasis arguments; None when they are not of that form."""
        if len(args) < 2 or args[0] not in (INTERNAL, EXTERNAL) or not args[1]:
            return None
        account_id = args[2] if len(args) > 2 and args[2] else None
        whose, *forwarded = "".join(args[4:5]).split("/")
        return cls(
            args[0],
            args[1],
            account_id,
            returns=RETURN in args[3:4],
            forwarded=tuple(forwarded),
            keeps_caller_id=whose == KEEP,
            owner_id="".join(args[5:6]) or None,
        )

    @property
    def args(self) -> tuple[str, ...]:
        """The Stasis arguments that say it."""
        return (self.origin, self.number, self.account_id or "", *((RETURN,) * self.returns))


@dataclass(frozen=True)
class Refused:
    """A call that is not taken: the outcome and reason for the trace, and the Q.850 cause."""

    outcome: str
    reason: str
    cause: int
    account_id: str | None = None
    normalised: str = ""
    apologise: bool = False


@dataclass(frozen=True)
class Route:
    """Where a number leads; the callflow can be used."""

    account: Account
    match: Match
    normalised: str


@dataclass(frozen=True)
class Received:
    """A call that is taken; `returns` as in `Entry`."""

    account: Account
    match: Match
    normalised: str
    callflow: Callflow
    caller: Caller
    language: str
    returns: bool = False


class Reception:
    """Decides for each arriving channel; raises StorageUnavailable."""

    def __init__(self, facilities: Facilities, account_of_number: AccountOfNumber) -> None:
        self._facilities = facilities
        self._account_of_number = account_of_number

    async def receive(self, start: StasisStart) -> Received | Refused:
        """Find account and callflow of a channel that entered our application."""
        entry = Entry.of(start.args)
        if entry is None:
            return Refused("refused", f"Stasis arguments {start.args!r}", causes.NOT_FOUND)
        route = await self.route(entry, start.channel.channelvars.get(ACCOUNT_VARIABLE))
        if isinstance(route, Refused):
            return route
        caller, language = await self._caller(entry, route.account, start.channel)
        return self.first(route, caller, language, returns=entry.returns)

    def first(
        self, route: Route, caller: Caller, language: str, *, returns: bool = False
    ) -> Received:
        """Return what is walked first where a number leads."""
        return Received(
            account=route.account,
            match=route.match,
            normalised=route.normalised,
            callflow=_with_preflow(route.match.callflow, route.account.preflow),
            caller=caller,
            language=language,
            returns=returns,
        )

    async def station(
        self, account: Account, shown: CallerId, *, device_id: str | None, owner_id: str | None
    ) -> tuple[Caller, str]:
        """Return who calls from a phone of the account, or from outside, and his language."""
        origin = INTERNAL if device_id is not None else EXTERNAL
        variables = {DEVICE_VARIABLE: device_id} if device_id is not None else {}
        channel = ChannelData(id="", caller=shown, channelvars=variables)
        entry = Entry(origin, "", account.id, owner_id=owner_id)
        return await self._caller(entry, account, channel)

    async def route(self, entry: Entry, endpoint_account: str | None) -> Route | Refused:
        """Find account and callflow; `endpoint_account` is the account of the caller's phone."""
        account_id = endpoint_account or await self._account_id(entry)
        if account_id is None:
            if entry.origin == EXTERNAL:
                reason = f"{entry.number} is in no account's phone_numbers"
                return Refused("refused", reason, causes.NOT_FOUND)
            reason = "the endpoint has no account"
            return Refused("refused", reason, causes.REJECTED)
        known = await self._facilities.routing.of(account_id)
        if known is None or not known.account.enabled:
            reason = f"account {account_id} is {'unknown' if known is None else 'disabled'}"
            return Refused("refused", reason, causes.REJECTED)
        account = known.account
        number = account.normalise(entry.number)
        # Kazoo's rule against toll fraud: only callers inside the account reach the catch-all.
        match = await known.routes.find(number, allow_no_match=entry.origin == INTERNAL)
        if match is None:
            reason = f"no callflow for {number}"
            return Refused("not_found", reason, causes.NOT_FOUND, account.id, number)
        callflow = match.callflow
        if callflow.root is None:
            reason = f"callflow {callflow.id} cannot be used: {callflow.problem}"
            return Refused("unusable", reason, causes.FAILURE, account.id, number)
        return Route(account, match, number)

    async def _account_id(self, entry: Entry) -> str | None:
        if entry.account_id is not None:
            return entry.account_id
        return (
            await self._account_of_number(to_e164(entry.number))
            if entry.origin == EXTERNAL
            else None
        )

    async def _caller(
        self, entry: Entry, account: Account, channel: ChannelData
    ) -> tuple[Caller, str]:
        device_id = channel.channelvars.get(DEVICE_VARIABLE) or None
        device_doc: Doc = {}
        user_doc: Doc = {}
        owner_id = None
        if device_id is None and entry.owner_id is not None:
            owner = await self._facilities.documents.get(account.id, "user", entry.owner_id)
            if owner is not None:
                owner_id, user_doc = owner.id, owner.doc
        if device_id is not None:
            device = await self._facilities.documents.get(account.id, "device", device_id)
            if device is not None:
                device_doc = device.doc
                owner = await owner_of(self._facilities.documents, device)
                if owner is not None:
                    owner_id, user_doc = owner.id, owner.doc
        caller = Caller(
            number=channel.caller.number,
            name=channel.caller.name,
            internal=entry.origin == INTERNAL,
            device_id=device_id,
            owner_id=owner_id,
            device=device_doc,
            user=user_doc,
            account=account.doc,
            retained=entry.keeps_caller_id,
            forwarded=entry.forwarded,
        )
        language = text(device_doc, "language") or text(user_doc, "language") or account.language
        return caller, language.lower()


def _with_preflow(callflow: Callflow, preflow: str | None) -> Callflow:
    """Wrap a callflow so that the account's pre-flow runs first and returns to it."""
    if preflow is None or callflow.root is None:
        return callflow
    root = Node(module="callflow", data={"id": preflow}, children={"_": callflow.root})
    return Callflow(
        account_id=callflow.account_id,
        id=callflow.id,
        revision=callflow.revision,
        name=callflow.name,
        tree=root,
    )
