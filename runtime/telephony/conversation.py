"""Two legs that talk: a bridge, its legs, and how it ended."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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
from runtime.telephony.prompt import playing

logger = logging.getLogger(__name__)

CHECK_SECONDS: Final = 60.0
"""How often Asterisk is asked whether both are still there: no event may ever say that one is not.
"""

Music: TypeAlias = Callable[[Leg], Awaitable[Sequence[str]]]
"""What is heard (URIs) while this leg holds; nothing stands for Asterisk's own music."""

OnTransfer: TypeAlias = Callable[[Leg, ChannelTransfer], None]


class Conversation:
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
    ) -> None:
        self.bridge = bridge
        self.caller = caller
        self.party = party
        self.on_transfer: OnTransfer | None = None
        self._events = events
        self._music = music
        self._away: Leg | None = None
        self._apart = False
        self._sounds: dict[Leg, asyncio.Task[None]] = {}
        self._playing: dict[Leg, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._dissolved = False

    @classmethod
    async def between(
        cls, caller: Leg, party: Leg, *, music: Music | None = None
    ) -> "Conversation":
        """Join two answered legs; raises Gone when one of them hung up meanwhile."""
        # dtmf_events: without it two SIP legs are bridged natively and no digit reaches us.
        bridge_id = new_id("bridge")
        bridge = caller.ari.bridge(bridge_id)
        conversation = cls(bridge, caller.ari.subscribe(bridge_id), caller, party, music)
        try:
            await completed(bridge.create(MIXING, name=caller.ari.app))
            await completed(bridge.add(caller.id, party.id, inhibit_connected_line_updates=True))
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
                await self.bridge.add(*lost, inhibit_connected_line_updates=True)
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
        self._begin_music(holder)

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
        await completed(self.bridge.add(new.id, inhibit_connected_line_updates=True))

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
            await self.bridge.add(leg.id, inhibit_connected_line_updates=True)
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
            ids = [leg.id for leg in self.legs]
            await self.bridge.add(*ids, inhibit_connected_line_updates=True)
        except AriError as error:
            logger.warning("bridge %s: they are not together again: %s", self.bridge.id, error)

    def sound(self, listener: Leg, media: Sequence[str]) -> None:
        """Begin to play something (URIs) to one of them, who hears the other again afterwards."""
        before = self._sounds.get(listener)
        if before is not None:
            before.cancel()
        self._sounds[listener] = asyncio.create_task(self._sound(listener, media, before))

    def quiet(self, listener: Leg) -> None:
        """Begin to stop what `sound` plays."""
        if (sound := self._sounds.get(listener)) is not None:
            sound.cancel()

    async def _sound(
        self, listener: Leg, media: Sequence[str], before: "asyncio.Task[None] | None"
    ) -> None:
        if before is not None:
            await completed(asyncio.wait({before}))
        try:
            async with playing(listener, media) as finished:
                await finished
        except AriError as error:
            logger.info("channel %s: nothing is played to it: %s", listener.id, error)

    async def hush(self, listener: Leg) -> None:
        """Stop all that is played to one: until then Asterisk does not move its channel."""
        for playing_to in (self._playing, self._sounds):
            task = playing_to.pop(listener, None)
            if task is not None:
                task.cancel()
                await asyncio.wait({task})

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
                self._begin_music(leg)
            case ChannelUnhold():
                music = self._playing.get(self.other(leg))
                if music is not None:
                    music.cancel()
            case ChannelTransfer():
                if self.on_transfer is not None:
                    self.on_transfer(leg, wish)

    def _begin_music(self, holder: Leg) -> None:
        listener = self.other(holder)
        before = self._playing.get(listener)
        if before is None or before.done() or before.cancelling():
            music = self._play_music(holder, listener, before)
            self._playing[listener] = asyncio.create_task(music)

    async def _play_music(
        self, holder: Leg, listener: Leg, before: "asyncio.Task[None] | None"
    ) -> None:
        if before is not None:
            await completed(asyncio.wait({before}))
        uris = await self._music(holder) if self._music is not None else ()
        if not uris:
            return
        try:
            while not listener.gone:
                async with playing(listener, uris) as finished:
                    if not await finished:
                        await listener.settled()
                        return
        except AriError as error:
            logger.info("channel %s: no music on hold: %s", listener.id, error)
