"""Two legs that talk: a bridge, its legs, and how it ended."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from runtime.ari import (
    MIXING,
    Bridge,
    ChannelHold,
    ChannelTransfer,
    ChannelUnhold,
    Subscription,
    new_id,
)
from runtime.errors import AriError
from runtime.telephony.completed import completed
from runtime.telephony.leg import Leg, Wish
from runtime.telephony.sounding import Music, Sounding

logger = logging.getLogger(__name__)

CHECK_SECONDS: Final = 60.0
"""How often Asterisk is asked whether both are still there: no event may ever say that one is not.
"""

OnTransfer: TypeAlias = Callable[[Leg, ChannelTransfer], None]


class Conversation(Sounding):
    """A caller and the party that answered, in a bridge of their own.

    While the phone of one holds, the other hears `music`. `on_transfer` is told when one asks for
    a transfer; without it, transfers are declined.
    """

    def __init__(
        self,
        bridge: Bridge,
        events: Subscription,
        caller: Leg,
        party: Leg,
        music: Music | None = None,
        *,
        absorbs_keys: bool = False,
    ) -> None:
        self.bridge = bridge
        self.caller = caller
        self.party = party
        self.on_transfer: OnTransfer | None = None
        self._events = events
        super().__init__(music)
        self._absorbs_keys = absorbs_keys
        self._away: Leg | None = None
        self._apart = False
        self._changed = asyncio.Event()
        self._dissolved = False

    @classmethod
    async def between(
        cls, caller: Leg, party: Leg, *, music: Music | None = None, absorbs_keys: bool = False
    ) -> "Conversation":
        """Join two answered legs; raises Gone when one of them hung up meanwhile.

        With `absorbs_keys` neither hears keys of the other but by `pass_on`.
        """
        # dtmf_events: without it two SIP legs are bridged natively and no digit reaches us.
        bridge_id = new_id("bridge")
        bridge = caller.ari.bridge(bridge_id)
        events = caller.ari.subscribe(bridge_id)
        conversation = cls(bridge, events, caller, party, music, absorbs_keys=absorbs_keys)
        try:
            await completed(bridge.create(MIXING, name=caller.ari.app))
            await completed(conversation._add(caller.id, party.id))
        except BaseException:
            await conversation.close()
            raise
        for leg in conversation.legs:
            conversation._listen_to(leg)
        return conversation

    @property
    def legs(self) -> tuple[Leg, Leg]:
        """The caller and the party."""
        return self.caller, self.party

    async def _add(self, *ids: str) -> None:
        absorb = self._absorbs_keys
        await self.bridge.add(*ids, inhibit_connected_line_updates=True, absorb_dtmf=absorb)

    async def pass_on(self, digit: str, leg: Leg) -> None:
        """Let the other hear a key of this one, if he does not anyway; fine when he is gone."""
        if self._absorbs_keys:
            try:
                await self.other(leg).channel.dtmf(digit)
            except AriError as error:
                logger.info("channel %s: a key is not passed on: %s", leg.id, error)

    def other(self, leg: Leg) -> Leg:
        """Return the one to whom this one talks."""
        return self.party if leg is self.caller else self.caller

    async def until_over(self) -> Leg | None:
        """Wait until one of them hangs up and return that leg; None after `dissolve`."""
        while not self._dissolved:
            gone = next((leg for leg in self.legs if leg.gone), None)
            if gone is not None:
                return gone
            self._changed.clear()
            change = asyncio.create_task(self._changed.wait())
            waiting: set[asyncio.Future[Any]] = {change, *(leg.ended for leg in self.legs)}
            try:
                done, _ = await asyncio.wait(
                    waiting, timeout=CHECK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                change.cancel()
            if not done:
                await self._check()
        return None

    async def _check(self) -> None:
        for leg in self.legs:
            await leg.check()
        if self._away is not None or self._apart or any(leg.gone for leg in self.legs):
            return
        try:
            members = (await self.bridge.details()).channels
            lost = [leg.id for leg in self.legs if leg.id not in members]
            if lost:
                logger.warning("bridge %s: %s had fallen out of it", self.bridge.id, lost)
                await self._add(*lost)
        except AriError as error:
            logger.info("bridge %s: not known who is in it: %s", self.bridge.id, error)

    def dissolve(self) -> None:
        """Let it be over, though nobody has hung up."""
        self._dissolved = True
        self._changed.set()

    # Hold and mute.

    async def hold(self, holder: Leg) -> None:
        """Let the other hear music instead of the holder, and the holder nothing."""
        listener = self.other(holder)
        await listener.channel.mute("in")
        await listener.channel.start_moh()  # under what the holder has chosen, if anything
        self._begin_music(holder, listener)

    async def resume(self, holder: Leg) -> None:
        """Undo `hold`."""
        listener = self.other(holder)
        await self.hush(listener)
        await listener.channel.stop_moh()
        await listener.channel.unmute("in")

    async def mute(self, leg: Leg) -> None:
        """Let the other not hear this one."""
        await leg.channel.mute("in")

    async def unmute(self, leg: Leg) -> None:
        """Undo `mute`."""
        await leg.channel.unmute("in")

    # Changing who talks.

    async def replace(self, old: Leg, new: Leg) -> None:
        """Put another leg in the place of one; that one is out, its channel not hung up.

        Raises Gone when the new one hung up meanwhile: it has the place all the same, and that
        ends the conversation.
        """
        for leg in self.legs:
            await self.hush(leg)
        old.on_wish = None
        if old is self.caller:
            self.caller = new
        else:
            self.party = new
        self._listen_to(new)
        self._changed.set()
        if not self._apart:
            await self.bridge.remove(old.id)
        await completed(self._add(new.id))

    async def let_go(self, leg: Leg) -> None:
        """Take a leg out of the bridge, for something else to be done with it."""
        self._away = leg
        await self.hush(leg)
        leg.on_wish = None
        await self.bridge.remove(leg.id)

    async def take_back(self) -> None:
        """Undo `let_go`, because nothing came of it."""
        leg, self._away = self._away, None
        if leg is None:
            return
        self._listen_to(leg)
        try:
            await self._add(leg.id)
        except AriError as error:
            logger.warning("channel %s: not back in its bridge: %s", leg.id, error)

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        """Have both out of the bridge while the block runs, unless it is over by then."""
        for leg in self.legs:
            await self.hush(leg)
        self._apart = True
        try:
            for leg in self.legs:
                await completed(self.bridge.remove(leg.id))
            yield
        finally:
            self._apart = False
            for leg in self.legs:
                await self.hush(leg)
            if not self._dissolved and not any(leg.gone for leg in self.legs):
                await completed(self._together())

    async def _together(self) -> None:
        try:
            await self._add(*(leg.id for leg in self.legs))
        except AriError as error:
            logger.warning("bridge %s: they are not together again: %s", self.bridge.id, error)

    async def close(self) -> None:
        """Take the bridge down; the legs live on."""
        for leg in self.legs:
            if leg.on_wish == self.wishes:
                leg.on_wish = None
        try:
            for leg in {*self._playing, *self._sounds}:
                await self.hush(leg)
        finally:
            self._events.close()
            try:
                await self.bridge.destroy()
            except AriError as error:
                logger.warning("bridge %s could not be destroyed: %s", self.bridge.id, error)

    def _listen_to(self, leg: Leg) -> None:
        leg.on_wish = self.wishes

    def wishes(self, leg: Leg, wish: Wish) -> None:
        """Take what a phone asks for."""
        match wish:
            case ChannelHold():
                self._begin_music(leg, self.other(leg))
            case ChannelUnhold():
                music = self._playing.get(self.other(leg))
                if music is not None:
                    music.cancel()
            case ChannelTransfer():
                if self.on_transfer is not None:
                    self.on_transfer(leg, wish)
