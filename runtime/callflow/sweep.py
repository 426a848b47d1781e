"""After a gap: whatever in Asterisk belongs to no call of ours is ended, in order and traced."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from runtime.ari import AriClient, ChannelData, Gap
from runtime.callflow.apology import apologise
from runtime.callflow.call import CALL_VARIABLE
from runtime.callflow.call_talk import PARENT_VARIABLE
from runtime.callflow.cdrs import cdr_of_call, cdr_of_stray
from runtime.callflow.give_back import give_back
from runtime.callflow.reception import ACCOUNT_VARIABLE, Entry
from runtime.callflow.record import new_record
from runtime.callflow.trace import ABORTED, ended
from runtime.errors import AriError
from runtime.storage.calls import CallRow
from runtime.storage.cdrs import CdrRow
from runtime.telephony import GAP, causes, playback_ids

logger = logging.getLogger(__name__)

RUNTIME_RESTARTED = "runtime_restarted"

GRACE_SECONDS = 0.2
"""How long the StasisStart of a channel that is already listed may take."""

_NO_LEGS = ("Snoop/", "UnicastRTP/", "AudioSocket/", "WebSocket/")
"""Channels that are no part of a call for people."""

_NOBODY = ("Local/", *_NO_LEGS)
"""Channels at which nobody listens."""


class Sweep:
    """Ends what an earlier run, or a gap in the events, left in Asterisk.

    Asterisk does not repeat StasisStart, so a channel that came while we were away, or that a
    crash left behind, would stay in silence for ever. `left` are the calls that the earlier run
    did not end; each gets its end in the trace, whether its channel is still there or not.
    """

    def __init__(
        self,
        ari: AriClient,
        record: Callable[[CallRow | CdrRow], None],
        left: Iterable[CallRow] = (),
    ) -> None:
        self._ari = ari
        self._record = record
        self._left = {row.channel_id: row for row in left}

    async def run(self) -> None:
        """Sweep after each gap, for ever."""
        while True:
            gap = await self._ari.gaps.get()
            try:
                await self._sweep(gap)
            except AriError as error:
                logger.warning("what is left of earlier calls could not be swept: %s", error)

    async def _sweep(self, gap: Gap) -> None:
        ari = self._ari
        application = await ari.application()
        live = await ari.channels()
        ours = [c for c in live if c.id in application.channel_ids or _entered(c, ari.app)]
        if any(not ari.follows(channel.id) for channel in ours):
            await asyncio.sleep(GRACE_SECONDS)
        strays = [channel for channel in ours if not ari.follows(channel.id)]
        present = {channel.id for channel in strays}
        for channel_id in [name for name in self._left if name not in present]:
            self._record_end(ended(self._left.pop(channel_id), ABORTED, RUNTIME_RESTARTED))
        await self._destroy_bridges(application.bridge_ids)
        async with asyncio.TaskGroup() as group:
            for channel in strays:
                group.create_task(self._end(channel, gap))

    async def _destroy_bridges(self, subscribed: Iterable[str]) -> None:
        # A bridge without members is not among the subscribed ones, but it bears our name.
        named = [bridge.id for bridge in await self._ari.bridges() if bridge.name == self._ari.app]
        for bridge_id in {*subscribed, *named}:
            if not self._ari.follows(bridge_id):
                logger.warning("bridge %s: left over, taken down", bridge_id)
                await self._ari.bridge(bridge_id).destroy()

    async def _end(self, channel: ChannelData, gap: Gap) -> None:
        reason = RUNTIME_RESTARTED if gap.first or channel.id in self._left else GAP
        logger.warning("channel %s: left over (%s), ended", channel.name, reason)
        row, back, parent_id = None, False, None
        try:
            row = await self._row(channel, gap)
            if row is None:
                parent_id = await self._ari.channel(channel.id).get_variable(PARENT_VARIABLE)
            back = await self._goes_back(channel, reason)
            if not back:
                await self._say_sorry(channel)
        except AriError as error:
            logger.warning("channel %s: could not be ended in order: %s", channel.name, error)
        finally:
            if not back:
                await self._hang_up(channel)
            if row is not None:
                self._record_end(ended(row, ABORTED, reason, causes.CONGESTION))
            elif _is_leg(channel):
                account_id = channel.channelvars.get(ACCOUNT_VARIABLE)
                self._record(cdr_of_stray(channel, account_id, parent_id))

    def _record_end(self, row: CallRow) -> None:
        self._record(row)
        if (cdr := cdr_of_call(row)) is not None:
            self._record(replace(cdr, second_hand=True))

    async def _row(self, channel: ChannelData, gap: Gap) -> CallRow | None:
        """Return the record of the call that this channel is the caller of, if it is one."""
        if (left := self._left.pop(channel.id, None)) is not None:
            return left
        entry = Entry.of(_args(channel))
        if entry is None:
            return None
        call_id = channel.channelvars.get(CALL_VARIABLE)
        if call_id is None:
            call_id = await self._ari.channel(channel.id).get_variable(CALL_VARIABLE)
        record = new_record(channel, _args(channel), started_at=channel.creationtime)
        if gap.first and call_id:
            # What the earlier run wrote of the call is kept; this adds the end.
            return replace(record, id=call_id, normalised_number=None)
        # With an id after a gap, it is the rest of a call that has its end; without, a call whose
        # beginning we missed.
        return None if gap.first or call_id else record

    async def _goes_back(self, channel: ChannelData, reason: str) -> bool:
        entry = Entry.of(_args(channel))
        if entry is None or not entry.returns:
            return False
        await self._hush(channel)
        return await give_back(self._ari.channel(channel.id), ABORTED, reason)

    async def _say_sorry(self, channel: ChannelData) -> None:
        if channel.state == "Up" and not channel.name.startswith(_NOBODY):
            # The apology first: where nothing plays it begins at once, else behind what is stopped.
            async with asyncio.TaskGroup() as group:
                group.create_task(apologise(self._ari, channel.id))
                group.create_task(self._hush(channel))

    async def _hang_up(self, channel: ChannelData) -> None:
        try:
            await self._ari.channel(channel.id).hangup(causes.CONGESTION)
        except AriError as error:
            logger.warning("channel %s: hangup failed: %s", channel.name, error)

    async def _hush(self, channel: ChannelData) -> None:
        for playback_id in playback_ids(channel.id):
            try:
                await self._ari.playback(playback_id).stop()
            except AriError as error:
                logger.info("playback %s could not be stopped: %s", playback_id, error)


def _args(channel: ChannelData) -> list[str]:
    return channel.dialplan.app_data.split(",")[1:]


def _entered(channel: ChannelData, app: str) -> bool:
    plan = channel.dialplan
    return plan.app_name == "Stasis" and plan.app_data.split(",")[0] == app


def _is_leg(channel: ChannelData) -> bool:
    return Entry.of(_args(channel)) is None and not channel.name.startswith(_NO_LEGS)
