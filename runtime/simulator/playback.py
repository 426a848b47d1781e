"""A playback: a list of media, one after the other, with the events that Asterisk sends."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from runtime.simulator.sounds import Sound, Sounds
from runtime.simulator.wire import Refusal, Wire

STOP_SECONDS = 0.02
"""Asterisk notices a stop at the next frame."""

SKIP_MILLISECONDS = 3000


class Target(Protocol):
    """A channel or a bridge: what a playback is heard on."""

    @property
    def uri(self) -> str:
        """The name of the target, as `channel:id`."""

    def sounds_like(self, name: str | None) -> None:
        """Let the parties hear this, or no longer anything."""


class Playback:
    """One playback; a job of its channel's thread."""

    def __init__(
        self,
        wire: Wire,
        sounds: Sounds,
        target: Target,
        *,
        playback_id: str,
        media: Sequence[str],
        language: str,
        forget: Callable[["Playback"], None],
    ) -> None:
        self.id = playback_id
        self.state = "queued"
        self._wire = wire
        self._sounds = sounds
        self._target = target
        self._media = media
        self._language = language
        self._forget = forget
        self._at = 0
        self._timer: asyncio.TimerHandle | None = None
        self._began = self._rest = 0.0
        self._stopping = False
        self._done: Callable[[], None] | None = None

    @property
    def _is_last(self) -> bool:
        return self._at + 1 == len(self._media)

    def describe(self) -> dict[str, Any]:
        """Return the playback as ARI describes it."""
        described = {
            "id": self.id,
            "media_uri": self._media[self._at],
            "target_uri": self._target.uri,
            "language": self._language,
            "state": self.state,
        }
        if self.state == "continuing":
            described["next_media_uri"] = self._media[self._at + 1]
        return described

    def start(self, done: Callable[[], None]) -> None:
        """See Job.start."""
        self._done = done
        if self._stopping:
            self._finish("done")
        else:
            self._medium()

    def abandon(self) -> None:
        """See Job.abandon."""
        if self._done is None and not self._stopping:
            self.state = "playing"
            self._wire.emit("PlaybackStarted", playback=self.describe())
        self._finish("failed")

    def stop(self) -> None:
        """Stop the whole list; a queued one is dropped when its turn comes.

        In a list that is at a tone, only the tone ends and the next medium is played, as measured.
        """
        if self._stopping:
            return
        only_a_tone = self._media[self._at].startswith("tone:") and not self._is_last
        if self._done is not None and only_a_tone:
            self._hush()
            self._timer = _later(STOP_SECONDS, self._medium_ended, "done")
            return
        self._stopping = True
        if self._done is not None:
            self._hush()
            self._timer = _later(STOP_SECONDS, self._finish, "done")

    def control(self, operation: str) -> None:
        """Pause, go on, wind; raises Refusal."""
        if operation not in ("pause", "unpause", "restart", "forward", "reverse"):
            raise Refusal(400, f"Invalid operation {operation}")
        if self._done is None:
            raise Refusal(409, f"Can only {operation} while media is playing")
        heard = self._sounds.of(self._media[self._at])
        whole = heard.seconds if isinstance(heard, Sound) else 0.0
        rest = self._rest if self.state == "paused" else self._rest - (_now() - self._began)
        skip = SKIP_MILLISECONDS / 1000
        match operation:
            case "pause":
                self._hush()
                self.state, self._rest = "paused", rest
                return
            case "unpause":
                self._go_on(rest)
                self._wire.emit("PlaybackStarted", playback=self.describe())
                return
            case "restart":
                rest = whole
            case "forward":
                rest = max(0.0, rest - skip)
            case _:
                rest = min(whole, rest + skip)
        if self.state == "paused":
            self._rest = rest
        else:
            self._go_on(rest)

    def _medium(self) -> None:
        self.state = "playing"
        self._wire.emit("PlaybackStarted", playback=self.describe())
        heard = self._sounds.of(self._media[self._at])
        if heard is None:
            self._medium_ended("failed")
        elif isinstance(heard, Sound):
            self._go_on(heard.seconds)
        elif not self._is_last:
            self._medium_ended("failed")
        elif self._done is not None:
            # The last medium is one of those whose end Asterisk never reports; the channel goes on.
            self._done()

    def _go_on(self, seconds: float) -> None:
        self._hush()
        self.state, self._began, self._rest = "playing", _now(), seconds
        heard = self._sounds.of(self._media[self._at])
        if not isinstance(heard, Sound):
            return
        self._target.sounds_like(heard.name)
        if not heard.is_endless:
            self._timer = _later(seconds, self._medium_ended, "done")

    def _medium_ended(self, state: str) -> None:
        self._hush()
        if self._is_last:
            self._finish(state)
            return
        self.state = "continuing"
        self._wire.emit("PlaybackContinuing", playback=self.describe())
        self._at += 1
        self._medium()

    def _hush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._target.sounds_like(None)

    def _finish(self, state: str) -> None:
        self._hush()
        self.state = state
        self._forget(self)
        self._wire.emit("PlaybackFinished", playback=self.describe())
        if self._done is not None:
            self._done()


def _later(seconds: float, act: Callable[[str], None], state: str) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(seconds, act, state)


def _now() -> float:
    return asyncio.get_running_loop().time()
