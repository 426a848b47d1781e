"""A telephone: it calls, and what it does when it is called is scripted or left to the test."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runtime.simulator import transfers
from runtime.simulator.channel import Channel, Identity, Party
from runtime.simulator.line import SOON, Line
from runtime.simulator.switch import Switch


@dataclass(frozen=True)
class Script:
    """What a phone does by itself when it is called; times in seconds, None is never.

    It says that it rings, then it is answered, or refuses with a SIP status, or `redirects` the
    call to another number; `talks_for` seconds after an answer it hangs up; `says` is heard of it
    meanwhile, `early` before; some time after the answer it `presses` keys.
    """

    rings_after: float | None = 0.05
    answers_after: float | None = None
    rejects: int | None = None
    rejects_after: float = 0.05
    talks_for: float | None = None
    says: str | None = None
    redirects: str | None = None
    redirects_after: float = 0.05
    early: str | None = None
    early_after: float = 0.1
    presses: str | None = None
    presses_after: float = 1.0


class Phone:
    """A telephone on somebody's desk."""

    def __init__(
        self,
        switch: Switch,
        endpoint: str,
        *,
        shows: Identity | None = None,
        variables: Mapping[str, str] | None = None,
        entry: Sequence[str] = ("internal",),
    ) -> None:
        """Set it up; it calls as `shows`, with the endpoint's variables.

        `entry` are the arguments of Stasis() before the dialled number.
        """
        self.endpoint = endpoint
        self.script = Script()
        self.lines: list[Line] = []
        self._switch = switch
        self._shows = shows or Identity()
        self._variables = dict(variables or {})
        self._entry = list(entry)
        self._uris: list[str] = []
        self._ringing: asyncio.Queue[Line] = asyncio.Queue()
        switch.contacts.setdefault(endpoint, {})

    # Registration.

    def register(self, host: str) -> None:
        """Register from an address, `host:port`; one endpoint may do so from several."""
        uri = f"sip:{self.endpoint.partition('@')[0]}@{host}"
        self._uris.append(uri)
        self._switch.contacts[self.endpoint][uri] = self

    def unregister(self) -> None:
        """Be gone."""
        for uri in self._uris:
            self._switch.contacts[self.endpoint].pop(uri, None)
        self._uris.clear()

    async def registered(self, within: float = SOON) -> None:  # noqa: ARG002 - as a real one's
        """Raise AssertionError when the phone is not registered."""
        if not self._uris:
            raise AssertionError(f"{self.endpoint} is not registered")

    # Calling.

    def dial(self, number: str, *, shows: str | None = None) -> Line:
        """Call a number, now; `shows` is the caller's number where it is not the phone's own."""
        line = Line(self._switch, incoming=False)
        self.lines.append(line)
        caller = self._shows if shows is None else Identity(shows, self._shows.name)
        line.channel = self._switch.arrives(
            line, self.endpoint, [*self._entry, number], caller, self._variables
        )
        return line

    async def dials(self, number: str, *, shows: str | None = None) -> Line:
        """Call a number."""
        return self.dial(number, shows=shows)

    def take_over(self, line: Line) -> Line:
        """Take the place of another phone in a conversation (INVITE with Replaces), now."""
        if line.channel is None:
            raise ValueError("there is no call")
        taken = Line(self._switch, incoming=False)
        self.lines.append(taken)
        taken.channel = transfers.replace(
            self._switch, taken, line.channel, self.endpoint, self._shows, self._variables
        )
        return taken

    # Being called.

    def called(self) -> Party:
        """See Ring.called."""
        return Line(self._switch, incoming=True)

    def dialled(self, channel: Channel) -> None:
        """See Ring.dialled."""
        line = channel.party
        if not isinstance(line, Line):
            raise TypeError(f"{self.endpoint} is no party of {channel.name}")
        line.channel, line.caller_id = channel, channel.connected
        self.lines.append(line)
        script = self.script
        self._after(script.rings_after, self._rings, line, channel)
        if script.rejects is not None:
            self._after(script.rejects_after, line.refuse, script.rejects)
        if script.redirects is not None:
            self._after(script.redirects_after, line.redirect, script.redirects)
        if script.early is not None:
            self._after(script.early_after, self._progresses, line, channel, script.early)
        self._after(script.answers_after, self._answers, line, script)

    async def rings(self, within: float = SOON) -> Line:
        """Wait for a call; it goes on ringing."""
        try:
            async with asyncio.timeout(within):
                return await self._ringing.get()
        except TimeoutError:
            raise AssertionError(f"{self.endpoint} did not ring within {within:g} s") from None

    @property
    def is_quiet(self) -> bool:
        """Whether no call came that has not been taken note of."""
        return self._ringing.empty()

    def _rings(self, line: Line, channel: Channel) -> None:
        if not line.is_over and not line.is_answered:
            self._switch.leg_rings(channel)
            self._ringing.put_nowait(line)

    def _progresses(self, line: Line, channel: Channel, early: str) -> None:
        if not line.is_over and not line.is_answered:
            self._switch.leg_progresses(channel)
            line.speak(early)

    def _answers(self, line: Line, script: Script) -> None:
        line.pick_up()
        if line.is_over:
            return
        if script.says is not None or script.early is not None:
            line.speak(script.says)
        if script.presses is not None:
            self._after(script.presses_after, line.type, script.presses)
        self._after(script.talks_for, line.put_down)

    @staticmethod
    def _after(seconds: float | None, act: object, *args: object) -> None:
        if seconds is not None and callable(act):
            asyncio.get_running_loop().call_later(seconds, act, *args)
