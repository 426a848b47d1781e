"""What happens beside a conversation that a document has begun: its time, and the caller's keys."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from runtime.callflow import Call
from runtime.pivot.twiml.verbs import Dial

MAX_DIGITS: Final = 1000


class Company:
    """One dialling: how it ends, and what the caller has pressed meanwhile.

    `digits` are his keys where they are collected; `party_id` is the channel of who answered.
    """

    def __init__(self, call: Call, verb: Dial) -> None:
        self.digits = ""
        self.party_id: str | None = None
        self.over_time = False
        self._call = call
        self._verb = verb
        self._pressed = asyncio.Event()

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Watch the conversation that begins while the block runs."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    async def _watch(self) -> None:
        call = self._call
        await call.conversing.wait()
        if call.talk is None:
            return  # one of them has hung up already
        self.party_id = call.talk.conversation.party.id
        keys = call.caller.digits
        before, keys.unclaimed = keys.unclaimed, self._heard
        try:
            async with asyncio.timeout(self._verb.talk_seconds):
                await self._pressed.wait()
        except TimeoutError:
            self.over_time = True
        finally:
            keys.unclaimed = before
        if call.talk is not None:
            await call.talk.conversation.party.hang_up()

    def _heard(self, key: str) -> None:
        if key == self._verb.hangup_key:
            self._pressed.set()
        elif self._verb.collects:
            self.digits = (self.digits + key)[:MAX_DIGITS]
