"""The exchange: takes every arriving call, conducts it to its end, and tidies up after gaps."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from runtime.ari import Arrival, ChannelData, Gap
from runtime.callflow.conduct import conduct
from runtime.callflow.engine import Engine
from runtime.callflow.facilities import Facilities
from runtime.callflow.reception import EXTERNAL, Entry, Reception, Refused
from runtime.callflow.trace import ended
from runtime.errors import AriError, StorageUnavailable
from runtime.storage.calls import CallRow
from runtime.telephony import Leg, causes, play

logger = logging.getLogger(__name__)

SORRY = "sound:sorry-youre-having-problems"


class Exchange:
    """All calls of one runtime; a failure in one never touches another."""

    def __init__(self, facilities: Facilities, engine: Engine, reception: Reception) -> None:
        self._facilities = facilities
        self._engine = engine
        self._reception = reception
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def calls(self) -> int:
        """Number of calls in progress."""
        return len(self._calls)

    async def run(self) -> None:
        """Take calls for ever; cancelled, it hangs up those in progress and waits for their end."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._take_arrivals())
                group.create_task(self._sweep_after_gaps())
        finally:
            for task in self._calls:
                task.cancel()
            if self._calls:
                await asyncio.wait(self._calls)

    async def _take_arrivals(self) -> None:
        while True:
            arrival = await self._facilities.ari.arrivals.get()
            task = asyncio.create_task(self._take(arrival))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _take(self, arrival: Arrival) -> None:
        channel = arrival.start.channel
        record = _record(arrival)
        try:
            try:
                received = await self._reception.receive(arrival.start)
            except StorageUnavailable as error:
                received = Refused("unavailable", str(error), causes.CONGESTION, apologise=True)
            if isinstance(received, Refused):
                await self._refuse(arrival, record, received)
            else:
                await conduct(self._facilities, self._engine, arrival, record, received)
        except Exception:
            logger.exception("call %s on %s failed", record.id, channel.name)
            await self._hang_up(channel, causes.FAILURE)
            crashed = "an error in the runtime, see its log"
            self._facilities.trace.record(ended(record, "crashed", crashed, causes.FAILURE))

    async def _refuse(self, arrival: Arrival, record: CallRow, refused: Refused) -> None:
        channel = arrival.start.channel
        logger.warning(
            "call %s from %s (%s) to %s is not taken: %s",
            record.id,
            channel.caller.number or "unknown",
            channel.name,
            record.number,
            refused.reason,
        )
        with arrival.events:
            if refused.apologise:
                await self._apologise(arrival)
            await self._hang_up(channel, refused.cause)
        record = replace(
            record,
            account_id=refused.account_id,
            normalised_number=refused.normalised or record.number,
        )
        self._facilities.trace.record(ended(record, refused.outcome, refused.reason, refused.cause))

    async def _apologise(self, arrival: Arrival) -> None:
        channel = arrival.start.channel
        leg = Leg(self._facilities.ari, channel.id, arrival.events, originated=False)
        follow = asyncio.create_task(leg.follow())
        try:
            await play(leg, [SORRY])
        except AriError as error:
            logger.info("channel %s: no apology could be played: %s", channel.id, error)
        finally:
            follow.cancel()
            await asyncio.wait({follow})

    async def _hang_up(self, channel: ChannelData, cause: int) -> None:
        try:
            await self._facilities.ari.channel(channel.id).hangup(cause)
        except AriError as error:
            logger.warning("channel %s: hangup failed: %s", channel.name, error)

    async def _sweep_after_gaps(self) -> None:
        while True:
            gap = await self._facilities.ari.gaps.get()
            try:
                await self._sweep(gap)
            except AriError as error:
                logger.warning("what is left of earlier calls could not be swept: %s", error)

    async def _sweep(self, gap: Gap) -> None:
        """End the channels and bridges of our application that no call of ours knows.

        Asterisk does not repeat StasisStart, so a channel that came while we were away, or that a
        crash left behind, would stay in silence for ever.
        """
        ari = self._facilities.ari
        application = await ari.application()
        live = {channel.id: channel for channel in await ari.channels()}
        for channel in live.values():
            ours = channel.id in application.channel_ids or _entered(channel, ari.app)
            if ours and not ari.follows(channel.id):
                when = "at start" if gap.first else "after a gap"
                logger.warning("channel %s: left over %s, hung up", channel.name, when)
                await self._hang_up(channel, causes.CONGESTION)
        for bridge_id in application.bridge_ids:
            if not ari.follows(bridge_id):
                logger.warning("bridge %s: left over, taken down", bridge_id)
                await ari.bridge(bridge_id).destroy()


def _entered(channel: ChannelData, app: str) -> bool:
    plan = channel.dialplan
    return plan.app_name == "Stasis" and plan.app_data.split(",")[0] == app


def _record(arrival: Arrival) -> CallRow:
    channel, args = arrival.start.channel, arrival.start.args
    entry = Entry.of(args)
    number = entry.number if entry is not None else ",".join(args)
    return CallRow(
        id=uuid4().hex,
        account_id=None,
        channel_id=channel.id,
        sip_call_id=channel.protocol_id,
        number=number,
        normalised_number=number,
        origin=entry.origin if entry is not None else EXTERNAL,
        caller_name=channel.caller.name,
        caller_number=channel.caller.number,
        device_id=None,
        started_at=datetime.now(UTC),
    )
