"""A recording: it ends by key, by time, by silence, by command or by hangup."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runtime.simulator.silence import silent_wav
from runtime.simulator.wire import Wire

BEEP_SECONDS = 0.2


@dataclass(frozen=True)
class Order:
    """What was asked for; durations in seconds, 0 means no limit."""

    name: str
    format: str
    max_duration: float
    max_silence: float
    beep: bool
    terminators: frozenset[str]


@dataclass(frozen=True)
class Stored:
    """A recording on the disk: its format, its length in seconds and what was said, in order."""

    name: str
    format: str
    seconds: float
    said: tuple[str, ...]

    @property
    def heard(self) -> str:
        """What is heard when it is played: the first that was said."""
        return self.said[0] if self.said else "silence"

    def describe(self) -> dict[str, Any]:
        """Return it as ARI describes it."""
        return {"name": self.name, "format": self.format}

    def content(self) -> bytes:
        """Return a file of that length, which says in its title what is heard in it."""
        return silent_wav(self.seconds, title=self.heard)


class Recording:
    """A live recording; a job of its channel's thread."""

    def __init__(
        self,
        wire: Wire,
        order: Order,
        target_uri: str,
        spoken: Callable[[], str | None],
        keep: Callable[["Recording", Stored | None], None],
    ) -> None:
        self.order = order
        self.state = "queued"
        self._wire = wire
        self._target_uri = target_uri
        self._spoken = spoken
        self._keep = keep
        self._said: list[str] = []
        self._seconds = 0.0
        self._muted = False
        self._saying: str | None = ""
        self._since = self._quiet_since = 0.0
        self._timers: list[asyncio.TimerHandle] = []
        self._done: Callable[[], None] | None = None

    def describe(self) -> dict[str, Any]:
        """Return the recording as ARI describes it."""
        described: dict[str, Any] = {
            "name": self.order.name,
            "format": self.order.format,
            "target_uri": self._target_uri,
            "state": self.state,
        }
        if self.state in ("done", "canceled"):
            described["duration"] = int(self._seconds)
        return described

    def start(self, done: Callable[[], None]) -> None:
        """See Job.start."""
        self._done = done
        if self.state == "canceled":
            done()
            return
        self._later(BEEP_SECONDS if self.order.beep else 0.0, self._begin)

    def abandon(self) -> None:
        """See Job.abandon."""
        if self.state == "queued":
            self.state = "recording"
            self._wire.emit("RecordingStarted", recording=self.describe())
        self.stop()

    def digit(self, digit: str) -> None:
        """Take a key that the party pressed."""
        if self.state == "recording" and digit in self.order.terminators:
            self.stop()

    def speech_changed(self) -> None:
        """Take note that the party began or ceased to speak."""
        if self.state != "recording":
            return
        said = self._spoken() if not self._muted else None
        if said == self._saying:
            return
        self._saying = said
        if said is not None:
            self._said.append(said)
        else:
            self._quiet_since = _now()
            if self.order.max_silence:
                self._later(self.order.max_silence, self._silent_for_long)

    def pause(self, *, on: bool) -> None:
        """Leave out what follows, or record it again."""
        if on and self.state == "recording":
            self._seconds += _now() - self._since
            self.state = "paused"
        elif not on and self.state == "paused":
            self._since = _now()
            self.state = "recording"

    def mute(self, *, on: bool) -> None:
        """Record silence instead of what follows, or again what there is."""
        self._muted = on
        self.speech_changed()

    def stop(self, *, discard: bool = False) -> None:
        """End it, and keep it or not."""
        for timer in self._timers:
            timer.cancel()
        if self.state == "recording":
            self._seconds += _now() - self._since
        waits = self.state == "queued"
        self.state = "canceled" if discard or waits else "done"
        stored = Stored(self.order.name, self.order.format, self._seconds, tuple(self._said))
        self._keep(self, None if discard or waits else stored)
        self._wire.emit("RecordingFinished", recording={**self.describe(), "state": "done"})
        if self._done is not None:
            self._done()

    def _begin(self) -> None:
        self.state = "recording"
        self._since = _now()
        self._wire.emit("RecordingStarted", recording=self.describe())
        if self.order.max_duration:
            self._later(self.order.max_duration, self.stop)
        self.speech_changed()

    def _silent_for_long(self) -> None:
        quiet = _now() - self._quiet_since >= self.order.max_silence - 1e-6
        if self.state == "recording" and self._spoken() is None and quiet:
            self._seconds -= self.order.max_silence  # the silence at the end is cut off
            self.stop()

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, act))


def _now() -> float:
    return asyncio.get_running_loop().time()
