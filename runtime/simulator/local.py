"""Local channels: two channels, each of which is the other's far end; one enters the dialplan."""

import asyncio
import re
from typing import Final

from runtime.simulator.channel import Channel, Party
from runtime.simulator.switch import TICK, Switch

FORWARD: Final = "callflow-forward"
"""The context of our dialplan whose numbers can be called."""

KEY_MILLISECONDS = 100

_NUMBER = re.compile(r"^([0-9*#+].*|[a-zA-Z].+)$")
_REPORTED = ("CALLFLOW_ACCOUNT", "CALLFLOW_DEVICE")


class _End:
    """The party of one half: what it notices, the other half does."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._speech: str | None = None
        self.there: Channel | None = None
        """The other half, whose party this one's channel is."""
        self.far: _End | None = None

    @property
    def speech(self) -> str | None:
        """See Party.speech."""
        return self._speech

    def says(self, names: frozenset[str], here: Channel | None) -> None:
        """Say what is heard at the other half."""
        speech = min(names - {"silence"}, default=None)
        changed, self._speech = speech != self._speech, speech
        # Whatever changes is told to all that are there, those whom it does not concern too.
        if changed and here is not None:
            here.speech_changed()

    def rings(self) -> None:
        """See Party.rings."""
        if self.there is not None and self.there.originated:
            self._switch.leg_rings(self.there)

    def progresses(self) -> None:
        """See Party.progresses."""
        if self.there is not None and self.there.originated:
            self._switch.leg_progresses(self.there)

    def up(self) -> None:
        """See Party.up."""
        if self.there is not None and self.there.originated:
            asyncio.get_running_loop().call_later(TICK, self._switch.leg_answers, self.there)

    def told(self, status: int) -> None:
        """See Party.told."""

    def sounds(self, names: frozenset[str]) -> None:
        """See Party.sounds."""
        if self.far is not None:
            self.far.says(names, self.there)

    def hears_digit(self, digit: str) -> None:
        """See Party.hears_digit."""
        if self.there is not None:
            self._switch.presses(self.there, digit, KEY_MILLISECONDS)

    def over(self, status: int | None, cause: int) -> None:  # noqa: ARG002 - as of any party
        """See Party.over."""
        if self.there is not None:
            self._switch.hang_up(self.there, cause=cause)


class Local:
    """What rings when a Local channel is dialled: the dialplan, with the second half."""

    def __init__(self, switch: Switch, address: str, other_id: str) -> None:
        self._switch = switch
        self._number, _, context = address.partition("@")
        self._context = context.partition("/")[0]
        self._other_id = other_id
        self._near = _End(switch)

    def called(self) -> Party:
        """See Ring.called."""
        return self._near

    def dialled(self, channel: Channel) -> None:
        """See Ring.dialled; a number that the dialplan does not know ends it."""
        if self._context != FORWARD or not _NUMBER.match(self._number):
            self._switch.hang_up(channel, cause=16)
            return
        far = _End(self._switch)
        told = channel.variables
        args = ["internal", self._number, told.get("CALLFLOW_ACCOUNT", ""), ""]
        args += [told.get("CALLFLOW_FORWARD", ""), told.get("CALLFLOW_OWNER", "")]
        other = Channel(
            id=self._other_id or f"1893456000.{self._switch.next_number()}",
            name=f"{channel.name};2",
            party=far,
            originated=False,
            caller=channel.connected,
            app_data=",".join([self._switch.wire.app, *args]),
            exten=self._number,
            variables=dict(told),
            reported={name for name in _REPORTED if name in told},
        )
        self._near.there, far.there = other, channel
        self._near.far, far.far = far, self._near
        self._switch.channels[other.id] = other
        self._switch.enter(other, args)
