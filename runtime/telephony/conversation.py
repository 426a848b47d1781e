"""Two legs that talk: a bridge, its legs, and how it ended."""

import asyncio
import logging

from runtime.ari import MIXING, Bridge, Subscription, new_id
from runtime.errors import AriError
from runtime.telephony.completed import completed
from runtime.telephony.leg import Leg

logger = logging.getLogger(__name__)


class Conversation:
    """A caller and the party that answered, in a bridge of their own."""

    def __init__(self, bridge: Bridge, events: Subscription, caller: Leg, party: Leg) -> None:
        self.bridge = bridge
        self._events = events
        self.caller = caller
        self.party = party

    @classmethod
    async def between(cls, caller: Leg, party: Leg) -> "Conversation":
        """Join two answered legs; raises Gone when one of them hung up meanwhile."""
        # dtmf_events: without it two SIP legs are bridged natively and no digit reaches us.
        bridge_id = new_id("bridge")
        bridge = caller.ari.bridge(bridge_id)
        conversation = cls(bridge, caller.ari.subscribe(bridge_id), caller, party)
        try:
            await completed(bridge.create(MIXING, name=caller.ari.app))
            await completed(bridge.add(caller.id, party.id))
        except BaseException:
            await conversation.close()
            raise
        return conversation

    async def until_over(self) -> Leg:
        """Wait until one of them hangs up and return that leg."""
        legs = (self.caller, self.party)
        await asyncio.wait({leg.ended for leg in legs}, return_when=asyncio.FIRST_COMPLETED)
        return next(leg for leg in legs if leg.gone)

    async def close(self) -> None:
        """Take the bridge down; the legs live on."""
        self._events.close()
        try:
            await self.bridge.destroy()
        except AriError as error:
            logger.warning("bridge %s could not be destroyed: %s", self.bridge.id, error)
