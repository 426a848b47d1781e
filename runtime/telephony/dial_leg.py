"""One leg, from the making of its channel to its answer or the reason why there is none."""

import asyncio
import logging
import math
from typing import Any

from runtime.ari import new_id
from runtime.errors import AriRefused, Gone, NotOurs
from runtime.telephony import causes
from runtime.telephony.completed import completed
from runtime.telephony.leg import Ended, Leg
from runtime.telephony.ringback import Ringback
from runtime.telephony.target import Attempt, Failure, Redirected, Target

logger = logging.getLogger(__name__)

ENTER_SECONDS = 5.0
"""How long a created channel may take to enter our application."""

ANSWERED_ELSEWHERE = 26
NOT_REGISTERED = "USER_NOT_REGISTERED"
NO_ANSWER = "NO_ANSWER"
PROGRESS_TIMEOUT = "PROGRESS_TIMEOUT"


async def dial_leg(
    attempt: Attempt,
    target: Target,
    dial_string: str,
    ringback: Ringback,
    *,
    deadline: float,
    alone: bool,
) -> Leg | Failure | Redirected:
    """Ring one phone until `deadline` (loop time); the leg that answered is the caller's to end.

    `alone`: no other phone rings, so the caller may hear this one's early media.
    """
    ari = attempt.caller.ari
    channel_id = new_id("leg")
    leg = Leg(ari, channel_id, ari.subscribe(channel_id), originated=True)
    attempt.caller.dialled.add(channel_id)
    try:
        await _make(attempt, target, leg, dial_string)
    except AriRefused as error:
        # Asterisk cannot build the channel: the contact vanished or the address is unusable.
        leg.close()
        logger.info("%s cannot be rung: %s", target.name, error)
        return Failure(target, NOT_REGISTERED, 480)
    cause: int | None = None
    answered = False
    try:
        async with asyncio.timeout(ENTER_SECONDS):
            await first_of(leg, leg.entered)
        seconds = deadline - asyncio.get_running_loop().time()
        await leg.channel.dial(timeout=max(1, math.ceil(seconds + 1)))
        async with asyncio.timeout_at(deadline):
            if not await _answers(
                leg, target, ringback, alone=alone and attempt.early_media and not attempt.ringback
            ):
                cause = causes.NO_ANSWER
                return Failure(target, PROGRESS_TIMEOUT)
        # Also when it hung up in the same moment: then they talked for no time.
        answered = leg.answered.is_set() and await _is_taken(attempt, target, leg)
        if leg.answered.is_set() and not answered and not leg.gone:
            return Failure(target, NO_ANSWER, causes.SIP_UNAVAILABLE)
    except TimeoutError:
        cause = causes.NO_ANSWER
        return Failure(target, NO_ANSWER, causes.SIP_UNAVAILABLE)
    except (Gone, NotOurs):
        # The phone was faster: its channel ends, and its end says why.
        await asyncio.wait({leg.ended}, timeout=ENTER_SECONDS)
    except asyncio.CancelledError:
        cause = losing_cause(target)
        raise
    finally:
        if not answered:
            await leg.hang_up(cause)
    if answered:
        return leg
    if leg.redirected_to is not None:
        return Redirected(target, leg.redirected_to)
    return failure_of(target, leg.ended.result() if leg.gone else Ended())


async def _make(attempt: Attempt, target: Target, leg: Leg, dial_string: str) -> None:
    """Make the channel and follow it; raises AriRefused when Asterisk cannot."""
    making = asyncio.ensure_future(
        leg.channel.create(
            dial_string,
            args=("leg",),
            other_channel_id=f"{leg.id}-far" if target.forwards else None,
            originator=attempt.caller.id,
            variables=target.variables,
        )
    )
    try:
        await completed(making)
    except AriRefused:
        raise
    except BaseException:
        await leg.hang_up()
        if making.cancelled() or making.exception() is not None:
            leg.close()
        else:
            # Nobody wants it any more, but it came into being: its end belongs into the records.
            _follow(attempt, target, leg)
        raise
    _follow(attempt, target, leg)


def _follow(attempt: Attempt, target: Target, leg: Leg) -> None:
    attempt.group.create_task(leg.follow())
    if attempt.made is not None:
        attempt.made(leg, target)


def failure_of(target: Target, ended: Ended) -> Failure:
    """Return why a leg failed of its own accord."""
    name = causes.cause_name(ended.cause, ended.sip_status)
    status = ended.sip_status or causes.sip_of_q850(ended.cause)
    rejected = target.rejecting is None or name in target.rejecting
    return Failure(target, name, status, rejected)


def losing_cause(target: Target) -> int | None:
    """Return the cause with which a phone stops to ring because another one answered."""
    return ANSWERED_ELSEWHERE if target.tell_elsewhere else None


async def first_of(leg: Leg, *events: asyncio.Event) -> None:
    """Wait for one of the events or for the end of the leg."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    anything: set[asyncio.Future[Any]] = {*waits, leg.ended}
    try:
        await asyncio.wait(anything, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _answers(leg: Leg, target: Target, ringback: Ringback, *, alone: bool) -> bool:
    """Wait until it is answered or ends; False when it did not ring in time."""
    try:
        async with asyncio.timeout(target.progress_timeout):
            await first_of(leg, leg.ringing, leg.progress, leg.answered)
    except TimeoutError:
        return False
    passes_on = alone and not target.ignores_early_media and not target.confirms
    expected = [leg.progress, leg.ringing]
    while not leg.gone and not leg.answered.is_set():
        for event in [event for event in expected if event.is_set()]:
            expected.remove(event)
            if event is leg.progress and passes_on:
                await ringback.pass_on(leg)
            else:
                await ringback.start()
        await first_of(leg, leg.answered, *expected)
    return True


async def _is_taken(attempt: Attempt, target: Target, leg: Leg) -> bool:
    if not target.confirms:
        return True
    return attempt.confirm is not None and await attempt.confirm(leg)
