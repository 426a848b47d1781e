"""Who is rung for a caller, how, and what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from runtime.telephony.leg import Leg


@dataclass(frozen=True)
class Target:
    """One endpoint to ring; all its registered phones ring.

    `name` is what the trace calls it; `user` replaces the user part of the phones' addresses;
    `timeout` (s) limits this target alone, `progress_timeout` (s) the time to its first ringing;
    `variables` are set on the leg before it is dialled; `tell_elsewhere`: when another phone
    answers, this one is told so and shows no missed call.

    `dial_string` is dialled as it is, whatever is registered: a SIP address, or a forwarded call,
    which is a call of its own. `confirms`: whoever answers must press a key to get the caller.
    `rejecting`: the causes that count as a rejection where one rejection ends all; None: any.

    `busy_with`: busy when one of these endpoints has a channel. `unless_registered`: not rung
    while one of these endpoints is. `redirected` makes of the number to which the phone sends the
    call (302) what is rung instead, or says why nothing is; None: it is not followed.

    `device_id`, `owner_id` and `hold_music` (a media id) are the device's.
    """

    name: str
    endpoint: str = ""
    delay: float = 0
    timeout: float | None = None
    user: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    tell_elsewhere: bool = False
    dial_string: str | None = None
    confirms: bool = False
    rejecting: frozenset[str] | None = None
    ignores_early_media: bool = False
    progress_timeout: float | None = None
    busy_with: tuple[str, ...] = ()
    unless_registered: tuple[str, ...] = ()
    redirected: "Callable[[str], Target | str] | None" = None
    device_id: str | None = None
    owner_id: str | None = None
    hold_music: str | None = None

    @property
    def forwards(self) -> bool:
        """Whether it is a forwarded call."""
        return self.dial_string is not None and self.dial_string.startswith("Local/")


@dataclass(frozen=True)
class Failure:
    """Why one phone was not reached; `rejected`: somebody or something refused at once."""

    target: Target
    cause: str
    sip_status: int | None = None
    rejected: bool = False


@dataclass(frozen=True)
class Redirected:
    """A phone sends the call to another number."""

    target: Target
    number: str


@dataclass(frozen=True)
class Answered:
    """The leg that answered first."""

    leg: Leg
    target: Target


@dataclass(frozen=True)
class Unanswered:
    """Nobody answered: the name of the cause and the SIP status, and each phone's failure."""

    cause: str
    sip_status: int | None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """Who rings for whom: what all the legs of one attempt share.

    `seconds` is how long it may ring at most. The caller hears `ringback` (URIs) when the first
    phone rings, or, with `rings_at_once`, from the beginning; without it the usual ringing.
    With `silent` he hears nothing of it.
    `early_media`: a phone's own sounds before its answer are heard instead, where it rings alone.
    `confirm` asks whoever answers at a target that `confirms`; `made` is told of each leg.
    """

    caller: Leg
    group: asyncio.TaskGroup
    seconds: float
    one_reject_ends: bool = False
    ringback: Sequence[str] = ()
    rings_at_once: bool = False
    silent: bool = False
    early_media: bool = True
    confirm: Callable[[Leg], Awaitable[bool]] | None = None
    made: Callable[[Leg, Target], None] | None = None
