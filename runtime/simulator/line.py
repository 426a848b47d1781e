"""One call as the person at a telephone lives through it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from runtime.simulator import transfers
from runtime.simulator.channel import Channel, Identity
from runtime.simulator.switch import Switch

SOON = 60.0
"""Seconds of virtual time within which what is due must happen."""

GAVE_UP_STATUS, GAVE_UP_CAUSE = 487, 127


@dataclass(frozen=True)
class Ended:
    """How a call ended: SIP status (None for a call that was answered) and Q.850 cause."""

    sip_status: int | None
    cause: int | None


@dataclass(frozen=True)
class Heard:
    """What was heard from a moment on (loop time, s); nothing is silence."""

    at: float
    names: frozenset[str]


class Line:
    """A call seen from a telephone; a party of the switch.

    Each `hears` goes on where the last one stopped, so that a sequence of them asserts an order.
    """

    def __init__(self, switch: Switch, *, incoming: bool) -> None:
        self.caller_id = Identity()
        self.keys_received = ""
        self.transfer_told: list[int] = []
        """What NOTIFYs said of the transfer for which it has asked."""
        self.is_answered = False
        self.is_told_ringing = False
        self.gave_up = False
        self.channel: Channel | None = None
        self._switch = switch
        self.incoming = incoming
        self._speech: str | None = None
        self._heard: list[Heard] = []
        self._heard_until = 0
        self._ended: Ended | None = None
        self._acted_at: float | None = None
        self._news = asyncio.Event()

    # What the switch tells it: see channel.Party.

    @property
    def speech(self) -> str | None:
        """What the person says just now."""
        return self._speech

    def rings(self) -> None:
        """See Party.rings."""
        self.is_told_ringing = True
        self._wake()

    def progresses(self) -> None:
        """See Party.progresses."""
        self._wake()

    def up(self) -> None:
        """See Party.up."""
        self.is_answered = True
        self._wake()

    def told(self, status: int) -> None:
        """See Party.told; as a real phone, it hangs up when the transfer is done."""
        self.transfer_told.append(status)
        self._wake()
        if status == 200:
            asyncio.get_running_loop().call_soon(self.put_down)

    def hears_digit(self, digit: str) -> None:
        """See Party.hears_digit."""
        self.keys_received += digit
        self._wake()

    def over(self, status: int | None, cause: int) -> None:
        """See Party.over."""
        if self._ended is None:
            self._end(Ended(None if self.is_answered else status, cause))

    # What the person does.

    def pick_up(self) -> None:
        """Take the call that rings, now."""
        if self._ended is None and self.channel is not None:
            self._switch.leg_answers(self.channel)

    def refuse(self, status: int = 486) -> None:
        """Refuse the call that rings, now."""
        if self._ended is None and self.channel is not None:
            self._end(Ended(status, None))
            self._switch.leg_fails(self.channel, status)

    def redirect(self, number: str) -> None:
        """Send the call that rings to another number, now."""
        if self._ended is None and self.channel is not None:
            self._end(Ended(302, None))
            self._switch.leg_redirects(self.channel, number)

    def put_down(self) -> None:
        """Hang up, or give up waiting, now."""
        if self._ended is not None or self.channel is None:
            return
        self.gave_up = True
        self._end(Ended(None if self.is_answered else GAVE_UP_STATUS, None))
        if self.is_answered:
            self._switch.hang_up(self.channel)
        elif self.incoming:
            self._switch.leg_fails(self.channel, 603)
        else:
            self._switch.hang_up(self.channel, cause=GAVE_UP_CAUSE, status=GAVE_UP_STATUS)

    def type(self, keys: str, *, seconds: float = 0.1, between: float = 0.1) -> None:
        """Press keys one after the other; the first is released `seconds` from now."""
        loop = asyncio.get_running_loop()
        self._acted_at = loop.time()
        at = 0.0
        for key in keys:
            at += seconds
            loop.call_later(at, self._release, key, round(seconds * 1000))
            at += between

    def speak(self, name: str | None) -> None:
        """Say something until something else is said; None is silence."""
        self._speech = name
        if self.channel is not None:
            self.channel.speech_changed()

    def hold(self) -> None:
        """Hold the call, now."""
        if self.channel is not None:
            transfers.hold(self._switch, self.channel, on=True)

    def resume(self) -> None:
        """Take the call back from hold, now."""
        if self.channel is not None:
            transfers.hold(self._switch, self.channel, on=False)

    def transfer(self, number: str) -> None:
        """Ask for a blind transfer of the other party, now."""
        if self.channel is not None and not self.is_over:
            transfers.refer(self._switch, self.channel, number)

    def transfer_to_call(self, other: "Line") -> None:
        """Ask for the other party to talk to that of another call of this phone, now."""
        if self.channel is not None and other.channel is not None and not self.is_over:
            transfers.refer(self._switch, self.channel, "", other.channel)

    async def is_told(self, status: int, within: float = SOON) -> None:
        """Wait until a NOTIFY tells this of the transfer."""
        told = self.transfer_told
        await self._until(lambda: status in told, within, f"not told {status}")

    async def answers(self) -> None:
        """Take the call that rings."""
        self.pick_up()

    async def rejects(self, status: int = 486) -> None:
        """Refuse the call that rings, with a SIP status."""
        self.refuse(status)

    async def presses(self, keys: str, *, seconds: float = 0.1) -> None:
        """Press keys one after the other, each for so many seconds."""
        self.type(keys, seconds=seconds)

    async def speaks(self, name: str) -> None:
        """Say something until `hushes`."""
        self.speak(name)

    async def hushes(self) -> None:
        """Say nothing."""
        self.speak(None)

    async def hangs_up(self) -> None:
        """Hang up, or give up waiting."""
        self.put_down()

    # What the person notices.

    @property
    def heard(self) -> list[str]:
        """What was heard so far, in order, without silence; twice in a row counts once."""
        names: list[str] = []
        for piece in self._heard:
            names += [name for name in sorted(piece.names) if names[-1:] != [name]]
        return [name for name in names if name != "silence"]

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self._ended is not None

    async def hears(self, name: str, within: float = SOON) -> None:
        """Wait for a sound; raises AssertionError telling what was heard instead."""
        await self._until(lambda: self._finds(name), within, f"«{name}» was not heard")

    async def hears_speech(self, within: float = SOON) -> None:
        """Wait for a spoken text; one is told from other sounds by the blanks in it."""

        def is_speech() -> bool:
            return any(" " in name for name in self._sounding())

        await self._until(is_speech, within, "speech was not heard")

    async def stops_hearing(self, name: str, within: float) -> None:
        """Wait for the end of a sound, due so many seconds after the last key (else after now)."""
        since = self._acted_at if self._acted_at is not None else _now()
        await self._until(
            lambda: name not in self._sounding(),
            max(0.0, since + within - _now()),
            f"«{name}» is still heard",
        )

    async def silence(self, seconds: float) -> None:
        """Listen for so long; raises AssertionError when anything is heard."""
        begin, seen = _now(), len(self._heard)
        await asyncio.sleep(seconds)
        loud = self._sounding_at(begin) | {n for h in self._heard[seen:] for n in h.names}
        if loud - {"silence"}:
            raise AssertionError(f"silence was expected, heard: {self.story()}")

    async def answered(self, within: float = SOON) -> None:
        """Wait until the far end has answered."""
        await self._until(lambda: self.is_answered, within, "not answered")

    async def ended(self, within: float = SOON) -> Ended:
        """Wait until the call is over, and tell how it ended."""
        await self._until(lambda: self._ended is not None, within, "not over")
        if self._ended is None:
            raise AssertionError("not over")
        return self._ended

    async def header(self, name: str) -> str | None:
        """Return a header that was added to the INVITE with which the call came."""
        if self.channel is None:
            return None
        return self.channel.variables.get(f"PJSIP_HEADER(add,{name})")

    def story(self) -> str:
        """Say what was heard so far and for how long, for people."""
        if not self._heard:
            return "nothing"
        ends = [piece.at for piece in self._heard[1:]] + [_now()]
        parts = [
            f"{'+'.join(sorted(piece.names)) or 'silence'} {end - piece.at:.2f} s"
            for piece, end in zip(self._heard, ends, strict=True)
        ]
        return ", ".join(parts)

    def sounds(self, names: frozenset[str]) -> None:
        """See Party.sounds."""
        if names != self._sounding() and self._ended is None:
            self._heard.append(Heard(_now(), names))
            self._wake()

    def _release(self, key: str, milliseconds: int) -> None:
        if self.channel is not None and self._ended is None:
            self._switch.presses(self.channel, key, milliseconds)

    def _end(self, ended: Ended) -> None:
        self._heard.append(Heard(_now(), frozenset()))
        self._ended = ended
        self._speech = None
        self._wake()

    def _sounding(self) -> frozenset[str]:
        return self._heard[-1].names if self._heard else frozenset()

    def _sounding_at(self, moment: float) -> frozenset[str]:
        before = [piece for piece in self._heard if piece.at <= moment]
        return before[-1].names if before else frozenset()

    def _finds(self, name: str) -> bool:
        while self._heard_until < len(self._heard):
            self._heard_until += 1
            if name in self._heard[self._heard_until - 1].names:
                return True
        return False

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _until(self, true: Callable[[], bool], within: float, otherwise: str) -> None:
        deadline = _now() + within
        while not true():
            news = self._news
            try:
                async with asyncio.timeout_at(deadline):
                    await news.wait()
            except TimeoutError:
                said = f"{otherwise} within {within:g} s; heard: {self.story()}"
                raise AssertionError(f"{said}; {self._ended or 'the call goes on'}") from None


def _now() -> float:
    return asyncio.get_running_loop().time()
