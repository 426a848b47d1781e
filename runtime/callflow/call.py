"""One caller's run over callflows, and the verbs by which actions touch the world."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from uuid import uuid4

from runtime.accounts import Document
from runtime.callflow.call_media import CallMedia
from runtime.callflow.facilities import Facilities
from runtime.callflow.lookup import Match
from runtime.callflow.reception import Received
from runtime.callflow.trace import Step
from runtime.callflow.tree import Callflow, Place
from runtime.callflow.variables import Variables
from runtime.directory import Person, people
from runtime.phones import Phones, RingOptions, device_targets, merged, user_targets
from runtime.telephony import (
    Attempt,
    Leg,
    Recording,
    Talked,
    Target,
    Unanswered,
    connect,
)

logger = logging.getLogger(__name__)

CALL_VARIABLE = "CALLFLOW_CALL"
PLACE_VARIABLE = "CALLFLOW_PLACE"


class Call(CallMedia):
    """A call in progress.

    Times are in seconds. Every verb may be cancelled at any await: that is the caller's hangup.
    """

    def __init__(
        self,
        *,
        id: str,  # noqa: A002 - its name in the trace and the API
        facilities: Facilities,
        received: Received,
        caller: Leg,
        group: asyncio.TaskGroup,
        after: AsyncExitStack,
    ) -> None:
        super().__init__(id, facilities, received.account, caller, received.language, after)
        self.party = received.caller
        self.number = received.normalised
        self.capture_group = received.match.capture
        self.capture_groups = dict(received.match.groups)
        self.variables = Variables(
            {
                "account_id": self.account.id,
                "authorizing_id": self.party.device_id,
                "authorizing_type": "device" if self.party.device_id else None,
                "owner_id": self.party.owner_id,
            }
        )
        self._group = group
        self._place: Place | None = None
        self._steps = 0

    # What an action may ask.

    @property
    def branches(self) -> frozenset[str]:
        """Keys of the current node's children that can be run, without `_`."""
        return self._place.node.branches if self._place is not None else frozenset()

    @property
    def has_default(self) -> bool:
        """Whether the current node has a `_` child that can be run."""
        return self._place is not None and self._place.node.has_default

    @property
    def internal(self) -> bool:
        """Whether the caller is a phone of the account, not somebody outside."""
        return self.party.internal

    async def document(self, kind: str, document_id: str | None) -> Document | None:
        """Return a document of this account, None when there is none; its revision is traced."""
        if not document_id:
            return None
        found = await self._facilities.documents.get(self.account.id, kind, document_id)
        if found is not None and self._step is not None:
            self._step.documents[found.id] = found.revision
        return found

    async def callflow(self, callflow_id: str | None) -> Callflow | None:
        """Return a callflow of this account that can be run, or None."""
        known = await self._facilities.routing.of(self.account.id)
        found = known.routes.by_id.get(callflow_id or "") if known is not None else None
        if found is not None and found.root is None:
            self.note(problem=found.problem)
            return None
        return found

    async def find(self, number: str, *, allow_no_match: bool = False) -> Match | None:
        """Look up a number as if it were dialled in this account; None when nothing usable is."""
        known = await self._facilities.routing.of(self.account.id)
        if known is None:
            return None
        found = known.routes.find(number, allow_no_match=allow_no_match)
        return found if found is not None and found.callflow.root is not None else None

    def captured(self, match: Match) -> None:
        """Take over what another lookup captured."""
        self.capture_group = match.capture
        self.capture_groups = dict(match.groups)

    async def people(self, directory_id: str) -> list[Person]:
        """Return the people of a directory who can be found in it."""
        users = await self._facilities.documents.members_of(self.account.id, directory_id)
        return people(users, directory_id)

    def scoped(self, scope: str) -> Mapping[str, Any]:
        """Return the document of a scope (account, user, device, merged); {} when there is none."""
        party = self.party
        match scope:
            case "account":
                return self.account.doc
            case "user":
                return party.user
            case "device":
                return party.device
            case "merged":
                return merged(party.user, party.device, self.account.doc) if party.device else {}
            case _:
                return {}

    # What an action may change.

    def redialled(self, number: str) -> None:
        """Go on as if this number, already normalised, had been dialled."""
        self.number = number

    async def show_caller_id(self, name: str, number: str) -> None:
        """Show this name and number to all that are rung from here on, whoever calls."""
        self.party = replace(self.party, name=name, number=number, retained=True)
        shown = {"Retain-CID": "true", "Caller-ID-Name": name, "Caller-ID-Number": number}
        told: dict[str, str] = {}
        for variable, value in shown.items():
            told |= self.variables.set_channel(variable, value, export=False)
        await self._tell(told)

    async def set_variable(self, name: str, value: str, *, export: bool = False) -> None:
        """Set a custom channel variable; `export`: phones rung later get it, too."""
        await self._tell(self.variables.set_channel(name, value, export=export))

    async def set_variables(self, values: Mapping[str, Any], *, export: bool = False) -> None:
        """Merge custom application variables; `export`: phones rung later get them, too."""
        await self._tell(self.variables.merge_application(values, export=export))

    async def keep_recording(
        self, recording: Recording, media_id: str | None, doc: Mapping[str, Any]
    ) -> str:
        """Make a recording the content of a media document, made or changed by `doc`.

        Returns its id, a new one for None. The recording is then deleted from Asterisk's disk.
        Raises StorageError.
        """
        media_id = media_id or uuid4().hex
        await self._facilities.documents.keep_sound(
            self.account.id, media_id, doc, recording.content
        )
        await recording.discard()
        return media_id

    async def change_document(self, kind: str, document_id: str, change: Mapping[str, Any]) -> None:
        """Merge `change` into a document of this account; raises StorageError."""
        await self._facilities.documents.change(self.account.id, kind, document_id, change)

    # Reaching others.

    async def phones_of(self, kind: str, document_id: str, options: RingOptions) -> Phones:
        """Return the endpoints of a `device` or `user`; what is left out, and why, is traced."""
        targets = device_targets if kind == "device" else user_targets
        phones = await targets(
            self._facilities.documents, self.account, self.party, document_id, options
        )
        if self._step is not None:
            self._step.documents.update(phones.revisions)
        if phones.left_out:
            self.note(left_out=dict(phones.left_out))
        return phones

    async def connect(
        self,
        targets: Sequence[Target],
        *,
        seconds: float,
        one_by_one: bool = False,
        one_reject_ends: bool = False,
    ) -> Unanswered | None:
        """Ring until somebody answers, then talk until one side hangs up.

        Returns None after a conversation, else why there was none. `one_by_one` rings the targets
        one after another, each for `seconds`.
        """

        async def answer(target: Target) -> None:
            self.note(answered_by=target.name)
            await self.answer()

        if exported := self.variables.exported:
            targets = [replace(t, variables={**exported, **t.variables}) for t in targets]
        attempt = Attempt(self.caller, self._group, seconds, one_reject_ends)
        result = await connect(attempt, targets, answer=answer, one_by_one=one_by_one)
        if isinstance(result, Talked):
            ended_by = "caller" if result.caller_ended else result.target.name
            self.note(talked=round(result.seconds, 3), ended_by=ended_by)
            return None
        self.note(
            cause=result.cause,
            sip_status=result.sip_status,
            phones=[[f.target.name, f.cause] for f in result.failures],
        )
        return result

    # What the engine does with it.

    async def begin(self, place: Place) -> Step:
        """Enter a node; the channel carries the place, so that it survives our crash."""
        self._place = place
        self._steps += 1
        self._step = Step(
            call_id=self.id,
            seq=self._steps,
            path=place.path,
            module=place.node.module or "",
            callflow_id=place.callflow.id,
            callflow_revision=place.callflow.revision,
            started_at=self.now(),
        )
        position = f"{place.callflow.id}@{place.callflow.revision}:{place.path}"
        await self._quietly(
            self.caller.channel.set_variables(
                {CALL_VARIABLE: self.id, PLACE_VARIABLE: position},
                report=True,
                idle=self.caller.idle,
            )
        )
        return self._step

    def finish(self, step: Step) -> None:
        """Leave a node; its step goes into the trace."""
        self._facilities.trace.record(step.row())
        self._step = None

    async def _tell(self, variables: Mapping[str, str]) -> None:
        if variables:
            await self.caller.channel.set_variables(variables)
