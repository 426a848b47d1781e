"""Walks a call over its callflow: one action at a time, each answering where to go next."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from runtime.callflow.action import Action
from runtime.callflow.call import Call
from runtime.callflow.outcome import DEFAULT, Branch, Continue, Outcome, Stop, Transfer
from runtime.callflow.trace import Step
from runtime.callflow.tree import Callflow, Place
from runtime.errors import ActionError, AriError, AriUnavailable, CallflowError, Gone, NotOurs
from runtime.telephony import Leg

logger = logging.getLogger(__name__)

TRANSFERRED = "transferred"

ASK_AGAIN_SECONDS = 0.25
GONE_SECONDS = 2.0
"""How long the news of a hangup may take after a command found the channel gone."""


@dataclass(frozen=True)
class Limits:
    """What bounds one call's walk."""

    max_branches: int = 50
    max_steps: int = 1000


@dataclass(frozen=True)
class End:
    """How a walk ended: a named outcome, and with which Q.850 cause to hang up, if at all.

    `by_flow`: the flow itself wants the caller hung up, so he does not go back to a dialplan.
    """

    outcome: str
    hang_up: bool = True
    cause: int | None = None
    reason: str | None = None
    by_flow: bool = False


class Engine:
    """Knows actions by name only; one for all calls."""

    def __init__(self, actions: Mapping[str, Action], limits: Limits) -> None:
        self._actions = actions
        self._limits = limits

    async def walk(self, call: Call, callflow: Callflow) -> End:
        """Run the callflow to its end; cancelled when the caller hangs up."""
        place = _root(callflow)
        returns: list[Place] = []
        branches = 0
        for _ in range(self._limits.max_steps):
            if place is None or place.node.empty:
                if not returns:
                    return End("completed")
                place = returns.pop()
                continue
            await call.caller.settled()
            await call.caller.ari.wait_connected()
            outcome = await self._step(call, place)
            match outcome:
                case Continue(child=child):
                    place = _next(place, child)
                case Branch(callflow=other, returns=back):
                    if branches >= self._limits.max_branches:
                        return End("branch_limit", reason=f"more than {branches} branches")
                    branches += 1
                    default = place.child(DEFAULT)
                    if back == "nowhere":
                        returns.clear()
                    elif back == "here" and default is not None and not default.node.empty:
                        returns.append(default)
                    place = _root(other)
                case Stop(cause=cause, hard=hard):
                    if hard or not returns:
                        return End("completed", cause=cause, by_flow=hard or cause is not None)
                    place = returns.pop()
                case Transfer(hang_up=hang_up):
                    return End(TRANSFERRED, hang_up=hang_up)
                case _:
                    assert_never(outcome)
        return End("step_limit", reason=f"more than {self._limits.max_steps} steps")

    async def _step(self, call: Call, place: Place) -> Outcome:
        while (outcome := await self._try_step(call, place)) is None:
            pass
        return outcome

    async def _try_step(self, call: Call, place: Place) -> Outcome | None:
        """Run a node; None when another caller has taken the place of the one who came to it."""
        step = await call.begin(place)
        try:
            outcome = await self._until_replaced(call, self._run(call, place, step))
            if outcome is None:
                step.end("replaced")
                return None
        except asyncio.CancelledError:
            step.end("hung_up" if call.caller.gone else "cancelled")
            raise
        else:
            _describe(step, outcome)
            return outcome
        finally:
            call.finish(step)

    async def _until_replaced(
        self, call: Call, running: Coroutine[Any, Any, Outcome]
    ) -> Outcome | None:
        limit = asyncio.timeout(None)
        over = asyncio.Event()

        async def interrupt() -> None:
            limit.reschedule(asyncio.get_running_loop().time())
            await over.wait()

        try:
            async with limit:
                call.interrupt = interrupt
                return await running
        except TimeoutError:
            if not limit.expired():
                raise
            return None
        finally:
            call.interrupt = None
            over.set()

    async def _run(self, call: Call, place: Place, step: Step) -> Outcome:
        node = place.node
        if node.data.get("skip_module") in (True, "true"):
            step.outcome = "skipped"
            return Continue()
        try:
            action = self._action(node.module or "")
            return await action.handle(call, action.parse(node.data))
        except (Gone, NotOurs) as error:
            # The hangup will cancel this walk; only a channel that stays makes it a failure.
            await asyncio.wait({call.caller.ended}, timeout=GONE_SECONDS)
            step.error = str(error)
        except AriUnavailable as error:
            # Going on would run through the rest of the flow while nobody can hear it.
            await _found_again(call.caller)
            step.error = str(error)
        except CallflowError as error:
            step.error = str(error)
        except Exception as error:
            logger.exception("call %s: %s at %s failed", call.id, node.module, place.path)
            step.error = f"{type(error).__name__}: {error}"
        step.outcome = "failed"
        return Continue()

    def _action(self, module: str) -> Action:
        action = self._actions.get(module)
        if action is None:
            raise ActionError(f"unknown module {module!r}")
        return action


async def _found_again(caller: Leg) -> None:
    """Wait until Asterisk answers; for a caller who is gone, for the end of the walk."""
    while True:
        await caller.ari.wait_connected()
        try:
            await caller.channel.details()
        except (Gone, NotOurs):
            await asyncio.wait({caller.ended}, timeout=GONE_SECONDS)
        except AriUnavailable:
            # A connection that has just broken still counts as one for a moment.
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            continue
        except AriError as error:
            logger.info("channel %s: not known whether it is still there: %s", caller.id, error)
        return


def _root(callflow: Callflow) -> Place | None:
    return None if callflow.root is None else Place(callflow, callflow.root)


def _next(place: Place, child: str) -> Place | None:
    found = place.child(child)
    return found if found is not None or child == DEFAULT else place.child(DEFAULT)


def _describe(step: Step, outcome: Outcome) -> None:
    kept = step.outcome
    match outcome:
        case Continue(child=child):
            step.end(kept or "continue", child)
        case Branch(callflow=other):
            step.end("branch", other.id)
        case Stop(hard=hard):
            step.end("hangup" if hard else "stop")
        case Transfer():
            step.end("transfer")
        case _:
            assert_never(outcome)
