"""The channels of all calls in progress, by account, and the events of their lives."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from runtime.ari import ChannelData
from runtime.events import Bus, Event
from runtime.storage.calls import CallRow
from runtime.telephony import Leg, News, cause_name, causes
from runtime.telephony.moment import now

GREGORIAN_SECONDS: Final = 62_167_219_200
"""From the year 0 to 1970, by which Kazoo counts time."""

_EVENTS: Final[dict[News, str]] = {
    "answered": "CHANNEL_ANSWER",
    "bridged": "CHANNEL_BRIDGE",
    "held": "CHANNEL_HOLD",
    "resumed": "CHANNEL_UNHOLD",
}


@dataclass(frozen=True, kw_only=True)
class LiveChannel:
    """A channel as it is in this moment.

    `direction` is inbound for the one with which a call came, outbound for one that we dialled;
    `device_id` and `owner_id` are whose phone it is, if it is one of the account's; `other_id` is
    the channel that it talks to or has talked to last, if that lives.
    """

    id: str
    account_id: str
    call_id: str
    direction: str
    sip_call_id: str
    device_id: str | None
    owner_id: str | None
    other_id: str | None
    number: str
    caller_name: str
    caller_number: str
    callee_name: str
    callee_number: str
    on_hold: bool
    started_at: datetime
    answered_at: datetime | None

    def event(self) -> dict[str, Any]:
        """Return it as events have it, with Kazoo's names."""
        known = {
            "event_category": "call_event",
            "call_id": self.id,
            "call_direction": self.direction,
            "other_leg_call_id": self.other_id,
            "caller_id_name": self.caller_name,
            "caller_id_number": self.caller_number,
            "callee_id_name": self.callee_name,
            "callee_id_number": self.callee_number,
            "to": self.number,
            "sip_call_id": self.sip_call_id,
            "trace_call_id": self.call_id,
            "timestamp": gregorian(now()),
            "custom_channel_vars": self.custom_channel_vars(),
        }
        return {key: value for key, value in known.items() if value not in (None, "")}

    def custom_channel_vars(self) -> dict[str, str]:
        """Return whose channel it is, under Kazoo's names."""
        known = {
            "account_id": self.account_id,
            "authorizing_id": self.device_id,
            "authorizing_type": "device" if self.device_id else None,
            "owner_id": self.owner_id,
        }
        return {key: value for key, value in known.items() if value}


@dataclass(eq=False)
class _Entry:
    leg: Leg
    call: CallRow
    account_id: str
    direction: str


class Live:
    """Knows each channel from its coming to its end, and publishes both and what is between."""

    def __init__(self, bus: Bus | None = None) -> None:
        self.bus = bus or Bus()
        self._entries: dict[str, dict[Leg, _Entry]] = {}
        self._by_leg: dict[Leg, _Entry] = {}

    def __len__(self) -> int:
        return len(self._by_leg)

    def channels(self, account_id: str) -> Sequence[LiveChannel]:
        """Return the channels of an account."""
        entries = self._entries.get(account_id, {})
        by_sheet = {leg.sheet: leg for leg in entries}
        return [
            _shown(entry, by_sheet.get(entry.leg.sheet.other) if entry.leg.sheet.other else None)
            for entry in entries.values()
        ]

    def channel(self, account_id: str, channel_id: str) -> LiveChannel | None:
        """Return one channel of an account by its id; None when there is no such one."""
        leg = self.leg(account_id, channel_id)
        return None if leg is None else self._show(self._by_leg[leg])

    def leg(self, account_id: str, channel_id: str) -> Leg | None:
        """Return the leg that has a channel of an account."""
        known = self._entries.get(account_id, {})
        return next((leg for leg in known if leg.id == channel_id), None)

    def add(self, leg: Leg, call: CallRow, direction: str) -> None:
        """Take note of a leg of this call, which is forgotten when it ends."""
        if call.account_id is None or leg.gone:
            return
        entry = self._by_leg[leg] = _Entry(leg, call, call.account_id, direction)
        self._entries.setdefault(call.account_id, {})[leg] = entry
        leg.on_news = self._heard
        leg.answered.on_first = partial(self._heard, leg, "answered")
        leg.ended.add_done_callback(lambda _: self.remove(leg))
        self._publish(entry, "CHANNEL_CREATE")
        if leg.answered.is_set():
            self._publish(entry, "CHANNEL_ANSWER")

    def moved(self, leg: Leg, call: CallRow) -> None:
        """Take note that a leg is another call's from here on."""
        if (entry := self._by_leg.get(leg)) is not None:
            entry.call = call

    def replaced(self, leg: Leg, channel: ChannelData) -> None:
        """Take note that this channel is about to take the place of a leg's."""
        if (entry := self._by_leg.get(leg)) is None:
            return
        self._publish(entry, "CHANNEL_DESTROY", hangup_cause="NORMAL_CLEARING", replaced=channel.id)
        asyncio.get_running_loop().call_soon(self._again, entry)

    def remove(self, leg: Leg) -> None:
        """Forget a leg that has ended, or whose end nobody will see."""
        if (entry := self._by_leg.get(leg)) is None:
            return
        self._publish(entry, "CHANNEL_DESTROY", hangup_cause=_cause(leg))
        leg.on_news = leg.answered.on_first = None
        known = self._entries[entry.account_id]
        del known[leg], self._by_leg[leg]
        if not known:
            del self._entries[entry.account_id]

    def _again(self, entry: _Entry) -> None:
        if entry.leg in self._by_leg:
            self._publish(entry, "CHANNEL_CREATE")
            self._publish(entry, "CHANNEL_ANSWER")

    def _heard(self, leg: Leg, news: News) -> None:
        if (entry := self._by_leg.get(leg)) is not None:
            self._publish(entry, _EVENTS[news])

    def _show(self, entry: _Entry) -> LiveChannel:
        sheet = entry.leg.sheet.other
        known = self._entries[entry.account_id]
        other = next((leg for leg in known if leg.sheet is sheet), None) if sheet else None
        return _shown(entry, other)

    def _publish(self, entry: _Entry, name: str, **more: Any) -> None:
        if not self.bus.listens(entry.account_id):
            return
        channel = self._show(entry)
        self.bus.publish(
            Event(
                account_id=entry.account_id,
                family="call",
                name=name,
                subjects=tuple(_names(channel)),
                data={"event_name": name, **channel.event(), **more},
            )
        )


def _cause(leg: Leg) -> str:
    if not leg.ended.done():
        return "UNSPECIFIED"
    ended = leg.ended.result()
    cause = ended.cause
    if not cause and ended.sip_status is None and ended.lost is None:
        cause = causes.NORMAL_CLEARING  # a BYE that says nothing
    return cause_name(cause, ended.sip_status)


def _names(channel: LiveChannel) -> Iterator[str]:
    yield channel.id
    if channel.sip_call_id:
        yield channel.sip_call_id


def _shown(entry: _Entry, other: Leg | None) -> LiveChannel:
    leg, call, sheet = entry.leg, entry.call, entry.leg.sheet
    number = call.normalised_number or call.number
    shown = LiveChannel(
        id=leg.id,
        account_id=entry.account_id,
        call_id=call.id,
        direction=entry.direction,
        sip_call_id=leg.sip_call_id,
        device_id=sheet.device_id,
        owner_id=sheet.owner_id,
        other_id=other.id if other is not None else None,
        number=number,
        caller_name=call.caller_name,
        caller_number=call.caller_number,
        callee_name="",
        callee_number=number,
        on_hold=leg.holds,
        started_at=leg.started_at,
        answered_at=leg.answered.at,
    )
    if entry.direction == "outbound":
        party = leg.party
        return replace(shown, callee_name=party.name, callee_number=party.number or number)
    return shown


def gregorian(moment: datetime) -> int:
    """Return a time in the seconds by which Kazoo counts."""
    return int(moment.timestamp()) + GREGORIAN_SECONDS
