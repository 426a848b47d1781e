"""What of a call is recorded because somebody asks for it."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from runtime.accounts import Account
from runtime.callflow.call_media import CallMedia
from runtime.callflow.cdrs import Cdrs
from runtime.callflow.facilities import Facilities
from runtime.callflow.recording_data import RecordingData, plan_of
from runtime.callflow.talk import Talk
from runtime.callflow.tree import Place
from runtime.callflow.variables import Variables
from runtime.errors import ActionError
from runtime.phones import Caller, shown_caller_id
from runtime.recording import (
    Archive,
    Pending,
    Plan,
    Recorder,
    new_pending,
    problem_of,
)
from runtime.storage.recordings import RecordingRow
from runtime.telephony import Leg, record_to_disk

SILENCE_SECONDS = 5.0
"""How long a caller who records something may be silent before that is the end."""


@dataclass(frozen=True)
class Side:
    """A leg that is recorded, and whose phone it is; inbound: it called us."""

    leg: Leg
    inbound: bool
    owner_id: str | None
    device_id: str | None


class CallRecordings(CallMedia):
    """The recordings of a call; a base of Call."""

    party: Caller
    number: str
    variables: Variables
    cdrs: Cdrs
    talk: Talk | None
    _place: Place | None

    def __init__(
        self,
        call_id: str,
        facilities: Facilities,
        account: Account,
        caller: Leg,
        language: str,
        after: AsyncExitStack,
    ) -> None:
        super().__init__(call_id, facilities, account, caller, language, after)
        self.conversing = asyncio.Event()
        """Set while the caller talks with somebody."""
        self._recorders: list[Recorder] = []
        self._made = 0

    @property
    def flow_name(self) -> str:
        """What the callflow that runs is called, else the number that was dialled."""
        return (self._place.callflow.name if self._place is not None else "") or self.number

    @property
    def recording(self) -> bool:
        """Whether the call is recorded, or will be from its answer or conversation on."""
        return bool(self._under_way())

    async def start_recording(self, data: RecordingData, *, origin: str) -> None:
        """Record what the caller says and hears from here on; several recordings may run.

        It ends with the call. Raises ActionError when it could be kept nowhere, MediaError when
        Asterisk cannot record.
        """
        archive, plan = self._planned(data, origin)
        recorder = self._recorder(archive, plan, self._caller_side)
        recording_id = await recorder.begun()
        self.note(recording=recording_id or f"waits for the {plan.when}")

    async def stop_recording(self) -> bool:
        """End the recording that was started last; False when there is none."""
        running = self._under_way()
        if running:
            await self.to_the_end(running[-1].stop())
        return bool(running)

    async def toggle_recording(self, data: RecordingData, *, origin: str) -> None:
        """End the recording that was started last; without one start one."""
        if not await self.stop_recording():
            await self.start_recording(data, origin=origin)

    async def mask_recording(self, *, on: bool) -> bool:
        """Let the recording that was started last have silence, or sound again.

        False when there is none.
        """
        running = self._under_way()
        if running:
            await running[-1].mask(on=on)
        return bool(running)

    async def record_caller(self, data: RecordingData) -> None:
        """Answer, and record the caller until a key, 5 s of silence or the time ends it.

        What was recorded is kept also when he hangs up. Raises as `start_recording`; before the
        answer when it could be kept nowhere.
        """
        archive, plan = self._planned(data, "callflow : record_caller")
        plan = replace(plan, name=f"{self.id}.{plan.audio_format}")
        await self.answer()
        await self._tell_of(plan)
        pending = self._pending(plan, self._caller_side).with_take(self.caller.ari.app)
        self.note(recording=pending.id)
        await archive.opened(pending)
        try:
            await record_to_disk(
                self.caller,
                pending.takes[0],
                max_seconds=plan.seconds,
                max_silence=SILENCE_SECONDS,
                audio_format=plan.asterisk_format,
            )
        finally:
            archive.closed(self._amended(pending))

    async def transferred(self, remaining: Leg) -> None:
        """Let the recordings know of a transfer; `remaining` is a leg that talks on.

        Those that follow go on with it when the recorded leg is another, the others end.
        """
        for recorder in self._under_way():
            await recorder.transferred(remaining)

    def take_recordings(self, before: "CallRecordings") -> None:
        """Let what is recorded of a call that ends go on with this one, to which it led."""
        under_way = before.given_up_recordings()
        if under_way and not self._recorders:
            self.after_hangup(self._end_recordings)
        self._recorders += under_way

    def given_up_recordings(self) -> list[Recorder]:
        """Return what is under way, which is another call's affair from here on."""
        under_way = self._under_way()
        self._recorders = [each for each in self._recorders if each not in under_way]
        return under_way

    # How it is done.

    @property
    def _caller_side(self) -> Side:
        return Side(self.caller, True, self.party.owner_id, self.party.device_id)  # noqa: FBT003

    def _planned(self, data: RecordingData, origin: str) -> tuple[Archive, Plan]:
        archive = self._facilities.archive
        if archive is None:
            raise ActionError("there is no archive for recordings here")
        plan = plan_of(data, archive.policy, origin)
        problem = problem_of(plan, archive.policy)
        if problem is not None:
            raise ActionError(f"not recorded: {problem}")
        return archive, plan

    def _recorder(self, archive: Archive, plan: Plan, side: Side) -> Recorder:
        if not self._recorders:
            self.after_hangup(self._end_recordings)
        recorder = Recorder(
            archive,
            plan,
            side.leg,
            lambda: self._pending(plan, side),
            amend=self._amended,
            talks=self.conversing,
            bridge_id=self.talk.conversation.bridge.id if self.talk is not None else None,
        )
        self._recorders.append(recorder)
        return recorder

    def _under_way(self) -> list[Recorder]:
        return [recorder for recorder in self._recorders if not recorder.over]

    async def _end_recordings(self) -> None:
        await asyncio.gather(*(recorder.stop() for recorder in self._recorders))

    async def _tell_of(self, plan: Plan) -> None:
        """Set Kazoo's variables of a recording on the channel."""
        told: dict[str, str] = {}
        said = {"Media-Name": plan.name, "Media-Transfer-Method": plan.method}
        said["Media-Transfer-Destination"] = plan.url
        for name, value in said.items():
            if value:
                told |= self.variables.set_channel(name, value, export=False)
        await self.caller.channel.set_variables(told)

    def _pending(self, plan: Plan, side: Side) -> Pending:
        self._made += 1
        number = f"_{self._made}" if self._made > 1 else ""
        # Whoever keeps the recording is told who spoke, also of a caller who hid that.
        name, shown = shown_caller_id(replace(self.party, hides_name=False, hides_number=False))
        row = RecordingRow(
            account_id=self.account.id,
            id="",
            call_id=self.id,
            name="",
            media_type=plan.audio_format,
            started_at=self.now(),
            direction="inbound" if side.inbound else "outbound",
            from_address=self._address(self.party.number),
            to_address=self._address(self.number),
            request=self._address(self.number),
            caller_name=name,
            caller_number=shown,
            callee_number=self.number,
            owner_id=side.owner_id,
            device_id=side.device_id,
            interaction_id=self.cdrs.interaction.id,
            cdr_id=side.leg.sheet.id,
        )
        return new_pending(plan, row, f"call_recording_{self.id}{number}.{plan.audio_format}")

    def _amended(self, pending: Pending) -> Pending:
        # A transfer may have made the call a part of another interaction.
        row = replace(pending.row, interaction_id=self.cdrs.interaction.id)
        return replace(pending, row=row)

    def _address(self, number: str) -> str:
        return f"{number}@{self.account.realm}" if self.account.realm else number
