"""Ringing several endpoints: the first to answer wins, the others are cancelled."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.ari import new_id
from runtime.errors import AriError, AriRefused, Gone, NotOurs
from runtime.telephony import causes
from runtime.telephony.completed import completed
from runtime.telephony.leg import Ended, Leg

logger = logging.getLogger(__name__)

ENTER_SECONDS = 5.0
"""How long a created channel may take to enter our application."""

ANSWERED_ELSEWHERE = 26
NOT_REGISTERED = "USER_NOT_REGISTERED"


@dataclass(frozen=True)
class Target:
    """One endpoint to ring; all its registered phones ring.

    `name` is what the trace calls it; `user` replaces the user part of the phones' addresses;
    `timeout` (s) limits this target alone; `variables` are set on the leg before it is dialled;
    `tell_elsewhere`: when another phone answers, this one is told so and shows no missed call.
    """

    name: str
    endpoint: str
    delay: float = 0
    timeout: float | None = None
    user: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    tell_elsewhere: bool = False


@dataclass(frozen=True)
class Failure:
    """Why one phone was not reached; `rejected`: somebody or something refused at once."""

    target: Target
    cause: str
    sip_status: int | None = None
    rejected: bool = False


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
    """Who rings for whom: what all the legs of one attempt share."""

    caller: Leg
    group: asyncio.TaskGroup
    seconds: float
    one_reject_ends: bool = False
    ringing: asyncio.Event = field(default_factory=asyncio.Event)


async def ring(attempt: Attempt, targets: Sequence[Target]) -> Answered | Unanswered:
    """Ring all phones of all targets at once until one answers or the time is over.

    Whatever happens, also when the caller hangs up, no other leg is left behind.
    """
    legs: dict[asyncio.Task[Leg | Failure], Target] = {}
    failures: list[Failure] = []
    winner: Answered | None = None
    try:
        for target in targets:
            contacts = await _contacts(attempt.caller, target)
            if not contacts:
                failures.append(Failure(target, NOT_REGISTERED, 480))
            for dial_string in contacts:
                legs[asyncio.create_task(_ring_one(attempt, target, dial_string))] = target
        winner = await _first_answer(attempt, legs, failures)
    finally:
        await _end_others(legs, winner)
        if attempt.ringing.is_set():
            await _stop_ringing(attempt.caller)
    return winner or _summary(failures)


async def _first_answer(
    attempt: Attempt, legs: Mapping["asyncio.Task[Leg | Failure]", Target], failures: list[Failure]
) -> Answered | None:
    pending = set(legs)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            result = task.result()
            if isinstance(result, Leg):
                return Answered(result, legs[task])
            failures.append(result)
        if attempt.one_reject_ends and any(failure.rejected for failure in failures):
            return None
    return None


async def _end_others(
    legs: Mapping["asyncio.Task[Leg | Failure]", Target], winner: Answered | None
) -> None:
    for task in legs:
        task.cancel()
    if legs:
        await asyncio.wait(legs)
    for task, target in legs.items():
        # Several may answer in one moment, or in the one in which they are cancelled.
        if task.cancelled() or task.exception() is not None:
            continue
        leg = task.result()
        if isinstance(leg, Leg) and (winner is None or leg is not winner.leg):
            await leg.hang_up(_losing_cause(target))


async def _ring_one(attempt: Attempt, target: Target, dial_string: str) -> Leg | Failure:
    await asyncio.sleep(target.delay)
    seconds = min(attempt.seconds, target.timeout or attempt.seconds)
    ari = attempt.caller.ari
    channel_id = new_id("leg")
    leg = Leg(ari, channel_id, ari.subscribe(channel_id), originated=True)
    try:
        await completed(
            leg.channel.create(
                dial_string,
                args=("leg",),
                originator=attempt.caller.id,
                variables=target.variables,
            )
        )
    except AriRefused as error:
        # Asterisk cannot build the channel: the contact vanished or the address is unusable.
        leg.close()
        logger.info("%s cannot be rung: %s", target.name, error)
        return Failure(target, NOT_REGISTERED, 480)
    except BaseException:
        await leg.hang_up()
        leg.close()
        raise
    attempt.group.create_task(leg.follow())
    cause: int | None = None
    answered = False
    try:
        async with asyncio.timeout(ENTER_SECONDS):
            await _first_of(leg, leg.entered)
        await leg.channel.dial(timeout=seconds + 1)
        async with asyncio.timeout(seconds):
            await _first_of(leg, leg.ringing, leg.answered)
            if not leg.gone and not leg.answered.is_set():
                await _tell_ringing(attempt)
            await _first_of(leg, leg.answered)
        # Also when it hung up in the same moment: then they talked for no time.
        answered = leg.answered.is_set()
    except TimeoutError:
        cause = causes.NO_ANSWER
        return Failure(target, "NO_ANSWER", 480)
    except (Gone, NotOurs):
        # The phone was faster: its channel ends, and its end says why.
        await asyncio.wait({leg.ended}, timeout=ENTER_SECONDS)
    except asyncio.CancelledError:
        cause = _losing_cause(target)
        raise
    finally:
        if not answered:
            await leg.hang_up(cause)
    if answered:
        return leg
    ended = leg.ended.result() if leg.gone else Ended()
    name = causes.cause_name(ended.cause, ended.sip_status)
    return Failure(target, name, ended.sip_status, rejected=True)


async def _contacts(caller: Leg, target: Target) -> list[str]:
    # Dialling an endpoint rings one contact only; this function knows all that are registered.
    value = await caller.channel.get_variable(f"PJSIP_DIAL_CONTACTS({target.endpoint})")
    contacts = [contact for contact in (value or "").split("&") if contact]
    if target.user is None:
        return contacts
    return [_with_user(contact, target.user) for contact in contacts]


def _with_user(contact: str, user: str) -> str:
    endpoint, scheme, address = contact.partition("/sip:")
    return f"{endpoint}{scheme}{user}@{address.rpartition('@')[2]}" if scheme else contact


async def _first_of(leg: Leg, *events: asyncio.Event) -> None:
    """Wait for one of the events or for the end of the leg."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    anything: set[asyncio.Future[Any]] = {*waits, leg.ended}
    try:
        await asyncio.wait(anything, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _tell_ringing(attempt: Attempt) -> None:
    if attempt.ringing.is_set():
        return
    attempt.ringing.set()
    try:
        await attempt.caller.channel.ring()
    except AriError as error:
        logger.info("channel %s: cannot be told that it rings: %s", attempt.caller.id, error)


async def _stop_ringing(caller: Leg) -> None:
    # Before the answer a ringing indication costs nothing; after it Asterisk plays a ringing tone.
    if caller.gone or not caller.answered.is_set():
        return
    try:
        await caller.channel.ring_stop()
    except AriError as error:
        logger.info("channel %s: ringing tone could not be stopped: %s", caller.id, error)


def _losing_cause(target: Target) -> int | None:
    return ANSWERED_ELSEWHERE if target.tell_elsewhere else None


def _summary(failures: Sequence[Failure]) -> Unanswered:
    """Return what the attempt failed of: unanswered ringing before the last leg's failure."""
    if not failures:
        return Unanswered("UNSPECIFIED", None)
    said = next((f for f in failures if f.cause == "NO_ANSWER"), None)
    if said is None:
        said = next((f for f in reversed(failures) if f.cause != NOT_REGISTERED), failures[-1])
    return Unanswered(said.cause, said.sip_status, tuple(failures))
