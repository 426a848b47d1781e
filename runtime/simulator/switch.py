"""The switch: channels, bridges and how they end, with the events in Asterisk's order."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from runtime.simulator.causes import DIAL_STATUSES, cause_of, status_of
from runtime.simulator.channel import Bridge, Channel, Identity, Party, Ring
from runtime.simulator.playback import Playback
from runtime.simulator.recording import Recording, Stored
from runtime.simulator.sounds import Sound, Sounds
from runtime.simulator.wire import Wire
from runtime.simulator.work import Thread

TICK = 0.001
"""Seconds that Asterisk takes between two steps of its own, such as leaving and being gone."""

SNOOP_TICK = 0.02
"""Seconds after which a snoop channel notices that the channel it hears is gone."""

OUR_HANGUP = 32


class Switch:
    """The state of one virtual Asterisk.

    `contacts` are the registered phones of each known endpoint by their address (`sip:...`).
    """

    def __init__(self, wire: Wire, sounds: Sounds) -> None:
        self.wire = wire
        self.sounds = sounds
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.playbacks: dict[str, Playback] = {}
        self.recordings: dict[str, Recording] = {}
        self.stored: dict[str, Stored] = {}
        self.recorded: list[Stored] = []
        """All recordings there ever were, also those that have been deleted."""
        self.device_states: dict[str, str] = {}
        self.contacts: dict[str, dict[str, Ring]] = {}
        self.watched: set[str] = set()
        self._numbers = 0

    # Calls that come in.

    def arrives(
        self,
        party: Party,
        endpoint: str,
        app_args: list[str],
        caller: Identity,
        variables: Mapping[str, str],
    ) -> Channel:
        """Let a call enter the application, as the dialplan's Stasis() does.

        The variables are reported ones, as an endpoint's `set_var` makes them.
        """
        number = self.next_number()
        channel = Channel(
            id=f"1893456000.{number}",
            name=f"PJSIP/{endpoint}-{number:08x}",
            party=party,
            originated=False,
            caller=caller,
            sip_call_id=f"call-{number}@virtual",
            app_data=",".join([self.wire.app, *app_args]),
            exten=app_args[1] if len(app_args) > 1 else "",
            variables=dict(variables),
            reported=set(variables),
        )
        self.channels[channel.id] = channel
        self.enter(channel, app_args)
        return channel

    def enter(self, channel: Channel, app_args: list[str]) -> None:
        """Let a channel enter the application; without one Stasis() fails and the call ends."""
        if channel.leaving:
            return
        if self.wire.sink is None and not channel.originated:
            self.hang_up(channel, cause=34)
            return
        channel.in_stasis = True
        self.wire.emit("StasisStart", args=app_args, channel=channel.describe())

    def next_number(self) -> int:
        """Return a number that no other channel has."""
        self._numbers += 1
        return self._numbers

    # Answers.

    def answer(self, channel: Channel) -> None:
        """Answer a channel; harmless when it is answered or ends."""
        if channel.is_up or channel.leaving:
            return
        channel.state = "Up"
        channel.party.up()
        self.wire.emit("ChannelStateChange", channel=channel.describe())
        channel.listen()

    def leg_rings(self, channel: Channel) -> None:
        """Let a phone that is dialled say that it rings (SIP 180)."""
        if channel.leaving or channel.state != "Down":
            return
        channel.state = "Ringing"
        self.wire.emit("ChannelStateChange", channel=channel.describe())
        self.dial_event(channel, "RINGING")

    def leg_progresses(self, channel: Channel) -> None:
        """Let a phone that is dialled send early media (SIP 183)."""
        if not channel.leaving and not channel.is_up:
            self.dial_event(channel, "PROGRESS")

    def leg_redirects(self, channel: Channel, number: str) -> None:
        """Let a phone that is dialled send the call to another number (SIP 302)."""
        if not channel.leaving and not channel.is_up:
            self.dial_event(channel, "CANCEL", forward=number)
            self.hang_up(channel, cause=23, status=302)

    def leg_answers(self, channel: Channel) -> None:
        """Let a dialled phone be answered, and with it an unanswered caller in its bridge."""
        if channel.leaving or channel.is_up:
            return
        self.stop_timer(channel)
        self.answer(channel)
        self.dial_event(channel, "ANSWER")
        if channel.on_answer is not None:
            channel.on_answer()
        if channel.bridge is not None:
            for member in channel.bridge.members:
                if member is not channel and member.state == "Ring":
                    self.answer(member)

    def leg_fails(self, channel: Channel, status: int) -> None:
        """Let a phone that is dialled refuse with a SIP status, or its time be over."""
        self.hang_up(channel, cause=cause_of(status), status=status)

    def dial_event(self, channel: Channel, status: str, *, forward: str = "") -> None:
        """Tell of the progress of a leg."""
        self.wire.emit(
            "Dial",
            peer=channel.describe(),
            dialstatus=status,
            dialstring=channel.name.partition("-")[0].removeprefix("PJSIP/"),
            forward=forward,
        )

    # Ends.

    def hang_up(
        self,
        channel: Channel,
        *,
        cause: int | None = None,
        status: int | None = None,
        ours: bool = False,
    ) -> None:
        """End a channel: by a command of ours, by its party, or because it failed.

        `cause` None is a BYE that says nothing; `status` is SIP's, of a leg that failed or of a
        caller that gave up.
        """
        if channel.leaving:
            return
        told = OUR_HANGUP if ours else cause
        given: dict[str, object] = {} if told is None else {"cause": told}
        if status is not None:
            given["tech_cause"] = status
        if ours:
            given["soft"] = True
        if channel.in_stasis:
            self.wire.emit("ChannelHangupRequest", channel=channel.describe(), **given)
        channel.leaving = True
        channel.cause = 16 if cause is None else cause
        channel.status = status
        self.stop_timer(channel)
        _later(TICK, lambda: self._leave(channel))

    def leave_bridge(self, channel: Channel) -> None:
        """Take a channel out of its bridge, if it is in one."""
        bridge = channel.bridge
        if bridge is None:
            return
        bridge.members.remove(channel)
        channel.bridge = None
        self.wire.emit("ChannelLeftBridge", bridge=bridge.describe(), channel=channel.describe())
        channel.listen()
        bridge.listen()
        if not bridge.members:
            # What plays to a bridge fails when the last one leaves; an empty one can be played to.
            bridge.thread.close()
            bridge.thread = Thread()
            bridge.end_recordings()

    def enter_bridge(self, channel: Channel, bridge: Bridge) -> None:
        """Put a channel into a bridge, out of the one in which it is."""
        # One that is hanging up enters all the same, and leaves again before its end.
        if channel.bridge is bridge or bridge.id not in self.bridges or not channel.in_stasis:
            return
        self.leave_bridge(channel)
        bridge.members.append(channel)
        channel.bridge = bridge
        self.wire.emit("ChannelEnteredBridge", bridge=bridge.describe(), channel=channel.describe())
        bridge.listen()

    def destroy_bridge(self, bridge: Bridge) -> None:
        """Dissolve a bridge; its members stay with us."""
        del self.bridges[bridge.id]
        for channel in tuple(bridge.members):
            self.leave_bridge(channel)
        bridge.thread.close()
        bridge.end_recordings()
        # With its last member the application ceased to hear of it, unless it asked to.
        if self.watched & {f"bridge:{bridge.id}", "bridge:"}:
            self.wire.emit("BridgeDestroyed", bridge=bridge.describe())

    def exit(self, channel: Channel) -> None:
        """Take a channel out of the application; it is not hung up."""
        channel.thread.close()
        self.leave_bridge(channel)
        if channel.in_stasis:
            channel.in_stasis = False
            self.wire.emit("StasisEnd", channel=channel.describe())

    def stop_timer(self, channel: Channel) -> None:
        """Stop the timer of a dial."""
        if channel.timer is not None:
            channel.timer.cancel()
            channel.timer = None

    def _leave(self, channel: Channel) -> None:
        status = status_of(channel.cause) if not channel.is_up and not channel.originated else None
        self.exit(channel)
        channel.party.over(status, channel.cause)
        _later(TICK, lambda: self._destroy(channel))

    def _end_snoop(self, channel: Channel) -> None:
        # Nobody asked for its end, so there is no word of that.
        if not channel.leaving:
            channel.leaving = True
            self._leave(channel)

    def _destroy(self, channel: Channel) -> None:
        del self.channels[channel.id]
        for snoop in channel.snoops:
            _later(SNOOP_TICK, partial(self._end_snoop, snoop))
        if not channel.originated and not channel.watched:
            return
        given = {} if channel.status is None else {"tech_cause": channel.status}
        self.wire.emit(
            "ChannelDestroyed",
            channel=channel.describe(),
            cause=channel.cause,
            cause_txt=DIAL_STATUSES.get(channel.cause, ""),
            **given,
        )

    # Media.

    def forget(self, playback: Playback) -> None:
        """Forget a playback that has ended."""
        if self.playbacks.get(playback.id) is playback:
            del self.playbacks[playback.id]

    def keep(self, recording: Recording, stored: Stored | None) -> None:
        """Keep a recording that has ended, or throw it away."""
        self.recordings.pop(recording.order.name, None)
        for channel in self.channels.values():
            if channel.recording is recording:
                channel.recording = None
        if stored is not None:
            self.recorded.append(stored)
            self.stored[stored.name] = stored
            self.sounds.recordings[stored.name] = Sound(stored.heard, stored.seconds)

    def presses(self, channel: Channel, digit: str, milliseconds: int) -> None:
        """Take a key that a party pressed and has just released."""
        if channel.leaving:
            return
        bridge = channel.bridge
        if channel.in_stasis and (bridge is None or bridge.passes_digits_to_us()):
            self.wire.emit(
                "ChannelDtmfReceived",
                channel=channel.describe(),
                digit=digit,
                duration_ms=milliseconds,
            )
        if channel.recording is not None:
            channel.recording.digit(digit)
        if bridge is not None and not channel.absorbs_digits:
            for member in bridge.members:
                if member is not channel:
                    member.party.hears_digit(digit)


def _later(seconds: float, act: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, act)
