"""Call detail records: one row for each channel of a call, written when it is gone."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import NAMESPACE_OID, uuid4, uuid5

from runtime.ari import ChannelData
from runtime.callflow.live import Live
from runtime.storage.calls import CallRow
from runtime.storage.cdrs import CdrRow
from runtime.telephony import Leg, Sheet, Target, cause_name, causes
from runtime.telephony.moment import now

INBOUND: Final = "inbound"
OUTBOUND: Final = "outbound"

GREGORIAN_SECONDS: Final = 62_167_219_200
"""From the year 0 to 1970: Kazoo's ids of interactions begin with the time in its reckoning."""

_OURS: Final = "leg-"

Record = Callable[[CdrRow], None]


def cdr_id(channel_id: str, sip_call_id: str | None) -> str:
    """Return the id of a channel's record: always the same, whoever writes it."""
    if channel_id.startswith(_OURS):
        sip_call_id = None  # we chose the id, and it is unique; the other is not known at once
    return uuid5(NAMESPACE_OID, f"{channel_id} {sip_call_id or ''}").hex


def new_interaction_id() -> str:
    """Return an id that no other interaction has."""
    return f"{int(time.time()) + GREGORIAN_SECONDS}-{uuid4().hex[:8]}"


class Interaction:
    """What belongs together for people: a call, and all that transfers made of it."""

    def __init__(self, record: Record) -> None:
        self.part_of: Interaction | None = None
        self.rows: list[CdrRow] = []
        self._own_id = new_interaction_id()
        self._record = record

    @property
    def id(self) -> str:
        """Its id: the whole's, when it is part of another."""
        return self._own_id if self.part_of is None else self.part_of.id

    @property
    def whole(self) -> "Interaction":
        """The interaction of which it is part, itself when of none."""
        return self if self.part_of is None else self.part_of.whole

    def write(self, row: CdrRow) -> None:
        """Write a record as one of this interaction."""
        row = replace(row, interaction_id=self.id)
        self.whole.rows.append(row)
        self._record(row)

    def join(self, other: "Interaction") -> None:
        """Be a part of another one from here on; what was written is written again, as of it."""
        part = self.whole
        if part is other.whole:
            return
        part.part_of = other.whole
        rows, part.rows = part.rows, []
        for row in rows:
            part.write(row)


class Cdrs:
    """The records of one call's channels."""

    def __init__(self, record: CallRow, interaction: Interaction, caller: Leg, live: Live) -> None:
        self.interaction = interaction
        self._live = live
        self._call = record
        self.caller = caller
        self.on_replaced: Callable[[Leg, ChannelData], None] | None = None
        self._dialled: list[Leg] = []
        self._open: dict[Leg, Callable[[], None]] = {}
        """What writes the records of the legs that came with the call or were dialled for it."""
        self._taken: dict[Leg, Callable[[], None]] = {}
        """The same of legs that were another call's before."""

    @property
    def dialled(self) -> str:
        """The number with which the call came, as it was dialled."""
        return self._call.number

    def of_caller(self, leg: Leg) -> None:
        """Write a record when this leg, with which the call came, is gone."""
        leg.sheet.id = cdr_id(leg.id, leg.sip_call_id)
        self._follow(leg, INBOUND)

    def of_dialled(self, leg: Leg, target: Target) -> None:
        """Write a record when this leg, which was dialled for the call, is gone."""
        leg.sheet.id = cdr_id(leg.id, None)
        leg.sheet.device_id, leg.sheet.owner_id = target.device_id, target.owner_id
        self._dialled.append(leg)
        self._follow(leg, OUTBOUND)

    def _follow(self, leg: Leg, direction: str) -> None:
        self._live.add(leg, self._call, direction)
        leg.on_replaced = partial(self._replaced, direction)
        self._open[leg] = partial(self._write, leg, direction)
        leg.ended.add_done_callback(lambda _: self._write(leg, direction))

    def take_over(self, leg: Leg, before: "Cdrs") -> None:
        """Answer for a leg from here on that was another call's."""
        self._live.moved(leg, self._call)
        write = before.release(leg)
        if write is not None:
            self._taken[leg] = write

    def release(self, leg: Leg) -> Callable[[], None] | None:
        """Answer for a leg no longer; return what writes its record."""
        return self._taken.pop(leg, None) or self._open.pop(leg, None)

    def close(self) -> None:
        """Write the records of legs whose end nobody will see: the program ends."""
        own = {leg: write for leg, write in self._open.items() if not leg.handed_over}
        for leg, write in (own | self._taken).items():
            if not leg.ended.done():
                write()
                self._live.remove(leg)

    def _replaced(self, direction: str, leg: Leg, channel: ChannelData) -> None:
        before = leg.sheet
        before.ended_by = "transfer"
        self._write(leg, direction, replaced=True)
        leg.sheet = Sheet(cdr_id(channel.id, channel.protocol_id), other=before.other)
        if before.other is not None:
            before.other.other = leg.sheet
        self._live.replaced(leg, channel)
        if self.on_replaced is not None:
            self.on_replaced(leg, channel)

    def of_gone(self, caller: Leg) -> CdrRow:
        """Return what is to be said of this caller of the call, who is gone, whoever writes it."""
        return replace(self._row(caller, INBOUND), interaction_id=self.interaction.id)

    def _write(self, leg: Leg, direction: str, *, replaced: bool = False) -> None:
        self.interaction.write(self._row(leg, direction, replaced=replaced))

    def _row(self, leg: Leg, direction: str, *, replaced: bool = False) -> CdrRow:
        call, sheet = self._call, leg.sheet
        last = leg.ended.result() if leg.ended.done() else None
        cause = last.cause if last is not None else 0
        status = last.sip_status if last is not None else None
        if not cause and status is None and (replaced or last is None or last.lost is None):
            cause = causes.NORMAL_CLEARING  # a BYE that says nothing
        ringing = leg.ringing.at
        if direction == INBOUND:
            rang = [each.ringing.at for each in self._dialled if each.ringing.at is not None]
            ringing = min(rang, default=None)
        callee = leg.party if direction == OUTBOUND else None
        return CdrRow(
            id=sheet.id,
            call_id=call.id,
            interaction_id="",
            account_id=call.account_id,
            channel_id=leg.id,
            sip_call_id=leg.sip_call_id or None,
            direction=direction,
            number=call.normalised_number or call.number,
            caller_name=call.caller_name,
            caller_number=call.caller_number,
            callee_name=callee.name if callee is not None else "",
            callee_number=(callee.number if callee is not None else "")
            or call.normalised_number
            or call.number,
            device_id=sheet.device_id,
            owner_id=sheet.owner_id,
            other_leg_id=sheet.other.id if sheet.other is not None else None,
            started_at=leg.started_at,
            ringing_at=ringing,
            answered_at=leg.answered.at,
            ended_at=leg.ended_at or now(),
            cause=cause,
            cause_name=cause_name(cause, status),
            sip_status=status,
            ended_by=self._ended_by(leg, direction),
        )

    def _ended_by(self, leg: Leg, direction: str) -> str:
        said = leg.sheet.ended_by
        if said == "transfer":
            return said
        lost = leg.ended.done() and leg.ended.result().lost is not None
        if lost:
            return "system"
        if not leg.hung_up_by_us:
            return "caller" if direction == INBOUND else "callee"
        if said is None and direction == OUTBOUND and self._caller_hung_up():
            return "caller"
        return said or "system"

    def _caller_hung_up(self) -> bool:
        return self.caller.gone and not self.caller.hung_up_by_us


def cdr_of_stray(channel: ChannelData, account_id: str | None, call_id: str | None) -> CdrRow:
    """Return the record of a channel that nobody follows any more, which ends now.

    `call_id` is the call for which it was dialled, if that is known.
    """
    return CdrRow(
        id=cdr_id(channel.id, channel.protocol_id),
        call_id=call_id or channel.id,
        interaction_id=new_interaction_id(),
        account_id=account_id,
        channel_id=channel.id,
        sip_call_id=channel.protocol_id or None,
        direction=OUTBOUND if call_id is not None else INBOUND,
        number=channel.dialplan.exten,
        caller_name=channel.connected.name,
        caller_number=channel.connected.number,
        callee_name=channel.caller.name,
        callee_number=channel.caller.number,
        started_at=channel.creationtime or now(),
        ended_at=now(),
        cause=causes.CONGESTION,
        cause_name=cause_name(causes.CONGESTION),
        second_hand=True,
    )


def cdr_of_call(row: CallRow) -> CdrRow | None:
    """Return the record of a call that was never conducted here; None when it has not ended."""
    if row.ended_at is None:
        return None
    return CdrRow(
        id=cdr_id(row.channel_id, row.sip_call_id),
        call_id=row.id,
        interaction_id=new_interaction_id(),
        account_id=row.account_id,
        channel_id=row.channel_id,
        sip_call_id=row.sip_call_id,
        direction=INBOUND,
        number=row.normalised_number or row.number,
        caller_name=row.caller_name,
        caller_number=row.caller_number,
        callee_number=row.normalised_number or row.number,
        device_id=row.device_id,
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        cause=row.cause,
        cause_name=cause_name(row.cause),
    )
