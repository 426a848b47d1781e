"""What somebody's keys do to a conversation: the verbs of metaflow actions."""

from collections.abc import Sequence
from typing import Any, Literal

from runtime.callflow.call import Call
from runtime.callflow.consulting import Consulting
from runtime.callflow.outcome import Branch
from runtime.callflow.recording_data import RecordingData
from runtime.callflow.talk import Talk
from runtime.callflow.trace import Step
from runtime.callflow.tree import Callflow
from runtime.errors import ActionError
from runtime.media import Media
from runtime.telephony import Leg, soft_hold

Who = Literal["self", "peer", "both"]
_LOUDEST = 4
RING_SECONDS = 20.0
"""How long other phones ring."""


class Press:
    """A sequence that one of two who talk has pressed; `captures` is what its pattern captured.

    Every verb may be cancelled at any await: that is the end of the call. Those that need both
    raise ActionError when the conversation is over or is changing just now.
    """

    def __init__(
        self,
        call: Call,
        talk: Talk,
        leg: Leg,
        *,
        collected: str = "",
        captures: Sequence[str] | None = None,
    ) -> None:
        self.call = call
        self.leg = leg
        self.collected = collected
        self.captures = captures
        self.step: Step | None = None
        self._talk = talk

    def note(self, **inputs: Any) -> None:
        """Put into the trace what decided the action's outcome."""
        if self.step is not None:
            self.step.inputs.update(inputs)

    @property
    def by_caller(self) -> bool:
        """Whether the caller pressed."""
        return self.leg is self._talk.conversation.caller

    def _legs(self, who: Who) -> tuple[Leg, ...]:
        if who == "both":
            return self._talk.conversation.legs
        return (self.leg,) if who == "self" else (self._talk.conversation.other(self.leg),)

    def _talking(self) -> Talk:
        if self._talk.busy or self.call.talk is not self._talk:
            raise ActionError("the conversation is over, or is changing just now")
        return self._talk

    async def hang_up(self) -> None:
        """Hang up whoever pressed; the other ends as after any conversation."""
        await self.leg.hang_up()

    async def hold(self, *, own_media: str | None, other_media: str | None, key: str) -> None:
        """Hold until whoever pressed presses `key`, `resume` is called, or one is gone."""
        talk = self._talking()
        own = await self._uris(own_media) if own_media else ()
        other = await self._uris(other_media) if other_media else ()
        with talk.held() as resumed:
            again = await soft_hold(
                talk.conversation,
                self.leg,
                key=key,
                resumed=resumed,
                for_holder=own,
                for_other=other,
            )
        self.note(resumed=again)

    def resume(self) -> bool:
        """End a hold; False when there is none."""
        return self._talk.resume()

    async def play(self, media: Media, who: Who, language: str | None = None) -> None:
        """Begin to play something to one or both, who hear each other again afterwards."""
        uris = await self.call.resolved(media, language)
        conversation = self._talking().conversation
        for leg in self._legs(who):
            conversation.sound(leg, uris)

    def stop_playing(self) -> None:
        """Stop what is played to whoever pressed."""
        self._talk.conversation.quiet(self.leg)

    async def level(self, mode: Literal["read", "write"], level: int) -> None:
        """Change how loud the caller is (`read`) or hears (`write`): -4 is silence, 0 as it was."""
        channel = self._talk.conversation.caller.channel
        direction: Literal["in", "out"] = "in" if mode == "read" else "out"
        if level <= -_LOUDEST:
            await channel.mute(direction)
            return
        await channel.unmute(direction)
        await channel.set_variable(f"VOLUME({'RX' if mode == 'read' else 'TX'})", str(level))

    async def send_other_to(self, number: str) -> None:
        """Send the other to a number (blind transfer); raises ActionError when it cannot be."""
        talk = self._talking()
        if self.call.send_other_to is None:
            raise ActionError("nobody can be transferred here")
        reason = await talk.change(self.call.send_other_to(talk, self.leg, number))
        if reason is not None:
            raise ActionError(f"not transferred to {number}: {reason}")

    async def consult(
        self,
        number: str,
        *,
        seconds: float,
        takeback: str,
        music: str | None,
        ringback: str | None,
    ) -> str:
        """Ask somebody at a number, then leave the other with him (attended transfer).

        Media are references; without `music` the other hears Asterisk's. Returns how it went.
        Raises ActionError when it cannot be begun.
        """
        talk = self._talking()
        if self.call.consult is None or self.leg.sheet.device_id is None:
            raise ActionError("only the account's own phones can transfer")
        wanted = Consulting(
            number,
            seconds,
            takeback,
            music=await self._uris(music) if music else (),
            ringback=await self._uris(ringback) if ringback else (),
        )
        said = await talk.change(self.call.consult(talk, self.leg, wanted))
        self.note(transfer=said)
        return said

    async def bring_phone(
        self,
        whose: tuple[str, str],
        instead_of: Literal["self", "peer"],
        *,
        one_by_one: bool = False,
        auto_answer: bool = False,
    ) -> None:
        """Ring the other phones of a device or user (kind and id), for one of the two to move to.

        Raises ActionError when there is none, or none answers: then nothing has changed.
        """
        talk = self._talking()
        if self.call.bring_phone is None or self.leg.sheet.device_id is None:
            raise ActionError("only the account's own phones can do that")
        (old,) = self._legs(instead_of)
        phone = await self.call.bring_phone(
            talk,
            old,
            whose,
            seconds=RING_SECONDS,
            one_by_one=one_by_one,
            auto_answer=auto_answer,
        )
        self.note(answered_by=phone)

    @property
    def owner_id(self) -> str | None:
        """Whose phone it is that was pressed on, if it is somebody's."""
        return self.leg.sheet.owner_id

    async def shift_pitch(self, ratio: float) -> None:
        """Let the voice of whoever pressed be higher (over 1) or lower; 1 is as it was."""
        await self.leg.channel.set_variable("PITCH_SHIFT(rx)", f"{ratio:.4f}")

    async def sip_hold(self, *, on: bool | None) -> None:
        """Put whoever pressed on hold as a phone would, or take him back; None: toggle."""
        wanted = not self.leg.held_by_us if on is None else on
        if wanted:
            await self.leg.channel.hold()
        else:
            await self.leg.channel.unhold()
        self.leg.held_by_us = wanted

    def leave_for(self, callflow: Callflow) -> None:
        """Take the caller out of the conversation and into a callflow; the other is hung up."""
        self._talking().leave(Branch(callflow, returns="nowhere"))

    async def record(self, data: RecordingData, action: str) -> None:
        """Start, stop, toggle, mask or unmask the recording of the conversation."""
        call = self.call
        origin = f"metaflow : {call.flow_name}"
        match action:
            case "stop":
                self.note(stopped=await call.stop_recording())
            case "mask" | "unmask":
                self.note(masked=await call.mask_recording(on=action == "mask"))
            case "start":
                await call.start_recording(data, origin=origin)
            case _:
                await call.toggle_recording(data, origin=origin)

    async def _uris(self, media: str) -> list[str]:
        return await self.call.resolved(media, None)
