"""A call's conversation, and where the call goes when it is over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from runtime.ari import ChannelTransfer
from runtime.callflow.outcome import Outcome
from runtime.errors import CallflowError
from runtime.telephony import Conversation, Ender, Leg, completed

logger = logging.getLogger(__name__)

T = TypeVar("T")

TransferAsked = Callable[["Talk", Leg, ChannelTransfer], Awaitable[None]]
"""Carries out what a phone asked for with REFER; must tell the phone how it went."""

Changing = Callable[[], "asyncio.Future[None] | None"]
"""Tells for what to wait while another leg takes the place of one."""

_CALLER: Final[Ender] = "caller"
_CALLEE: Final[Ender] = "callee"


class Talk:
    """The caller and the party, until one hangs up or a transfer changes everything.

    A transfer runs beside it, and to its end, even if the phone that asked for it has hung up
    meanwhile: only then it is known what becomes of the others.
    """

    def __init__(
        self, conversation: Conversation, transfer: TransferAsked, changing: Changing
    ) -> None:
        self.conversation = conversation
        self.leads_to: Outcome | None = None
        """Where the call goes because of a transfer."""
        self.party_is_ours = True
        """Whether the party ends with the conversation."""
        self.ended_by: Leg | None = None
        self.on_changed: Callable[[], None] | None = None
        """Told when another leg or phone has taken the place of one."""
        self._resumed: asyncio.Event | None = None
        self._transfer = transfer
        self._changing = changing
        self._ending = False
        self._transferring: asyncio.Task[Any] | None = None
        conversation.on_transfer = self._asked
        self._connected()

    @property
    def busy(self) -> bool:
        """Whether it is about to be changed or over."""
        under_way = self._transferring is not None and not self._transferring.done()
        return self._ending or self.leads_to is not None or under_way or self.on_hold

    @property
    def on_hold(self) -> bool:
        """Whether one of them holds the conversation from our side."""
        return self._resumed is not None

    @contextmanager
    def held(self) -> Iterator[asyncio.Event]:
        """Let nothing else change it while it is on hold; `resume` sets the event."""
        self._resumed = asyncio.Event()
        try:
            yield self._resumed
        finally:
            self._resumed = None

    def resume(self) -> bool:
        """End a hold from our side; False when there is none."""
        if self._resumed is None:
            return False
        self._resumed.set()
        return True

    async def run(self) -> Outcome | None:
        """Wait for its end; returns where a transfer leads the call, None when one hung up."""
        conversation = self.conversation
        try:
            while True:
                gone = await conversation.until_over()
                await self._settled()
                if self.leads_to is not None:
                    return self.leads_to
                if gone is not None and gone in conversation.legs:
                    self.ended_by = gone
                    return None
        finally:
            try:
                await self._settled()
            finally:
                self._ending = True
                # The hangup that ended it may be cancelling this only now.
                await completed(self._end())

    async def _end(self) -> None:
        self._note_end()
        if self.party_is_ours:
            await self.conversation.party.hang_up()
        await self.conversation.close()

    async def change(self, work: Coroutine[Any, Any, T]) -> T:
        """Let work that exchanges who talks be done to its end, while nothing else does."""
        self._transferring = task = asyncio.create_task(work)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.add_done_callback(_untold)
            raise
        return task.result()

    def leave(self, outcome: Outcome) -> None:
        """Let the conversation be over, and the call go there."""
        self.leads_to = outcome
        self.conversation.dissolve()

    async def replace(self, old: Leg, new: Leg) -> None:
        """Let another leg talk in the place of one; raises as Conversation.replace."""
        try:
            await self.conversation.replace(old, new)
        finally:
            self._connected()

    def _connected(self) -> None:
        caller, party = self.conversation.legs
        caller.sheet.other, party.sheet.other = party.sheet, caller.sheet
        caller.sheet.ended_by = party.sheet.ended_by = None
        for leg in (caller, party):
            leg.tell("bridged")
        self.changed()

    def changed(self) -> None:
        """Say that somebody else talks here now."""
        if self.on_changed is not None:
            self.on_changed()

    def _note_end(self) -> None:
        caller, party = self.conversation.legs
        first = self.ended_by or next((leg for leg in (caller, party) if leg.gone), None)
        if first is None or self.leads_to is not None:
            return
        by = _CALLER if first is caller else _CALLEE
        for leg in (caller, party):
            if leg.sheet.ended_by is None:
                leg.sheet.ended_by = by

    def _asked(self, leg: Leg, wish: ChannelTransfer) -> None:
        asked = leg.decline_transfer() if self.busy else self._transfer(self, leg, wish)
        task = asyncio.create_task(_noted(asked))
        if self._transferring is None or self._transferring.done():
            self._transferring = task

    async def _settled(self) -> None:
        """Wait until no transfer changes anything here."""
        while (change := self._changing()) is not None:
            await asyncio.wait({change})
        while (task := self._transferring) is not None and not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                task.cancel()  # the program ends
                await asyncio.wait({task})
                raise


def _untold(task: asyncio.Task[Any]) -> None:
    """Note what went wrong when whoever would have been told is gone."""
    if task.cancelled() or (error := task.exception()) is None:
        return
    if isinstance(error, CallflowError):
        logger.info("a change of who talks came too late: %s", error)
    else:
        logger.error("a change of who talks failed", exc_info=error)


async def _noted(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        logger.exception("a transfer failed")
