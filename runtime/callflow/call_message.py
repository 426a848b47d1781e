"""What a caller says for somebody who is not there, recorded and sent there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from runtime.callflow.call_recording import CallRecordings
from runtime.callflow.recording_data import RecordingData
from runtime.errors import Gone
from runtime.recording import Pending, joined
from runtime.telephony import record_to_disk

MEASURED_SECONDS = 600.0
"""Of a longer recording it is not measured how much of it Asterisk has cut off as silence."""

QUIET_SECONDS = 0.3
"""What Asterisk may leave of the silence."""


@dataclass(frozen=True)
class Message:
    """What a caller has recorded, how long (s), and the key that ended it, if a key did."""

    pending: Pending
    seconds: float
    key: str | None = None

    @property
    def url(self) -> str | None:
        """Where it will be, if it is sent anywhere."""
        pending = self.pending
        if pending.url is None:
            return None
        slash = "" if pending.url.endswith("/") or urlsplit(pending.url).query else "/"
        return f"{pending.url}{slash}{quote(pending.file_name)}"


class CallMessages(CallRecordings):
    """Recording the caller alone; a base of Call."""

    async def record_message(
        self,
        data: RecordingData,
        *,
        origin: str,
        max_silence: float,
        stop_on: frozenset[str],
        hung_up: Callable[[Message], None],
    ) -> Message | None:
        """Record the caller, whom nobody answers, until silence, a key or the time ends it.

        None: he said nothing, and that is not kept. When he hangs up meanwhile, what he said is
        kept, and `hung_up` is told. Raises as `start_recording`.
        """
        archive, plan = self._planned(data, origin)
        await self._tell_of(plan)
        pending = self._pending(plan, self._caller_side).with_take(self.caller.ari.app)
        name = pending.takes[0]
        await archive.opened(pending)
        clock = asyncio.get_running_loop()
        began = clock.time()
        key: str | None = None
        try:
            key = await record_to_disk(
                self.caller,
                name,
                max_seconds=plan.seconds,
                max_silence=max_silence,
                stop_on=stop_on,
                audio_format=plan.asterisk_format,
            )
            seconds = clock.time() - began
            if key is None and seconds < plan.seconds:
                seconds = await self._spoken(name, seconds - max_silence)
                if seconds <= QUIET_SECONDS:
                    pending = replace(pending, min_seconds=2 * plan.seconds)
                    return None
            return Message(pending, seconds, key)
        except asyncio.CancelledError:
            if self.caller.gone:
                hung_up(Message(pending, clock.time() - began))
            raise
        finally:
            archive.closed(self._amended(pending))

    async def _spoken(self, name: str, about: float) -> float:
        """Return how long a recording is that silence has ended, without that silence."""
        if about > MEASURED_SECONDS:
            return about
        try:
            sound = await self.caller.ari.stored_recording(name).file()
        except Gone:
            return 0.0  # nothing was written
        return await asyncio.to_thread(lambda: joined([sound]).seconds)
