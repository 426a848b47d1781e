"""The exchange: takes every arriving call and conducts it to its end."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from runtime.ari import Arrival, ChannelData
from runtime.callflow.apology import apologise
from runtime.callflow.cdrs import cdr_of_call
from runtime.callflow.conduct import SHUT_DOWN, conduct
from runtime.callflow.engine import Engine
from runtime.callflow.facilities import Facilities
from runtime.callflow.give_back import give_back
from runtime.callflow.orders import Orders
from runtime.callflow.reception import Entry, Received, Reception, Refused
from runtime.callflow.record import new_record, record_of_handed
from runtime.callflow.sweep import Sweep
from runtime.callflow.trace import ended
from runtime.callflow.transfers import Handed, Transfers
from runtime.errors import AriError, AriUnavailable, StorageUnavailable
from runtime.operations import Admission, in_call
from runtime.storage.calls import CallRow
from runtime.telephony import Leg, causes, completed

logger = logging.getLogger(__name__)

OVERLOAD = "overload"
DRAINING = "draining"

BACK_SECONDS = 5.0
"""How long a call that is not taken waits for the connection, to be hung up."""

TELL_SECONDS = 10.0
"""How often the log says that calls are refused for overload."""


class Exchange:
    """All calls of one runtime; a failure in one never touches another.

    `looked_up` is told how many seconds it took to find each call's callflow.
    """

    def __init__(
        self,
        facilities: Facilities,
        engine: Engine,
        reception: Reception,
        *,
        sweep: Sweep | None = None,
        admission: Admission | None = None,
        looked_up: Callable[[float], None] | None = None,
    ) -> None:
        self._facilities = facilities
        self._engine = engine
        self._reception = reception
        self._transfers = Transfers(reception, self._begin)
        self.orders = Orders(facilities.live, self._transfers)
        self._sweep = sweep or Sweep(facilities.ari, facilities.trace.record)
        self._admission = admission or Admission()
        self._looked_up = looked_up
        self._calls: set[asyncio.Task[None]] = set()
        self._draining = False
        self._ending = False
        self._told_at = float("-inf")

    @property
    def calls(self) -> int:
        """Number of calls in progress."""
        return len(self._calls)

    @property
    def draining(self) -> bool:
        """Whether no new calls are taken."""
        return self._draining

    async def drain(self, seconds: float, hurry: asyncio.Event) -> None:
        """Take no new calls, and wait until the last one has ended, so many seconds or `hurry`."""
        self._draining = True
        if not self._calls:
            return
        logger.warning("%d calls are in progress and have %g s to end", self.calls, seconds)
        hurrying = asyncio.create_task(hurry.wait())
        try:
            async with asyncio.timeout(seconds):
                while self._calls and not hurrying.done():
                    await asyncio.wait(
                        {*self._calls, hurrying}, return_when=asyncio.FIRST_COMPLETED
                    )
        except TimeoutError:
            logger.warning("%d calls did not end in time and are hung up", self.calls)
        finally:
            hurrying.cancel()

    async def run(self) -> None:
        """Take calls for ever; cancelled, it hangs up those in progress and waits for their end."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._take_arrivals())
                group.create_task(self._sweep.run())
        finally:
            self._draining = self._ending = True
            # A task that is cancelled before its first step could hang up nobody.
            await asyncio.sleep(0)
            for task in self._calls:
                task.cancel()
            if self._calls:
                await asyncio.wait(self._calls)
            while not self._facilities.ari.arrivals.empty():
                await self._take(self._facilities.ari.arrivals.get_nowait())

    async def _take_arrivals(self) -> None:
        while True:
            arrival = await self._facilities.ari.arrivals.get()
            task = asyncio.create_task(self._take(arrival))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _take(self, arrival: Arrival) -> None:
        channel = arrival.start.channel
        record = new_record(channel, arrival.start.args)
        in_call(record.id)
        try:
            received = await self._receive_or_end(arrival, record)
            if isinstance(received, Refused):
                # Also when the program ends: the caller must not be left, nor the trace.
                await completed(self._refuse(arrival, record, received))
            else:
                in_call(record.id, received.account.id)
                await self._admit(arrival, record, received)
        except Exception:
            logger.exception("call %s on %s failed", record.id, channel.name)
            await self._hang_up(channel, causes.FAILURE)
            crashed = "an error in the runtime, see its log"
            self._record_end(ended(record, "crashed", crashed, causes.FAILURE))

    async def _receive_or_end(self, arrival: Arrival, record: CallRow) -> Received | Refused:
        try:
            return await self._receive(arrival)
        except Exception:
            arrival.events.close()
            raise
        except asyncio.CancelledError:
            # Nobody else knows this call yet.
            arrival.events.close()
            await self._hang_up(arrival.start.channel, causes.CONGESTION)
            self._record_end(ended(record, SHUT_DOWN, None, causes.CONGESTION))
            raise

    async def _receive(self, arrival: Arrival) -> Received | Refused:
        if self._draining:
            return Refused(DRAINING, "the runtime is stopping", causes.CONGESTION)
        began = time.perf_counter()
        try:
            received = await self._reception.receive(arrival.start)
        except StorageUnavailable as error:
            received = Refused("unavailable", str(error), causes.CONGESTION, apologise=True)
        if self._looked_up is not None:
            self._looked_up(time.perf_counter() - began)
        return received

    async def _admit(self, arrival: Arrival, record: CallRow, received: Received) -> None:
        """Conduct the call, or what its account has chosen instead, or refuse it."""
        account = received.account
        with self._admission.regular.place(account.id) as full:
            if full is None:
                await self._conduct(arrival, record, received)
                return
        self._tell_overload(full)
        chosen = await self._chosen(received)
        if chosen is not None:
            with self._admission.diverted.place(account.id) as none_left:
                if none_left is None:
                    record = replace(record, reason=f"{OVERLOAD}: {full}")
                    await self._conduct(arrival, record, chosen)
                    return
        refused = Refused(OVERLOAD, full, causes.CONGESTION, account.id, received.normalised)
        await completed(self._refuse(arrival, record, refused))

    async def _conduct(self, arrival: Arrival, record: CallRow, received: Received) -> None:
        channel = arrival.start.channel
        caller = Leg(
            self._facilities.ari,
            channel.id,
            arrival.events,
            originated=False,
            answered=channel.state == "Up",
        )
        caller.party, caller.sip_call_id = channel.caller, channel.protocol_id
        try:
            await conduct(self._facilities, self._engine, self._transfers, caller, record, received)
        finally:
            if not caller.handed_over:
                caller.close()

    def _begin(self, handed: Handed) -> bool:
        """Conduct a call with a leg that a transfer sends its own way."""
        if self._ending:
            return False
        task = asyncio.create_task(self._conduct_handed(handed))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return True

    async def _conduct_handed(self, handed: Handed) -> None:
        record = record_of_handed(handed)
        in_call(record.id, handed.received.account.id)
        try:
            await conduct(
                self._facilities,
                self._engine,
                self._transfers,
                handed.leg,
                record,
                handed.received,
                before=handed.before,
            )
        except Exception:
            logger.exception("call %s, which a transfer made, failed", record.id)
            await handed.leg.hang_up(causes.FAILURE)

    async def _chosen(self, received: Received) -> Received | None:
        chosen = received.account.overload_callflow
        if chosen is None:
            return None
        known = await self._facilities.routing.of(received.account.id)
        callflow = known.routes.by_id.get(chosen) if known is not None else None
        if callflow is None or callflow.root is None:
            return None
        return replace(received, callflow=callflow)

    def _tell_overload(self, full: str) -> None:
        now = time.monotonic()
        if now - self._told_at > TELL_SECONDS:
            self._told_at = now
            logger.warning("overload, new calls are refused: %s", full)

    async def _refuse(self, arrival: Arrival, record: CallRow, refused: Refused) -> None:
        channel = arrival.start.channel
        logger.log(
            logging.INFO if refused.outcome in (OVERLOAD, DRAINING) else logging.WARNING,
            "call %s from %s (%s) to %s is not taken: %s",
            record.id,
            channel.caller.number or "unknown",
            channel.name,
            record.number,
            refused.reason,
        )
        with arrival.events:
            if not await self._given_back(arrival, refused):
                if refused.apologise:
                    await apologise(self._facilities.ari, channel.id)
                await self._hang_up(channel, refused.cause)
        record = replace(
            record,
            account_id=refused.account_id,
            normalised_number=refused.normalised or record.number,
        )
        self._record_end(ended(record, refused.outcome, refused.reason, refused.cause))

    async def _given_back(self, arrival: Arrival, refused: Refused) -> bool:
        entry = Entry.of(arrival.start.args)
        if entry is None or not entry.returns:
            return False
        channel = self._facilities.ari.channel(arrival.start.channel.id)
        return await give_back(channel, refused.outcome, refused.reason)

    async def _hang_up(self, channel: ChannelData, cause: int) -> None:
        handle = self._facilities.ari.channel(channel.id)
        try:
            try:
                await handle.hangup(cause)
            except AriUnavailable:
                # Left to the sweep after the gap, it would be taken for a call of its own.
                async with asyncio.timeout(BACK_SECONDS):
                    await self._facilities.ari.wait_connected()
                await handle.hangup(cause)
        except (AriError, TimeoutError) as error:
            logger.warning("channel %s: hangup failed: %s", channel.name, error)

    def _record_end(self, row: CallRow) -> None:
        """Trace the end of a call that was not conducted, or not to its end."""
        self._facilities.trace.record(row)
        if (cdr := cdr_of_call(row)) is not None:
            self._facilities.trace.record(cdr)
