"""Ringing several endpoints: the first to answer wins, the others are cancelled."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, TypeAlias

from runtime.errors import AriError
from runtime.telephony import causes
from runtime.telephony.completed import completed
from runtime.telephony.dial_leg import NO_ANSWER, NOT_REGISTERED, dial_leg, losing_cause
from runtime.telephony.leg import Leg
from runtime.telephony.ringback import Ringback
from runtime.telephony.target import (
    Answered,
    Attempt,
    Failure,
    Redirected,
    Target,
    Unanswered,
)

logger = logging.getLogger(__name__)

MAX_LEGS = 100
"""How many legs one attempt may have, whatever is redirected whereto."""

_Result: TypeAlias = Leg | Failure | Redirected | None


async def ring(attempt: Attempt, targets: Sequence[Target]) -> Answered | Unanswered:
    """Ring all phones of all targets at once until one answers or the time is over.

    Whatever happens, also when the caller hangs up, no other leg is left behind.
    """
    race = _Race(attempt)
    winner: Answered | None = None
    try:
        if attempt.rings_at_once:
            await race.ringback.start()
        alone = len([target for target in targets if not target.unless_registered]) <= 1
        for target in targets:
            race.enter(target, alone=alone)
        winner = await race.first_answer()
    finally:
        try:
            # To its end, also for a caller who hangs up meanwhile.
            await completed(race.end(winner))
        except BaseException:
            if winner is not None:
                await winner.leg.hang_up()  # nobody else knows of it yet
            raise
    return winner or _summary(race.failures)


class _Race:
    """All that rings in one attempt; more may join: a phone's other contacts, or a forward."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.failures: list[Failure] = []
        self.ringback = Ringback(attempt)
        self._ends_at = _now() + attempt.seconds
        self._tasks: dict[asyncio.Task[_Result], Target] = {}
        self._seen: set[asyncio.Task[_Result]] = set()
        self._forwarded: set[str] = set()

    def enter(self, target: Target, *, alone: bool) -> None:
        """Ring a target after its delay; `alone`: no other rings meanwhile."""
        self._start(target, self._ring(target, alone=alone))

    async def first_answer(self) -> Answered | None:
        """Wait until a phone answers, or none can any more."""
        while pending := self._tasks.keys() - self._seen:
            done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            self._seen |= done
            for task in done:
                match task.result():
                    case Leg() as leg:
                        return Answered(leg, self._tasks[task])
                    case Failure() as failure:
                        self.failures.append(failure)
                    case Redirected(target=target, number=number):
                        self._follow(target, number)
                    case None:
                        pass
            if self.attempt.one_reject_ends and any(f.rejected for f in self.failures):
                return None
        return None

    async def end(self, winner: Answered | None) -> None:
        """Stop all other ringing."""
        try:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)
            for task, target in self._tasks.items():
                # Several may answer in one moment, or in the one in which they are cancelled.
                if task.cancelled() or task.exception() is not None:
                    continue
                leg = task.result()
                if isinstance(leg, Leg) and (winner is None or leg is not winner.leg):
                    await leg.hang_up(losing_cause(target))
        finally:
            await self.ringback.close()

    def _start(self, target: Target, work: Coroutine[Any, Any, _Result]) -> None:
        self._tasks[asyncio.create_task(work)] = target

    async def _ring(self, target: Target, *, alone: bool) -> _Result:
        await asyncio.sleep(min(target.delay, self.attempt.seconds))
        deadline = min(self._ends_at, _now() + (target.timeout or self.attempt.seconds))
        if target.delay >= self.attempt.seconds or deadline <= _now():
            return Failure(target, NO_ANSWER, causes.SIP_UNAVAILABLE)
        if target.unless_registered and await self._is_registered(target.unless_registered):
            return None
        if target.busy_with and await self._is_busy(target.busy_with):
            return Failure(target, "USER_BUSY", 486, rejected=True)
        contacts = [target.dial_string] if target.dial_string else await self._contacts(target)
        if target.forwards:
            # Several phones may forward to one: it rings once.
            contacts = [contact for contact in contacts if contact not in self._forwarded]
            self._forwarded.update(contacts)
            if not contacts:
                return None
        if not contacts:
            return Failure(target, NOT_REGISTERED, causes.SIP_UNAVAILABLE)
        alone = alone and len(contacts) == 1
        for contact in contacts:
            leg = dial_leg(
                self.attempt, target, contact, self.ringback, deadline=deadline, alone=alone
            )
            self._start(target, leg)
        return None  # which makes whoever waits wait for these, too

    def _follow(self, target: Target, number: str) -> None:
        refused = Failure(target, causes.cause_name(causes.REDIRECTED), 302, rejected=True)
        instead: Target | str = "redirects are not followed here"
        if target.redirected is not None:
            instead = target.redirected(number)
        if isinstance(instead, str) or len(self._tasks) >= MAX_LEGS:
            logger.info("%s sends the call to %s: not followed: %s", target.name, number, instead)
            self.failures.append(refused)
        else:
            self.enter(instead, alone=self._tasks.keys() == self._seen)

    async def _is_registered(self, endpoints: Sequence[str]) -> bool:
        for endpoint in endpoints:
            if await self._contacts(Target(endpoint, endpoint)):
                return True
        return False

    async def _is_busy(self, endpoints: Sequence[str]) -> bool:
        """Whether an endpoint has a channel that is no leg of this caller's."""
        for endpoint in endpoints:
            try:
                details = await self.attempt.caller.ari.endpoint("PJSIP", endpoint).details()
            except AriError as error:
                logger.debug("endpoint %s: not known whether it is busy: %s", endpoint, error)
                continue
            if set(details.channel_ids) - self.attempt.caller.dialled:
                return True
        return False

    async def _contacts(self, target: Target) -> list[str]:
        # Dialling an endpoint rings one contact only; this function knows all that are registered.
        name = f"PJSIP_DIAL_CONTACTS({target.endpoint})"
        value = await self.attempt.caller.channel.get_variable(name)
        contacts = [contact for contact in (value or "").split("&") if contact]
        if target.user is None:
            return contacts
        return [_with_user(contact, target.user) for contact in contacts]


def _with_user(contact: str, user: str) -> str:
    endpoint, scheme, address = contact.partition("/sip:")
    return f"{endpoint}{scheme}{user}@{address.rpartition('@')[2]}" if scheme else contact


def _now() -> float:
    return asyncio.get_running_loop().time()


def _summary(failures: Sequence[Failure]) -> Unanswered:
    """Return what the attempt failed of: unanswered ringing before the last leg's failure."""
    if not failures:
        return Unanswered("UNSPECIFIED", None)
    said = next((f for f in failures if f.cause == NO_ANSWER), None)
    if said is None:
        said = next((f for f in reversed(failures) if f.cause != NOT_REGISTERED), failures[-1])
    return Unanswered(said.cause, said.sip_status, tuple(failures))
