"""One caller's run over callflows, and the verbs by which actions touch the world."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from runtime.accounts import Document
from runtime.callflow.facilities import Facilities
from runtime.callflow.lookup import Match
from runtime.callflow.reception import Received
from runtime.callflow.trace import Step
from runtime.callflow.tree import Callflow, Place
from runtime.errors import AriError, Gone, MediaError
from runtime.media import Media
from runtime.phones import Phones, RingOptions, device_targets, user_targets
from runtime.telephony import (
    ALL_KEYS,
    Attempt,
    Leg,
    Talked,
    Target,
    Unanswered,
    collect,
    connect,
    play,
)

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
DEFAULT_DIGITS = "default"

CALL_VARIABLE = "CALLFLOW_CALL"
PLACE_VARIABLE = "CALLFLOW_PLACE"


class Call:
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
        self.id = id
        self.caller = caller
        self.account = received.account
        self.party = received.caller
        self.number = received.normalised
        self.language = received.language
        self.capture_group = received.match.capture
        self.capture_groups = dict(received.match.groups)
        self.collections: dict[str, str] = {}
        self.answered_at: datetime | None = None
        self._facilities = facilities
        self._group = group
        self._after = after
        self._place: Place | None = None
        self._step: Step | None = None
        self._steps = 0
        caller.digits.unclaimed = self.keep_digit

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

    def now(self) -> datetime:
        """Return the time, with its zone."""
        return datetime.now(UTC)

    def note(self, **inputs: Any) -> None:
        """Put into the trace what decided the action's outcome."""
        if self._step is not None:
            self._step.inputs.update(inputs)

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

    # Talking to the caller.

    async def answer(self) -> bool:
        """Answer the caller; False when it was answered before or cannot be answered now."""
        if self.caller.answered.is_set():
            return False
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.caller.channel.answer()
        except Gone:
            raise
        except (AriError, TimeoutError) as error:
            logger.warning("call %s: cannot be answered: %s", self.id, error)
            return False
        self.caller.answered.set()
        self.answered_at = self.now()
        return True

    async def play(
        self, *media: Media, stop_on: frozenset[str] = ALL_KEYS, keep_digits: bool = True
    ) -> str | None:
        """Play to the end or to a key of `stop_on`, which is returned.

        An unanswered caller hears it as early media. Keys go to the collection `default` unless
        `keep_digits` is false. Raises MediaError when there is nothing to play.
        """
        uris = await self._resolve(media)
        key, played = await play(
            self.caller,
            uris,
            language=_asterisk_language(self.language),
            stop_on=stop_on,
            heard=self.keep_digit if keep_digits else None,
        )
        if not played:
            raise MediaError(f"Asterisk could not play {', '.join(uris)}")
        return key

    async def prompt(
        self,
        *media: Media,
        max_digits: int,
        timeout: float,  # noqa: ASYNC109 - the first-digit timer
        interdigit: float = 2.0,
        terminators: frozenset[str] = frozenset("#"),
    ) -> str:
        """Play and collect digits; see `runtime.telephony.collect` for the timers.

        Media that cannot be played is traced and does not keep the caller from typing.
        """
        try:
            uris = await self._resolve(media)
        except MediaError as error:
            self.note(media_error=str(error))
            uris = []
        collected = await collect(
            self.caller,
            uris,
            max_digits=max_digits,
            timeout=timeout,
            interdigit=interdigit,
            terminators=terminators,
            language=_asterisk_language(self.language),
        )
        if not collected.prompt_played:
            self.note(media_error=f"Asterisk could not play {', '.join(uris)}")
        return collected.digits

    def keep_digit(self, digit: str) -> None:
        """Append a digit to the collection `default`, where a later action may find it."""
        self.collections[DEFAULT_DIGITS] = self.collections.get(DEFAULT_DIGITS, "") + digit

    def flush_digits(self) -> None:
        """Forget what was typed ahead."""
        self.collections.pop(DEFAULT_DIGITS, None)

    async def sleep(self, seconds: float, *, keep_digits: bool = False) -> None:
        """Wait; an answered caller hears silence. Digits are dropped unless they are kept."""
        silent = self.caller.answered.is_set()
        with self.caller.digits.listen() as dropped:
            if silent:
                await self.caller.channel.start_silence()
            try:
                await asyncio.sleep(seconds)
            finally:
                if silent and not self.caller.gone:
                    await self._quietly(self.caller.channel.stop_silence())
            while keep_digits and not dropped.empty():
                self.keep_digit(dropped.get_nowait())

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

    # The end.

    def after_hangup(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do something when the call is over, however it ends; last added is done first."""

        async def done(*_: object) -> None:
            await work()

        self._after.push_async_exit(done)

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
                {CALL_VARIABLE: self.id, PLACE_VARIABLE: position}, report=True
            )
        )
        return self._step

    def finish(self, step: Step) -> None:
        """Leave a node; its step goes into the trace."""
        self._facilities.trace.record(step.row())
        self._step = None

    async def _resolve(self, media: Sequence[Media]) -> list[str]:
        uris: list[str] = []
        for one in media:
            uris += await self._facilities.library.resolve(self.account.id, one, self.language)
        return uris

    async def _quietly(self, command: Awaitable[object]) -> None:
        try:
            await command
        except AriError as error:
            logger.debug("call %s: %s", self.id, error)


def _asterisk_language(language: str) -> str:
    """Write `fr-ca` as Asterisk's sound directories do: fr_CA, which falls back to fr."""
    base, _, region = language.partition("-")
    return f"{base}_{region.upper()}" if region else base
