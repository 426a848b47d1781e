"""Attended transfer by keys: ask the target first, then bring him and the other together.

Source of the behaviour: Kazoo's metaflow `transfer`, its state machine of transferor (who pressed),
transferee (the other) and target.
"""

import asyncio
import logging
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from runtime.callflow.call import Call
from runtime.callflow.consulting import Consulting
from runtime.callflow.talk import Talk
from runtime.errors import Gone, NotOurs
from runtime.phones import Caller, RingOptions
from runtime.phones.forwarding import Forward, Forwarder, forward_leg
from runtime.telephony import (
    Answered,
    Attempt,
    Leg,
    Target,
    Unanswered,
    completed,
    kept_waiting,
    one_of_them_ended,
    reach,
)

logger = logging.getLogger(__name__)


TRANSFERRED: Final = "transferred"


@dataclass
class Consultation:
    """One attended transfer, from the moment at which the two are taken apart.

    `run` returns how it went; the conversation is by then what became of it.
    """

    call: Call
    talk: Talk
    transferor: Leg
    wanted: Consulting
    identity: Caller
    """The transferor's."""
    other_identity: Caller
    """The transferee's, should he become the caller."""
    _pressed: str = ""
    _ringing: "asyncio.Task[Answered | Unanswered] | None" = None
    _keys: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)

    async def run(self) -> str:
        """Do it, to its end; raises AriError when they cannot be taken apart."""
        conversation = self.talk.conversation
        self.transferee = conversation.other(self.transferor)
        target = forward_leg(
            self._forwarder(),
            self.identity,
            RingOptions(dialled=self.wanted.number),
            Forward(self.wanted.number, enabled=True, require_keypress=False),
        )
        if isinstance(target, str):
            return target
        with ExitStack() as stack:
            stack.enter_context(self.call.being_replaced())
            self._keys = stack.enter_context(self.transferor.digits.listen())
            async with conversation.apart(), AsyncExitStack() as self._music:
                waiting = kept_waiting(self.transferee, self.wanted.music)
                await self._music.enter_async_context(waiting)
                attempt = Attempt(
                    self.transferor,
                    self.call.group,
                    self.wanted.seconds,
                    ringback=self.wanted.ringback,
                    rings_at_once=True,
                    early_media=False,
                    made=self._made,
                )
                self._ringing = asyncio.create_task(reach(attempt, [target]))
                try:
                    said = await self._until_decided()
                finally:
                    await self._stop_ringing()
        return said

    def _made(self, leg: Leg, target: Target) -> None:
        """Note what was dialled; its keys are the target's, and not the transferor's."""
        self.call.cdrs.of_dialled(leg, target)
        leg.sheet.has_metaflows = False

    async def _until_decided(self) -> str:
        ringing = self._ringing
        if ringing is None:
            return "not begun"
        if await self._taken_back(ringing):
            return "taken back"
        result = ringing.result() if ringing.done() else None
        if isinstance(result, Unanswered):
            if self.transferor.gone:
                await self.transferee.hang_up()
            return f"not reached: {result.cause}"
        if result is None:
            return "both hung up"
        self._ringing = None
        return await self._consult(result.leg)

    async def _taken_back(self, ringing: "asyncio.Future[Any]") -> bool:
        """Wait until the target has answered or failed; True when the transferor wants back."""
        while not ringing.done():
            if self.transferor.gone and self.transferee.gone:
                return False
            if await self._pressed_takeback({ringing}):
                return True
        return False

    async def _pressed_takeback(self, until: set["asyncio.Future[Any]"]) -> bool:
        """Wait for a key, or one of these, or somebody's end; whether the keys now say so."""
        key = asyncio.create_task(self._keys.get())
        ends: set[asyncio.Future[Any]] = {
            leg.ended for leg in (self.transferor, self.transferee) if not leg.gone
        }
        try:
            await asyncio.wait({key, *ends, *until}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            key.cancel()
        if key.done() and not key.cancelled():
            self._pressed = (self._pressed + key.result())[-20:]
            return self._pressed.endswith(self.wanted.takeback)
        return False

    async def _consult(self, target: Leg) -> str:
        """Let transferor and target talk until one of the three decides."""
        try:
            if await self._asked(target):
                await target.hang_up()
                return "taken back"
            if target.gone:
                return "the target hung up"
            if self.transferor.gone and self.transferee.gone:
                await target.hang_up()
                return "both hung up"
            await self._music.aclose()
            return await completed(self._change(target))
        except (Gone, NotOurs) as error:
            await target.hang_up()
            return str(error)
        except BaseException:
            await target.hang_up()
            raise

    async def _asked(self, target: Leg) -> bool:
        """Let them talk until one of the three is gone; True when the transferor wants back."""
        three = (self.transferor, self.transferee, target)
        if not self.transferor.gone:
            await self._together(target)
        while not any(leg.gone for leg in three):
            if await self._pressed_takeback({target.ended}):
                return True
        return False

    async def _together(self, target: Leg) -> None:
        """Join transferor and target; fine when one of them has hung up in this moment."""
        two = (self.transferor, target)
        bridge = self.talk.conversation.bridge
        try:
            await bridge.add(*(leg.id for leg in two), inhibit_connected_line_updates=True)
        except (Gone, NotOurs):
            await one_of_them_ended(*two)
            if not any(leg.gone for leg in two):
                raise

    async def _change(self, target: Leg) -> str:
        """Put the target into the place of whoever is gone."""
        conversation, call = self.talk.conversation, self.call
        if self.transferor.gone:
            gone, stays, said = self.transferor, self.transferee, TRANSFERRED
        else:
            gone, stays, said = self.transferee, self.transferor, "the other party hung up"
        gone.sheet.ended_by = gone.sheet.ended_by or "transfer"
        if gone is conversation.party:
            await self.talk.replace(gone, target)
            return said
        # The call goes on with whoever stays as its caller.
        identity = self.other_identity if stays is self.transferee else self.identity
        await stays.hand_over()
        call.cdrs.take_over(stays, call.cdrs)
        await self.talk.replace(stays, target)
        await call.take_place(stays, identity)
        return said

    async def _stop_ringing(self) -> None:
        ringing, self._ringing = self._ringing, None
        if ringing is None:
            return
        ringing.cancel()
        await asyncio.wait({ringing})
        if not ringing.cancelled() and ringing.exception() is None:
            result = ringing.result()
            if isinstance(result, Answered):
                await result.leg.hang_up()

    def _forwarder(self) -> Forwarder:
        sheet = self.transferor.sheet
        return Forwarder(self.call.account, sheet.device_id, sheet.owner_id)
