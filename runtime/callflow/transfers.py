"""Transfers that phones ask for (SIP REFER): who goes where, and what the phone is told.

Blind: the other party leaves the conversation and walks the callflow of the number, whose branches
decide what a failure leads to; there is no way back to the transferor. Attended: the other party
takes the transferor's place in his second call, whatever that is: a conversation, a ringing phone,
a menu. Source of the behaviour: Kazoo's router (transferred callers), its executor (replaced
channels) and metaflow `transfer`.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from runtime.ari import ChannelTransfer
from runtime.callflow.call import Call
from runtime.callflow.call_talk import PARENT_VARIABLE
from runtime.callflow.connected_line import show_each_other
from runtime.callflow.consultation import TRANSFERRED, Consultation
from runtime.callflow.consulting import Consulting
from runtime.callflow.outcome import Branch, Transfer
from runtime.callflow.reception import EXTERNAL, INTERNAL, Entry, Received, Reception, Refused
from runtime.callflow.taking_over import ring_for, take_over
from runtime.callflow.talk import Talk
from runtime.errors import ActionError, AriError, Gone, StorageError
from runtime.phones import Caller, RingOptions
from runtime.telephony import Leg, completed

logger = logging.getLogger(__name__)

_DIALLABLE: Final = re.compile(r"^[0-9A-Za-z*#+._-]{1,64}$")


@dataclass(frozen=True)
class Handed:
    """A leg that goes its own way from here on, which nobody follows: whose call it was."""

    leg: Leg
    received: Received
    number: str
    before: Call


Begin = Callable[[Handed], bool]
"""Begins a call of its own with a leg; False when none is begun any more."""


class Transfers:
    """Knows all calls, and lets their parties change places."""

    def __init__(self, reception: Reception, begin: Begin) -> None:
        self._reception = reception
        self._begin = begin
        self._calls: set[Call] = set()

    @contextmanager
    def known(self, call: Call) -> Iterator[None]:
        """Let a call be found by others while the block runs."""
        self._calls.add(call)
        try:
            yield
        finally:
            self._calls.discard(call)

    def call_with(self, channel_id: str) -> Call | None:
        """Return the call to which a channel belongs; None when it only rings, or is of none."""
        return next((call for call in self._calls if call.has(channel_id)), None)

    async def find_parent(self, call: Call) -> None:
        """Let a forwarded call be part of the interaction of the one that it comes from."""
        try:
            parent_id = await call.caller.channel.get_variable(PARENT_VARIABLE)
        except AriError as error:
            logger.info("call %s: not known where it was forwarded from: %s", call.id, error)
            return
        parent = next((each for each in self._calls if each.id == parent_id), None)
        if parent is not None and parent.account.id == call.account.id:
            call.cdrs.interaction.join(parent.cdrs.interaction)

    async def asked(self, talk: Talk, by: Leg, wish: ChannelTransfer) -> None:
        """Carry out what the phone of a leg in this conversation asks for."""
        call = next((each for each in self._calls if each.talk is talk), None)
        if call is None:
            await by.decline_transfer()
            return
        target = wish.refer_to
        number = target.requested_destination.destination
        try:
            if target.destination_channel is not None:
                await self._attended(call, talk, by, target.destination_channel.id)
            elif target.requested_destination.protocol_id:
                await _refuse(call, by, number, "the second call of the transfer is not here")
            else:
                reason = await self._blind(call, talk, by, number, by_phone=True)
                if reason is not None:
                    await _refuse(call, by, number, reason)
        except (AriError, StorageError) as error:
            await talk.conversation.take_back()
            await _refuse(call, by, number, str(error))

    async def bring_phone(
        self,
        call: Call,
        talk: Talk,
        old: Leg,
        whose: tuple[str, str],
        *,
        seconds: float,
        one_by_one: bool = False,
        auto_answer: bool = False,
    ) -> str:
        """Ring the phones of a device or user (kind and id); who answers takes the place of one.

        Neither the one who is replaced nor the other is rung. Returns which phone it is; raises
        ActionError when there is none, or none answers.
        """
        stays = talk.conversation.other(old)
        shown, _ = await self._identity(call, stays)
        present = {leg.sheet.device_id for leg in talk.conversation.legs}
        kind, document_id = whose
        options = RingOptions(can_call_self=True, dialled=call.number)
        shown = replace(shown, auto_answer=auto_answer)
        phones = await call.phones_for(shown, kind, document_id, options)
        targets = [one for one in phones.targets if one.device_id not in present]
        if not targets:
            raise ActionError(f"{kind} {document_id} has no other phone that can ring")
        new = await ring_for(call, stays, targets, seconds, one_by_one=one_by_one)
        identity, _ = await self._identity(call, new)
        await talk.change(take_over(call, talk, old, new, identity))
        await show_each_other(call)
        return _name(new)

    async def consult(self, call: Call, talk: Talk, by: Leg, wanted: Consulting) -> str:
        """Let somebody ask a third one before he brings him and the other together.

        Returns how it went.
        """
        identity, _ = await self._identity(call, by)
        other, _ = await self._identity(call, talk.conversation.other(by))
        said = await Consultation(call, talk, by, wanted, identity, other).run()
        if said == TRANSFERRED:
            await call.transferred(call.caller)
            await show_each_other(call)
        return said

    async def blind(self, call: Call, talk: Talk, by: Leg, number: str) -> str | None:
        """Send the other party to a number as somebody wishes; returns why it is not done.

        `by` is out of the conversation then. Where it is not done the conversation goes on.
        """
        try:
            return await self._blind(call, talk, by, number, by_phone=False)
        except (AriError, StorageError) as error:
            await talk.conversation.take_back()
            return str(error)

    # Blind.

    async def _blind(
        self, call: Call, talk: Talk, by: Leg, number: str, *, by_phone: bool
    ) -> str | None:
        if not _DIALLABLE.match(number):
            return "that is no number"
        account = call.account
        # As Kazoo's rule against toll fraud has it: a phone of the account, or whoever called us.
        inside = by.sheet.device_id is not None
        entry = Entry(INTERNAL if inside else EXTERNAL, number, account.id)
        route = await self._reception.route(entry, account.id)
        if isinstance(route, Refused):
            return route.reason
        if (device_id := by.sheet.device_id) is not None:
            reason = await call.restriction(number, route.match, by=device_id)
            if reason is not None:
                return reason
        call.note(transferred_by=_name(by), transferred_to=number)
        if by is talk.conversation.party:
            await call.transferred(call.caller)
            by.sheet.ended_by = "transfer"  # it may hang up at once
            if by_phone:
                await by.tell_transferor("channel_answered")
            call.transferred_by = by.sheet.device_id
            call.redialled(route.normalised)
            call.captured(route.match)
            received = self._reception.first(route, call.party, call.language)
            talk.leave(Branch(received.callflow, returns="nowhere"))
            return None
        party = talk.conversation.party
        caller, language = await self._identity(call, party)
        received = self._reception.first(route, caller, language)
        await call.transferred(party)
        await talk.conversation.let_go(party)
        by.sheet.ended_by = "transfer"
        if by_phone:
            await by.tell_transferor("channel_answered")
        handed = Handed(party, received, number, call)
        # From here on the party is not the conversation's: whatever happens, it must go somewhere.
        await completed(self._send_off(talk, handed))
        talk.leave(Transfer(hang_up=True))
        return None

    async def _send_off(self, talk: Talk, handed: Handed) -> None:
        await handed.leg.hand_over()
        if self._begin(handed):
            talk.party_is_ours = False
        else:
            handed.before.keep(handed.leg)  # to its end

    # Attended.

    async def _attended(self, call: Call, talk: Talk, by: Leg, second_id: str) -> None:
        other = self.call_with(second_id)
        if other is None or other.account.id != call.account.id:
            await _refuse(call, by, "", "the second call of the transfer is not here")
            return
        busy = other.talk is not None and other.talk.busy
        if other is call or busy or other.replacing is not None or call.replacing is not None:
            await _refuse(call, by, "", "the second call of the transfer is changing just now")
            return
        with other.being_replaced():
            stays = talk.conversation.other(by)
            caller, _ = await self._identity(call, stays)
            call.note(transferred_by=_name(by), transferred_to=f"call {other.id}")
            as_caller = other.caller.id == second_id
            await call.transferred(stays)
            await talk.conversation.let_go(stays)
            await completed(self._join(call, talk, stays, other, caller, as_caller=as_caller))
        await show_each_other(other)

    async def _join(
        self,
        call: Call,
        talk: Talk,
        stays: Leg,
        other: Call,
        party: Caller,
        *,
        as_caller: bool,
    ) -> None:
        by = talk.conversation.other(stays)
        by.sheet.ended_by = "transfer"
        other.cdrs.interaction.join(call.cdrs.interaction)
        await other.transferred(stays if as_caller else other.caller)
        other.take_recordings(call)
        await stays.hand_over()
        other.cdrs.take_over(stays, call.cdrs)
        old: Leg | None = None
        try:
            if as_caller:
                old = await other.take_place(stays, party)
            else:
                old = await other.take_party(stays)
        except AriError as error:
            logger.warning("call %s: a transfer failed: %s", call.id, error)
            await stays.hang_up()
        except RuntimeError as error:
            # It ended in this moment, and nobody is left to talk to.
            logger.info("call %s: a transfer comes too late: %s", call.id, error)
            call.keep(stays)  # to its end
            await stays.hang_up()
        await by.tell_transferor("channel_answered")
        if old is not None:
            await old.hang_up()  # not before: Asterisk looks at both channels while it tells
        if stays is talk.conversation.party:
            talk.party_is_ours = False
            talk.leave(Transfer(hang_up=True))
        else:
            talk.leave(Transfer())

    async def _identity(self, call: Call, leg: Leg) -> tuple[Caller, str]:
        """Return who is at a leg, and the language in which he is spoken to."""
        if leg is call.caller:
            return call.party, call.language
        try:
            shown = (await leg.channel.details()).caller
        except Gone:
            shown = leg.party
        sheet = leg.sheet
        return await self._reception.station(
            call.account, shown, device_id=sheet.device_id, owner_id=sheet.owner_id
        )


async def _refuse(call: Call, by: Leg, number: str, reason: str) -> None:
    """Tell the phone that it will not be; the conversation goes on."""
    logger.info("call %s: a transfer to %s is refused: %s", call.id, number or "a call", reason)
    call.note(transfer_refused=reason)
    await by.tell_transferor("channel_unavailable")


def _name(leg: Leg) -> str:
    return leg.sheet.device_id or leg.id
