"""Somebody in the office, who does what the plan says, with a telephone that speaks SIP."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle

from tests.live.useragent import Dialog, UserAgent
from tests.storm.office import Attended, Blind, Errand, Hold, Reaction, Talk

_FOR_EVER = 3600.0
_FAREWELL = 20.0
_LATE_ANSWER = 1.0
"""How long (s) the answer to a request may take in a call that has ended meanwhile."""

_MOMENT = timedelta(seconds=0.1)
"""Who answers when another has just done so, or the caller hung up, is hung up that fast."""


@dataclass
class Seen:
    """A call as its telephone saw it.

    `crossed`: its answer and a hangup from the other side passed each other.
    """

    call_id: str
    name: str
    incoming: bool
    began: datetime
    ended: datetime | None = None
    answered_at: datetime | None = None
    crossed: bool = False


class Clerk:
    """One of the office; `done` counts what was done and how it went, for all of them."""

    def __init__(
        self, name: str, agent: UserAgent, reactions: tuple[Reaction, ...], done: Counter[str]
    ) -> None:
        self.name = name
        self.agent = agent
        self.seen: list[Seen] = []
        self._reactions: Iterator[Reaction] = cycle(reactions)
        self._done = done
        self._busy: set[asyncio.Task[None]] = set()

    async def is_done(self) -> None:
        """Wait until all calls that came in are over; raises AssertionError."""
        if self._busy:
            _, busy = await asyncio.wait(set(self._busy), timeout=_FAREWELL)
            assert not busy, f"{self.name} is not done: {busy}"

    async def works(self) -> None:
        """Take calls for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                dialog = await self.agent.rings(within=_FOR_EVER)
                task = group.create_task(self._takes(dialog, next(self._reactions)))
                self._busy.add(task)
                task.add_done_callback(self._busy.discard)

    async def runs(self, errand: Errand) -> None:
        """Make a call, and do in it what is planned."""
        dialog = await self._dials(errand.number, errand.patience)
        if dialog.status == 200:
            await self._talks(dialog, errand.talk)

    async def _dials(self, number: str, patience: float) -> Dialog:
        seen = Seen("", self.name, incoming=False, began=datetime.now(UTC))
        self.seen.append(seen)
        dialog = await self.agent.dials(number, patience=patience)
        seen.call_id = dialog.call_id
        self._done[f"calls {dialog.status}"] += 1
        if dialog.answered:
            seen.answered_at = datetime.now(UTC)
        task = asyncio.create_task(self._watches(seen, dialog))
        task.add_done_callback(lambda done: done.result())
        return dialog

    async def _takes(self, dialog: Dialog, reaction: Reaction) -> None:
        seen = Seen(dialog.call_id, self.name, incoming=True, began=datetime.now(UTC))
        self.seen.append(seen)
        watching = asyncio.create_task(self._watches(seen, dialog))
        patience = _FOR_EVER if reaction == Reaction(reaction.after, None, None) else reaction.after
        if await _over(dialog, patience):
            self._done["rings in vain"] += 1
        elif reaction.refuses is not None:
            self._done["refuses"] += 1
            await dialog.rejects(reaction.refuses)
        elif reaction.talk is not None:
            self._done["answers"] += 1
            seen.answered_at = datetime.now(UTC)
            await dialog.answers()
            await self._talks(dialog, reaction.talk)
        await watching

    async def _watches(self, seen: Seen, dialog: Dialog) -> None:
        await dialog.over.wait()
        seen.ended = datetime.now(UTC)
        moment = seen.answered_at is not None and seen.ended - seen.answered_at < _MOMENT
        seen.crossed = dialog.crossed or (seen.incoming and moment)
        await dialog.audio.close()

    async def _talks(self, dialog: Dialog, talk: Talk) -> None:
        for pause, act in talk.acts:
            if await _over(dialog, pause):
                return
            match act:
                case Hold(seconds=seconds):
                    await self._holds(dialog, seconds)
                case Blind(number=number):
                    await self._sends(dialog, number)
                case Attended():
                    await self._asks(dialog, act)
        if not await _over(dialog, talk.rest):
            self._done["hangs up"] += 1
            await dialog.hangs_up()

    async def _holds(self, dialog: Dialog, seconds: float) -> None:
        if await self._reinvites(dialog, "sendonly") and not await _over(dialog, seconds):
            await self._reinvites(dialog, "sendrecv")

    async def _sends(self, dialog: Dialog, number: str) -> None:
        await self._transferred("blind", dialog, dialog.transfers_to(number))

    async def _asks(self, dialog: Dialog, act: Attended) -> None:
        if not await self._reinvites(dialog, "sendonly"):
            return
        second = await self._dials(act.number, act.patience)
        if second.status == 200:
            talking = not await _over(second, act.talks)
            if talking and not dialog.over.is_set():
                asked = dialog.transfers_to_call(second)
                await self._transferred("attended", dialog, asked)
            await second.hangs_up()
        if not dialog.over.is_set():
            await self._reinvites(dialog, "sendrecv")

    async def _transferred(self, kind: str, dialog: Dialog, asked: Awaitable[int]) -> None:
        """Hang up when a transfer went well."""
        dialog.told.clear()
        status = await self._answer(dialog, asked)
        if status == 202:
            told = await dialog.is_told_the_end()
            self._done[f"{kind} {told}"] += 1
            if told == 200:
                await dialog.hangs_up()
        else:
            self._done[f"{kind} refused {status}"] += 1

    async def _reinvites(self, dialog: Dialog, direction: str) -> bool:
        async def ask() -> int:
            return (await dialog.request("INVITE", body=dialog.offer(direction))).status

        if dialog.over.is_set():
            return False
        status = await self._answer(dialog, ask())
        self._done[f"{'holds' if direction == 'sendonly' else 'resumes'} {status}"] += 1
        return status == 200

    async def _answer(self, dialog: Dialog, asked: Awaitable[int]) -> int:
        """Return the status of a request's answer; 0 when the call ended and none came."""
        asking = asyncio.ensure_future(asked)
        over = asyncio.create_task(dialog.over.wait())
        await asyncio.wait({asking, over}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            await asyncio.wait({asking}, timeout=_LATE_ANSWER)
        over.cancel()
        if asking.done():
            return asking.result()
        asking.cancel()
        return 0


async def _over(dialog: Dialog, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await dialog.over.wait()
    except TimeoutError:
        return False
    return True
