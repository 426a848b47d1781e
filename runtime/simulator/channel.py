"""A virtual channel and a virtual bridge: what they are and what is heard in them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from runtime.simulator.recording import Recording
from runtime.simulator.work import Thread

RINGBACK = "ringback"
MUSIC = "music on hold"


@dataclass(frozen=True)
class Identity:
    """A party's number and name."""

    number: str = ""
    name: str = ""

    def describe(self) -> dict[str, str]:
        """Return it as ARI describes it."""
        return {"number": self.number, "name": self.name}


class Party(Protocol):
    """Who is at the far end of a channel; each method tells what it notices."""

    @property
    def speech(self) -> str | None:
        """What the party says just now."""

    def rings(self) -> None:
        """Notice that it rings at the other end (SIP 180)."""

    def progresses(self) -> None:
        """Notice that there is something to hear before the answer (SIP 183)."""

    def up(self) -> None:
        """Notice the answer."""

    def sounds(self, names: frozenset[str]) -> None:
        """Hear these sounds from now on."""

    def told(self, status: int) -> None:
        """Notice how the transfer goes for which the phone has asked (SIP NOTIFY)."""

    def hears_digit(self, digit: str) -> None:
        """Hear a key that somebody pressed."""

    def over(self, status: int | None, cause: int) -> None:
        """Notice the end: the SIP status of a call that was not answered, and Q.850's cause."""


class Ring(Protocol):
    """A phone that can be called."""

    def called(self) -> Party:
        """Return the party of a channel that is made to this phone."""

    def dialled(self, channel: "Channel") -> None:
        """Ring: an INVITE has come on that channel."""


@dataclass(eq=False)
class Channel:
    """One channel; `originated` are those that the application made."""

    id: str
    name: str
    party: Party
    originated: bool
    state: str = "Ring"
    caller: Identity = field(default_factory=Identity)
    connected: Identity = field(default_factory=Identity)
    sip_call_id: str = ""
    app_data: str = ""
    exten: str = ""
    language: str = "en"
    variables: dict[str, str] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    in_stasis: bool = False
    leaving: bool = False
    watched: bool = False
    cause: int = 16
    status: int | None = None
    ringer: Ring | None = None
    dialled: bool = False
    on_answer: Callable[[], None] | None = None
    bridge: "Bridge | None" = None
    absorbs_digits: bool = False
    thread: Thread = field(default_factory=Thread)
    recording: Recording | None = None
    playing: str | None = None
    music: bool = False
    ringing_tone: bool = False
    muted: set[str] = field(default_factory=set)
    holds: bool = False
    refer: dict[str, Any] | None = None
    hears: frozenset[str] = frozenset()
    snoops: "list[Channel]" = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None

    @property
    def uri(self) -> str:
        """Its name as the target of media."""
        return f"channel:{self.id}"

    @property
    def is_up(self) -> bool:
        """Whether it is answered."""
        return self.state == "Up"

    def describe(self) -> dict[str, Any]:
        """Return the channel as ARI describes it."""
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "protocol_id": self.sip_call_id,
            "caller": self.caller.describe(),
            "connected": self.connected.describe(),
            "accountcode": "",
            "dialplan": {
                "context": "phones",
                "exten": self.exten,
                "priority": 1,
                "app_name": "Stasis" if self.in_stasis or self.originated else "",
                "app_data": self.app_data,
            },
            "creationtime": "2030-01-01T00:00:00.000+0000",
            "language": self.language,
            "channelvars": {name: self.variables.get(name, "") for name in sorted(self.reported)},
        }

    def sounds_like(self, name: str | None) -> None:
        """See playback.Target."""
        self.playing = name
        self.listen()

    def listen(self) -> None:
        """Let the party hear what there is to hear now."""
        if self.leaving:
            return
        before, self.hears = self.hears, self._audible()
        self.party.sounds(self.hears)
        if self.hears != before:
            self._tell_snoops()

    def _audible(self) -> frozenset[str]:
        if "out" in self.muted:
            return frozenset()
        if self.playing is not None:
            return frozenset({self.playing})
        if self.music:
            return frozenset({MUSIC})
        if self.ringing_tone and self.is_up:
            return frozenset({RINGBACK})
        return self.bridge.heard_by(self) if self.bridge is not None else frozenset()

    def _tell_snoops(self) -> None:
        for snoop in self.snoops:
            snoop.speech_changed()

    def speech_changed(self) -> None:
        """Let whoever hears this channel hear what its party says now."""
        self._tell_snoops()
        if self.recording is not None:
            self.recording.speech_changed()
        if self.bridge is not None:
            self.bridge.listen()


@dataclass(eq=False)
class Bridge:
    """One bridge and its members in the order in which they came."""

    id: str
    kinds: tuple[str, ...]
    name: str
    members: list[Channel] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    thread: Thread = field(default_factory=Thread)
    recordings: list[Recording] = field(default_factory=list)
    playing: str | None = None
    music: bool = False

    @property
    def uri(self) -> str:
        """Its name as the target of media."""
        return f"bridge:{self.id}"

    @property
    def speech(self) -> str | None:
        """What a recording of it has just now: all that is heard, joined by ` + `."""
        return " + ".join(sorted(self.heard_by(None))) or None

    def passes_digits_to_us(self) -> bool:
        """Whether digits reach the application: not where two legs are joined past it."""
        native = self.kinds == ("mixing",) and len(self.members) == 2
        return not native

    def describe(self) -> dict[str, Any]:
        """Return the bridge as ARI describes it."""
        holding = "holding" in self.kinds
        return {
            "id": self.id,
            "technology": "holding_bridge" if holding else "simple_bridge",
            "bridge_type": "holding" if holding else "mixing",
            "bridge_class": "stasis",
            "creator": "Stasis",
            "name": self.name,
            "channels": [channel.id for channel in self.members],
            "creationtime": "2030-01-01T00:00:00.000+0000",
            "video_mode": "none",
        }

    def sounds_like(self, name: str | None) -> None:
        """See playback.Target."""
        self.playing = name
        self.listen()

    def listen(self) -> None:
        """Let all members hear what there is to hear now."""
        for channel in self.members:
            channel.listen()
        for recording in self.recordings:
            recording.speech_changed()

    def end_recordings(self) -> None:
        """End what is recorded, since nobody is in it any more."""
        for recording in tuple(self.recordings):
            recording.abandon()

    def heard_by(self, listener: Channel | None) -> frozenset[str]:
        """Return what a member hears of the bridge, or (None) what a recording has."""
        heard = set()
        if self.playing is not None:
            heard.add(self.playing)
        elif self.music or any(c.holds for c in self.members if c is not listener):
            heard.add(MUSIC)
        if "holding" not in self.kinds:
            heard |= {
                channel.party.speech
                for channel in self.members
                if channel is not listener
                and channel.party.speech is not None
                and "in" not in channel.muted
                and not channel.holds
            }
        return frozenset(heard)
