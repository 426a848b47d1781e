"""What transfers do with a call: its legs change, and it goes on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace

from runtime.accounts import Account
from runtime.ari import ChannelData
from runtime.callflow.call_talk import CallTalk
from runtime.callflow.facilities import Facilities
from runtime.callflow.reception import ACCOUNT_VARIABLE, DEVICE_VARIABLE
from runtime.errors import Gone, StorageError
from runtime.phones import Caller, caller_at
from runtime.telephony import Leg

logger = logging.getLogger(__name__)


class CallTransfers(CallTalk):
    """How the legs of a call are exchanged; a base of Call."""

    def __init__(
        self,
        call_id: str,
        facilities: Facilities,
        account: Account,
        caller: Leg,
        language: str,
        after: AsyncExitStack,
    ) -> None:
        super().__init__(call_id, facilities, account, caller, language, after)
        self.transferred_by: str | None = None
        """The device that sent the call where it is, whose restrictions count then."""
        self.interrupt: Callable[[], Awaitable[None]] | None = None
        """Ends what the node that runs does, and begins it again."""

    @contextmanager
    def being_replaced(self) -> Iterator[None]:
        """Let nothing end because one of the legs does: another one is about to take its place."""
        self.replacing = change = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            self.replacing = None
            change.set_result(None)

    def has(self, channel_id: str) -> bool:
        """Whether a channel is the caller's, or of the party to whom he talks."""
        party = self.talk.conversation.party if self.talk is not None else self._party
        return channel_id in (self.caller.id, party.id if party is not None else None)

    async def joined(self) -> None:
        """Return when no conversation is in the making."""
        if self._joining is not None:
            await asyncio.wait({self._joining})

    def keep(self, leg: Leg) -> None:
        """Follow a leg again that was to go elsewhere."""
        self.cdrs.take_over(leg, self.cdrs)
        self._follow(leg)

    def follow_from(self, before: "CallTransfers") -> None:
        """Go on from a call whose party is the caller here."""
        self.transferred_by = before.caller.sheet.device_id
        self.take_recordings(before)

    async def take_place(self, new: Leg, party: Caller) -> Leg:
        """Go on with another leg, which nobody follows, as the caller; return the old one.

        A conversation goes on with him; any other action begins anew, for he has heard nothing of
        it.
        """
        await self.joined()
        self._follow(new)
        old, self.caller = self.caller, new
        self.party = party
        self.cdrs.caller = new
        new.digits.unclaimed = self.collections.append
        new.dialled |= old.dialled
        old.sheet.ended_by = "transfer"
        try:
            if self.talk is not None:
                await self.talk.replace(old, new)
            elif self.interrupt is not None:
                await self.interrupt()
        except Gone:
            pass  # he hung up in this moment, and that ends the call
        except BaseException:
            await old.hang_up()
            raise
        return old

    async def take_party(self, new: Leg) -> Leg:
        """Let the caller talk on with another leg, which nobody follows; return his old party's.

        Raises RuntimeError when there is no conversation any more.
        """
        await self.joined()
        if self.talk is None:
            raise RuntimeError("nobody talks any more")
        self._follow(new)
        old = self.talk.conversation.party
        old.sheet.ended_by = "transfer"
        try:
            await self.talk.replace(old, new)
        except Gone:
            pass
        except BaseException:
            await old.hang_up()
            raise
        return old

    def _follow(self, leg: Leg) -> None:
        """Follow a leg to its end; raises RuntimeError when the call is over."""
        following = leg.follow()
        try:
            self._group.create_task(following)
        except RuntimeError:
            following.close()
            raise

    def _replaced(self, leg: Leg, channel: ChannelData) -> None:
        """Look who has taken the place of one of the phones (INVITE with Replaces)."""
        ours = channel.channelvars.get(ACCOUNT_VARIABLE) == self.account.id
        if ours:
            leg.sheet.device_id = channel.channelvars.get(DEVICE_VARIABLE) or None
            self._group.create_task(self._learn_whose(leg))
        else:
            logger.warning("call %s: %s is of another account", self.id, channel.name)
            self._group.create_task(leg.hang_up())
        if self.talk is not None:
            self.talk.changed()

    async def _learn_whose(self, leg: Leg) -> None:
        """Learn whose phone a leg is on now; who calls is then the one at the caller's."""
        documents, device_id = self._facilities.documents, leg.sheet.device_id or ""
        try:
            party = await caller_at(documents, self.account, device_id)
        except StorageError as error:
            logger.info("channel %s: not known whose phone it is: %s", leg.id, error)
            return
        leg.sheet.owner_id = party.owner_id
        if leg is self.caller:
            self.party = replace(party, number=leg.party.number, name=leg.party.name)
