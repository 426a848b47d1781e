"""Runs what keys pressed in a conversation mean: small trees of actions, beside the call's flow."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from pydantic import ValidationError

from runtime.callflow.action import Action
from runtime.callflow.call import Call
from runtime.callflow.facilities import Facilities
from runtime.callflow.listening import Listening
from runtime.callflow.outcome import DEFAULT, Continue, Outcome
from runtime.callflow.press import Press
from runtime.callflow.talk import Talk
from runtime.callflow.trace import Step
from runtime.callflow.tree import Node
from runtime.errors import ActionError, CallflowError
from runtime.metaflow import Collected, Found, Metaflows
from runtime.telephony import Leg

logger = logging.getLogger(__name__)

MAX_TOLD: Final = 200
"""How many steps of metaflows the trace of one call has; somebody may press keys for hours."""
MAX_RUNS: Final = 10
"""How many metaflows run at a time in one conversation."""
MAX_DEPTH: Final = 50
_NAMES: Final = frozenset({"pressed_by", "answered_by", "pattern"})
"""What the trace tells of a metaflow that nobody has pressed."""
ORDERED: Final = "ordered"
"""Where the trace has a metaflow that was started without keys."""


class MetaflowRuns:
    """The metaflows of one call."""

    def __init__(self, call: Call, facilities: Facilities) -> None:
        self._call = call
        self._facilities = facilities
        self._runs: set[asyncio.Task[None]] = set()
        self._told = 0
        self._during: Talk | None = None

    def start(self, talk: Talk, leg: Leg, node: Mapping[str, Any]) -> None:
        """Run a metaflow that no key stands for, as if this leg had pressed it.

        Raises ActionError when the conversation is over, or too many are running.
        """
        if self._during is not talk:
            raise ActionError("the conversation is over")
        if len(self._runs) >= MAX_RUNS:
            raise ActionError(f"{MAX_RUNS} metaflows are running")
        press = Press(self._call, talk, leg)
        inputs = {"pressed_by": leg.sheet.device_id or leg.id, "ordered": True}
        task = asyncio.create_task(self._run(press, Found(node, ORDERED), ORDERED, inputs))
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)

    @asynccontextmanager
    async def during(self, talk: Talk) -> AsyncIterator[None]:
        """Listen to both who talk while the block runs, and do what they want."""

        def heard(leg: Leg, metaflows: Metaflows, collected: Collected, due: float) -> None:
            self._begin(talk, leg, metaflows, collected, due)

        account = (self._call.account.id, self._call.account.doc)
        listening = Listening(talk, self._facilities, account, heard)
        task = asyncio.create_task(listening.run())
        self._during = talk
        try:
            yield
        finally:
            self._during = None
            await _ended({task, *self._runs})

    def _begin(
        self, talk: Talk, leg: Leg, metaflows: Metaflows, collected: Collected, due: float
    ) -> None:
        found = None if collected.too_long else metaflows.find(collected.digits)
        secret = self._secret(collected.digits, found)
        pressed = f"{metaflows.binding_digit}{_hidden(collected.digits, secret)}"
        inputs: dict[str, Any] = {"pressed_by": leg.sheet.device_id or leg.id, "keys": pressed}
        if found is None:
            problem = "too many keys" if collected.too_long else "no metaflow for these keys"
            self._tell_nothing(pressed, inputs, problem)
        elif len(self._runs) >= MAX_RUNS:
            self._tell_nothing(pressed, inputs, f"{MAX_RUNS} metaflows are running")
        else:
            if found.captures is not None:
                captures = [_hidden(capture, secret) for capture in found.captures]
                inputs |= {"pattern": found.key, "captures": captures}
            if found.others:
                inputs["also_matched"] = list(found.others)
            press = Press(
                self._call, talk, leg, collected=collected.digits, captures=found.captures
            )
            task = asyncio.create_task(self._run(press, found, pressed, inputs, due))
            self._runs.add(task)
            task.add_done_callback(self._runs.discard)

    def _secret(self, digits: str, found: Found | None) -> tuple[str, ...]:
        """Return the keys that the trace hides; what means nothing may be a PIN mistyped."""
        if not self._facilities.redact_keys:
            return ()
        return (digits,) if found is None else found.captures or ()

    def _tell_nothing(self, pressed: str, inputs: dict[str, Any], problem: str) -> None:
        step = self._call.aside(pressed, "metaflow")
        step.inputs = inputs
        step.error = problem
        step.end("no_match")
        self._tell(step)

    async def _run(
        self,
        press: Press,
        found: Found,
        pressed: str,
        inputs: dict[str, Any],
        due: float | None = None,
    ) -> None:
        if due is not None:
            # What an action asks of Asterisk first, it asks in this same turn of the loop.
            self._facilities.key_delays("acted", time.monotonic() - due)
        node, path = _node(found.node), pressed
        given = {} if found.captures is None else _given(press)
        for _ in range(MAX_DEPTH):
            if node.empty:
                return
            step = press.step = self._call.aside(path, node.module or "")
            step.inputs = dict(inputs)
            try:
                outcome = await self._do(press, node, given, step)
                step.end(step.outcome or _word(outcome))
            except asyncio.CancelledError:
                step.end("ended")
                raise
            finally:
                self._redact(step, found)
                self._tell(step)
            if not isinstance(outcome, Continue):
                return
            child = outcome.child if outcome.child in node.children else DEFAULT
            if child not in node.children:
                return
            node, path, given = node.children[child], f"{path}/{child}", {}

    async def _do(
        self, press: Press, node: Node, given: Mapping[str, Any], step: Step
    ) -> Outcome | None:
        """Run one node; None when it failed, which ends the metaflow and nothing else."""
        try:
            action = self._action(node.module or "")
            return await action.handle(press, action.parse({**node.data, **given}))
        except CallflowError as error:
            step.error = str(error)
        except Exception as error:
            logger.exception("call %s: metaflow %s failed", self._call.id, node.module)
            step.error = f"{type(error).__name__}: {error}"
        step.outcome = "failed"
        return None

    def _action(self, module: str) -> Action:
        action = self._facilities.metaflows.get(module)
        if action is None:
            raise ActionError(f"unknown metaflow module {module!r}")
        return action

    def _redact(self, step: Step, found: Found) -> None:
        """Hide in what an action says of itself what was captured."""
        secret = self._secret("", found)
        if step.error is not None:
            step.error = _hidden(step.error, secret)
        for name, value in step.inputs.items():
            if isinstance(value, str) and name not in _NAMES:
                step.inputs[name] = _hidden(value, secret)

    def _tell(self, step: Step) -> None:
        self._told += 1
        if self._told <= MAX_TOLD:
            self._facilities.trace.record(step.row())


def _node(stored: Mapping[str, Any]) -> Node:
    try:
        return Node.model_validate(dict(stored))
    except (ValidationError, RecursionError):
        # The part that can be read is named, so that the trace tells which one cannot be run.
        return Node(module=str(stored.get("module")), data={}, children={})


def _given(press: Press) -> dict[str, Any]:
    return {"collected": press.collected, "captures": list(press.captures or ())}


def _hidden(text: str, secret: Sequence[str]) -> str:
    for part in secret:
        if part:
            text = text.replace(part, "•" * len(part))
    return text


def _word(outcome: Outcome | None) -> str:
    return "continue" if isinstance(outcome, Continue) else "stop"


async def _ended(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("listening to keys failed", exc_info=error)
