"""One caller's run over callflows, and the verbs by which actions touch the world."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random
from typing import Any
from uuid import uuid4

from runtime.accounts import Document
from runtime.callflow.call_end import CallEnd
from runtime.callflow.call_gather import CallGather
from runtime.callflow.call_message import CallMessages
from runtime.callflow.call_party import CallParty
from runtime.callflow.call_transfer import CallTransfers
from runtime.callflow.call_web import CallWeb
from runtime.callflow.cdrs import Cdrs
from runtime.callflow.facilities import Facilities
from runtime.callflow.reception import Received
from runtime.callflow.routing import Edit
from runtime.callflow.talk import TransferAsked
from runtime.callflow.trace import Step
from runtime.callflow.tree import Callflow, Place
from runtime.callflow.variables import Variables
from runtime.directory import Person, people
from runtime.phones import Caller, Phones, RingOptions, device_targets, merged, user_targets
from runtime.telephony import Leg, Recording

logger = logging.getLogger(__name__)

CALL_VARIABLE = "CALLFLOW_CALL"
PLACE_VARIABLE = "CALLFLOW_PLACE"


class Call(CallParty, CallEnd, CallTransfers, CallWeb, CallGather, CallMessages):
    """A call in progress.

    Times are in seconds. Every verb may be cancelled at any await: that is the caller's hangup.
    """

    def __init__(  # noqa: PLR0913 - all that makes a call
        self,
        *,
        id: str,  # noqa: A002 - its name in the trace and the API
        facilities: Facilities,
        received: Received,
        caller: Leg,
        group: asyncio.TaskGroup,
        after: AsyncExitStack,
        cdrs: Cdrs,
        transfer: TransferAsked,
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
        self.cdrs = cdrs
        self._transfer = transfer
        self._group = group
        cdrs.on_replaced = self._replaced
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
    def random(self) -> Random:
        """Chance; what it decides belongs into the trace."""
        return self._facilities.random

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

    async def change_document(
        self, kind: str, document_id: str, change: Mapping[str, Any], *, create: bool = False
    ) -> None:
        """Merge `change` into a document of this account; `create`: made if it is not there.

        Raises StorageError, and DocumentError when there is no such document.
        """
        await self._facilities.documents.change(
            self.account.id, kind, document_id, change, create=create
        )

    async def change_callflow(self, callflow_id: str, edit: Edit) -> None:
        """Let `edit` change a callflow of this account; raises DocumentError and StorageError."""
        await self._facilities.routing.change(self.account.id, callflow_id, edit, f"call {self.id}")

    # Reaching others.

    async def phones_of(self, kind: str, document_id: str, options: RingOptions) -> Phones:
        """Return the endpoints of a `device` or `user`; what is left out, and why, is traced."""
        options = replace(
            options,
            dialled=options.dialled or self.number,
            in_queue=options.in_queue or self.variables.get("queue_id") is not None,
        )
        phones = await self.phones_for(self.party, kind, document_id, options)
        if self._step is not None:
            self._step.documents.update(phones.revisions)
        if phones.left_out:
            known = self._step.inputs.get("left_out", {}) if self._step is not None else {}
            self.note(left_out={**known, **dict(phones.left_out)})
        return phones

    async def phones_for(
        self, caller: Caller, kind: str, document_id: str, options: RingOptions
    ) -> Phones:
        """Return the endpoints of a `device` or `user`, as they ring when this caller calls."""
        targets = device_targets if kind == "device" else user_targets
        documents = self._facilities.documents
        return await targets(documents, self.account, caller, document_id, options)

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
        told = self._quietly(
            self.caller.channel.set_variables(
                {CALL_VARIABLE: self.id, PLACE_VARIABLE: position},
                report=True,
                idle=self.caller.idle,
            )
        )
        if self.caller.idle:
            # Asterisk takes it before whatever the action asks for: nobody need wait.
            self._group.create_task(told)
            await asyncio.sleep(0)
        else:
            await told
        return self._step

    def aside(self, path: str, module: str) -> Step:
        """Return a step that runs beside the flow."""
        self._steps += 1
        callflow = self._place.callflow if self._place is not None else None
        return Step(
            call_id=self.id,
            seq=self._steps,
            path=path,
            module=module,
            callflow_id=callflow.id if callflow is not None else "",
            callflow_revision=callflow.revision if callflow is not None else 0,
            started_at=self.now(),
        )

    def finish(self, step: Step) -> None:
        """Leave a node; its step goes into the trace."""
        self._facilities.trace.record(step.row())
        self._step = None

    async def _tell(self, variables: Mapping[str, str]) -> None:
        if variables:
            await self.caller.channel.set_variables(variables)
