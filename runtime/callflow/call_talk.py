"""Reaching others for a caller, and talking to them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol

from runtime.accounts import Account
from runtime.callflow.automatic_recording import AutomaticRecordings
from runtime.callflow.cdrs import Cdrs
from runtime.callflow.consulting import Consulting
from runtime.callflow.facilities import Facilities
from runtime.callflow.lookup import Match
from runtime.callflow.outcome import Branch, Outcome, Stop, Transfer
from runtime.callflow.talk import Talk, TransferAsked
from runtime.errors import Gone, MediaError, NotOurs, StorageError
from runtime.media import Media, Prompt, sound_language
from runtime.phones.merge import text
from runtime.phones.station import station_of
from runtime.telephony import (
    Answered,
    Attempt,
    Conversation,
    Leg,
    Target,
    Unanswered,
    Wish,
    confirmed,
    one_of_them_ended,
    reach,
)

logger = logging.getLogger(__name__)

PARENT_VARIABLE = "CALLFLOW_PARENT"
"""On a leg, and on a forwarded call, the id of the call for which it was dialled."""

CONFIRM_PROMPT = "ivr-group_confirm"


SendOtherTo = Callable[[Talk, Leg, str], Coroutine[Any, Any, str | None]]
"""The conversation, who wishes it, and the number; returns why it is not done."""

Consult = Callable[[Talk, Leg, Consulting], Coroutine[Any, Any, str]]
"""Returns how it went."""


class BringPhone(Protocol):
    """Rings a device's or user's phones (kind and id); who answers takes the place of a leg."""

    async def __call__(
        self,
        talk: Talk,
        old: Leg,
        whose: tuple[str, str],
        *,
        seconds: float,
        one_by_one: bool = False,
        auto_answer: bool = False,
    ) -> str:
        """Return which phone it is; raises ActionError."""


StartMetaflow = Callable[[Talk, Leg, Mapping[str, Any]], None]
"""Runs a node as if that leg had pressed keys for it; raises ActionError."""
Accompany = Callable[[Talk], AbstractAsyncContextManager[None]]


@dataclass
class AfterBridge:
    """What becomes of a caller whose conversation is over and who is still there.

    `extension` is dialled for him; `park`: he stays, and hears music; `hang_up` does not even
    return from a flow that was branched to.
    """

    park: bool = False
    extension: str | None = None
    hang_up: bool = False


class CallTalk(AutomaticRecordings):
    """How a call reaches others; a base of Call."""

    capture_group: str | None
    capture_groups: dict[str, str]
    cdrs: Cdrs
    bridged: bool
    _group: asyncio.TaskGroup
    _transfer: TransferAsked

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
        self.talk: Talk | None = None
        self.replacing: asyncio.Future[None] | None = None
        """Done when another leg, which is about to take the place of one, has done so."""
        self._joining: asyncio.Future[None] | None = None
        self._party: Leg | None = None
        self.went_on = False
        """Whether a transfer took the call elsewhere, without this flow."""
        self.after_bridge = AfterBridge()
        self.send_other_to: SendOtherTo | None = None
        """How one who talks sends the other to a number."""
        self.consult: Consult | None = None
        """How one who talks asks a third one before he transfers the other to him."""
        self.bring_phone: BringPhone | None = None
        """How a phone that rings takes the place of one who talks."""
        self.start_metaflow: StartMetaflow | None = None
        self.accompany: Accompany | None = None
        """What runs beside each conversation."""

    @property
    def group(self) -> asyncio.TaskGroup:
        """What follows the call's legs."""
        return self._group

    # Where numbers lead.

    async def find(self, number: str, *, allow_no_match: bool = False) -> Match | None:
        """Look up a number as if it were dialled in this account; None when nothing usable is."""
        known = await self._facilities.routing.of(self.account.id)
        if known is None:
            return None
        found = await known.routes.find(number, allow_no_match=allow_no_match)
        return found if found is not None and found.callflow.root is not None else None

    def captured(self, match: Match) -> None:
        """Take over what another lookup captured."""
        self.capture_group = match.capture
        self.capture_groups = dict(match.groups)

    def redialled(self, number: str) -> None:
        """Go on as if this number, already normalised, had been dialled."""
        self.number = number

    # Reaching others.

    async def connect(
        self,
        targets: Sequence[Target],
        *,
        seconds: float,
        one_by_one: bool = False,
        one_reject_ends: bool = False,
        early_media: bool = True,
        ringback: Media | None = None,
        rings_at_once: bool = False,
    ) -> Unanswered | Outcome:
        """Ring until somebody answers, then talk until one side hangs up.

        Returns after a conversation where the flow goes, else why there was none. `one_by_one`
        rings the targets one after another, all within `seconds`. See `Attempt` for the others;
        a `ringback` that cannot be played is the usual ringing, and traced.
        """
        unanswered = not self.caller.answered.is_set()
        inherited = {PARENT_VARIABLE: self.id, **self.variables.exported}
        targets = [replace(t, variables={**inherited, **t.variables}) for t in targets]
        attempt = Attempt(
            self.caller,
            self._group,
            seconds,
            one_reject_ends,
            ringback=await self._playable(ringback) if ringback is not None else (),
            rings_at_once=rings_at_once,
            early_media=early_media,
            confirm=self._confirmed,
            made=self.cdrs.of_dialled,
        )
        result = await reach(attempt, targets, one_by_one=one_by_one)
        if isinstance(result, Answered):
            return await self._talk_to(result, unanswered=unanswered)
        self.note(
            cause=result.cause,
            sip_status=result.sip_status,
            phones=[[f.target.name, f.cause] for f in result.failures],
        )
        return result

    async def _talk_to(self, answered: Answered, *, unanswered: bool) -> Outcome:
        """Answer the caller, and let them talk until a transfer or one of them ends it."""
        party = answered.leg
        self.note(answered_by=answered.target.name)
        early: list[tuple[Leg, Wish]] = []
        party.on_wish = self.caller.on_wish = lambda leg, wish: early.append((leg, wish))
        self._party = party
        joining = self._joining = asyncio.get_running_loop().create_future()
        try:
            await self.answer()
            if unanswered and self.answered_at is None:
                self.answered_at = self.now()  # Asterisk did, because its early media was heard
            await self.record_called(answered.target, party)
            conversation = await Conversation.between(
                self.caller,
                party,
                music=self._hold_music,
                absorbs_keys=not self._facilities.pass_keys_on,
            )
            self.bridged = True
        except (Gone, NotOurs):
            # One of them hung up in the moment of the answer: a very short conversation.
            self.caller.on_wish = None
            try:
                await one_of_them_ended(self.caller, party)  # the caller's end cancels this
            finally:
                await party.hang_up()
            self.note(talked=0.0, ended_by="caller" if self.caller.gone else answered.target.name)
            return await self._after_talk()
        except BaseException:
            self.caller.on_wish = None
            await party.hang_up()
            raise
        else:
            self.talk = talk = Talk(conversation, self._transfer, lambda: self.replacing)
            self.conversing.set()
        finally:
            self._joining = self._party = None
            joining.set_result(None)
        clock = asyncio.get_running_loop()
        began = clock.time()
        for leg, wish in early:
            conversation.wishes(leg, wish)
        try:
            async with self.accompany(talk) if self.accompany is not None else nullcontext():
                outcome = await talk.run()
        finally:
            self.talk = None
            self.conversing.clear()
            self.went_on = isinstance(talk.leads_to, Transfer)
            by_caller = talk.ended_by is self.caller
            self.note(talked=round(clock.time() - began, 3))
            if talk.ended_by is not None:
                self.note(ended_by="caller" if by_caller else answered.target.name)
        return outcome or await self._after_talk()

    async def _after_talk(self) -> Outcome:
        """Return where a caller goes who is still there."""
        wanted = self.after_bridge
        if wanted.park:
            self.note(after_bridge="park")
            await self._park()
            return Stop(hard=True)
        if wanted.extension is not None:
            self.note(after_bridge=f"transfer to {wanted.extension}")
            number = self.account.normalise(wanted.extension)
            match = await self.find(number, allow_no_match=self.party.internal)
            if match is not None:
                self.redialled(number)
                self.captured(match)
                return Branch(match.callflow, returns="nowhere")
            self.note(problem=f"no callflow for {number}")
        return Stop(hard=wanted.hang_up)

    async def _park(self) -> None:
        await self.caller.channel.start_moh()
        try:
            await asyncio.wait({self.caller.ended})
        finally:
            if not self.caller.gone:
                await self._quietly(self.caller.channel.stop_moh())

    async def _hold_music(self, holder: Leg) -> Sequence[str]:
        """Return what is heard while this leg holds: what its phone's documents say."""
        sheet = holder.sheet
        try:
            device = await self._facilities.documents.get(
                self.account.id, "device", sheet.device_id or ""
            )
            if device is not None:
                station = await station_of(self._facilities.documents, self.account, device)
                media_id = station.setting("music_on_hold", "media_id")
            else:
                media_id = text(self.account.doc, "music_on_hold", "media_id")
            return await self._playable(media_id) if media_id is not None else ()
        except StorageError as error:
            logger.warning("call %s: no music on hold: %s", self.id, error)
            return ()

    async def _confirmed(self, leg: Leg) -> bool:
        """Ask whoever answered a forwarded call whether he takes it."""
        media = await self._playable(Prompt(CONFIRM_PROMPT))
        return await confirmed(leg, media, sound_language(self.language))

    async def _playable(self, media: Media) -> list[str]:
        try:
            return await self._resolve((media,), self.language)
        except MediaError as error:
            self.note(media_error=str(error))
            return []
