"""Recording what one leg says, until a key, silence or the time ends it."""

import asyncio
import io
import logging
import wave
from dataclasses import dataclass

from runtime.ari import (
    AriClient,
    Gap,
    LiveRecording,
    RecordingFailed,
    RecordingFinished,
    Subscription,
    new_id,
)
from runtime.errors import AriError, Gone, MediaError
from runtime.telephony.completed import completed
from runtime.telephony.digits import ALL_KEYS
from runtime.telephony.leg import Leg
from runtime.telephony.prompt import next_key

logger = logging.getLogger(__name__)

SLACK_SECONDS = 5.0
"""How much longer than its limit a recording may run before it is stopped from here."""

STOP_SECONDS = 5.0
"""How long a stopped recording may take to report its end."""


@dataclass(frozen=True)
class Recording:
    """A recording on Asterisk's disk, where it stays until it is discarded.

    `content` is a WAV (8 kHz, mono, 16 bit) of `seconds`; `key` is what ended it, if a key did.
    """

    ari: AriClient
    name: str
    content: bytes
    seconds: float
    key: str | None = None

    @property
    def media(self) -> str:
        """The URI by which Asterisk plays it."""
        return f"recording:{self.name}"

    async def discard(self) -> None:
        """Delete it from Asterisk's disk; fine when it is gone."""
        await discard(self.ari, self.name)


async def discard(ari: AriClient, name: str) -> None:
    """Delete a recording by its name, running or stored; fine when there is none."""
    try:
        await ari.live_recording(name).discard()
        await ari.stored_recording(name).delete()
    except AriError as error:
        logger.warning("recording %s could not be deleted: %s", name, error)


async def record(
    leg: Leg,
    name: str | None = None,
    *,
    max_seconds: float,
    max_silence: float | None = None,
    stop_on: frozenset[str] = ALL_KEYS,
) -> Recording:
    """Record the leg; seconds are rounded up to whole ones.

    `max_silence` ends it after so many seconds in which nobody spoke, and is cut off. The caller
    discards what is returned; cancelled, the recording stays under `name` to be used or discarded.
    Raises Gone, and MediaError when Asterisk could not record.
    """
    name = name or new_id("recording")
    key = await record_to_disk(
        leg, name, max_seconds=max_seconds, max_silence=max_silence, stop_on=stop_on
    )
    return await _stored(leg, name, key)


async def record_to_disk(
    leg: Leg,
    name: str,
    *,
    max_seconds: float,
    max_silence: float | None = None,
    stop_on: frozenset[str] = ALL_KEYS,
    audio_format: str = "wav",
) -> str | None:
    """Record the leg as `record` does, and leave it on Asterisk's disk under this name.

    Returns the key that ended it, if a key did. Raises Gone.
    """
    leg.idle = False
    with leg.ari.subscribe(name) as events, leg.digits.listen() as keys:
        live = await completed(
            leg.channel.record(
                name,
                audio_format=audio_format,
                max_duration=max_seconds,
                max_silence=max_silence,
            )
        )
        finished = asyncio.create_task(_finished(leg, live, events))
        key: str | None = None
        try:
            async with asyncio.timeout(max_seconds + SLACK_SECONDS):
                while (key := await next_key(keys, finished)) is not None and key not in stop_on:
                    pass
        except TimeoutError:
            logger.warning("recording %s ran longer than %g s", name, max_seconds)
        finally:
            try:
                if not finished.done() and not leg.gone:
                    await _stop(live, finished)
            finally:
                finished.cancel()
                await asyncio.wait({finished})
    await leg.settled()
    return key


async def _stored(leg: Leg, name: str, key: str | None) -> Recording:
    # A recording whose file could not be written ends like any other: only the file proves it.
    try:
        content = await leg.ari.stored_recording(name).file()
    except Gone:
        raise MediaError(f"recording {name}: Asterisk wrote no file") from None
    return Recording(leg.ari, name, content, _seconds(content, name), key)


def _seconds(content: bytes, name: str) -> float:
    try:
        with wave.open(io.BytesIO(content)) as reader:
            return float(reader.getnframes() / reader.getframerate())
    except (wave.Error, EOFError) as error:
        raise MediaError(f"recording {name}: not a WAV ({error})") from None


async def _finished(leg: Leg, live: LiveRecording, events: Subscription) -> bool:
    while True:
        event = await events.get()
        if isinstance(event, RecordingFinished | RecordingFailed):
            return isinstance(event, RecordingFinished)
        if isinstance(event, Gap):
            # The end may have fallen into the gap.
            try:
                await live.details()
            except Gone:
                await leg.outlived()
                return True
            except AriError as error:
                logger.info("recording %s: not known whether it ended: %s", live.name, error)


async def _stop(live: LiveRecording, finished: "asyncio.Task[bool]") -> None:
    try:
        await live.stop()
    except AriError as error:
        logger.info("recording %s could not be stopped: %s", live.name, error)
        return
    # Until its end is told, Asterisk neither plays to the channel nor moves it.
    await asyncio.wait({finished}, timeout=STOP_SECONDS)
