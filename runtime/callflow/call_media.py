"""What a call says to its caller, and what it hears from him."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from runtime.accounts import Account
from runtime.ari import new_id
from runtime.callflow.facilities import Facilities
from runtime.callflow.trace import Step
from runtime.callflow.typed import DEFAULT, Collections
from runtime.errors import AriError, Gone, MediaError
from runtime.media import Media, Sounds, sound_language
from runtime.telephony import ALL_KEYS, Leg, Recording, collect, completed, discard, play, record

logger = logging.getLogger(__name__)

T = TypeVar("T")

ANSWER_SECONDS = 5.0
BETWEEN_DIGITS_SECONDS = 0.1
PAUSES = {"w": 0.5, "W": 1.0}


@dataclass(frozen=True)
class Passage:
    """One item of a recital: media, the keys that end the whole, and a language of its own."""

    media: Media
    stop_on: frozenset[str] = ALL_KEYS
    language: str | None = None


class CallMedia:
    """The caller's ear, mouth and keys; the base of Call.

    Times are in seconds. Every verb may be cancelled at any await: that is the caller's hangup.
    """

    def __init__(
        self,
        call_id: str,
        facilities: Facilities,
        account: Account,
        caller: Leg,
        language: str,
        after: AsyncExitStack,
    ) -> None:
        self.id = call_id
        self.account = account
        self.caller = caller
        self.language = language
        self.collections = Collections()
        self.answered_at: datetime | None = None
        self._facilities = facilities
        self._after = after
        self._step: Step | None = None
        caller.digits.unclaimed = self.collections.append

    def now(self) -> datetime:
        """Return the time, with its zone."""
        return datetime.now(UTC)

    def local_time(self) -> datetime:
        """Return the time where the account is."""
        return self.now().astimezone(self.account.zone)

    def note(self, **inputs: Any) -> None:
        """Put into the trace what decided the action's outcome."""
        if self._step is not None:
            self._step.inputs.update(inputs)

    async def answer(self) -> bool:
        """Answer the caller; False when it was answered before or cannot be answered now."""
        if self.caller.answered.is_set():
            return False
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.caller.channel.answer(idle=self.caller.idle)
        except Gone:
            raise
        except (AriError, TimeoutError) as error:
            logger.warning("call %s: cannot be answered: %s", self.id, error)
            return False
        self.caller.answered.set()
        self.answered_at = self.now()
        return True

    async def speak_language(self, language: str) -> None:
        """Use another language, such as `fr-ca`, for all that is heard from here on."""
        self.language = language.lower()
        await self.caller.channel.set_variable("CHANNEL(language)", sound_language(self.language))

    # Playing.

    async def play(
        self, *media: Media, stop_on: frozenset[str] = ALL_KEYS, keep_digits: bool = True
    ) -> str | None:
        """Play to the end or to a key of `stop_on`, which is returned.

        An unanswered caller hears it as early media. Keys go to the collection `default` unless
        `keep_digits` is false. Raises MediaError when there is nothing to play.
        """
        uris = await self._resolve(media, self.language)
        key, played = await self._play(
            uris, self.language, stop_on, self.collections.append if keep_digits else None
        )
        if not played:
            raise MediaError(f"Asterisk could not play {', '.join(uris)}")
        return key

    async def recite(self, passages: Sequence[Passage]) -> str | None:
        """Play all as one: a key that ends the passage that plays skips the rest, and is returned.

        Everything is made ready before the first sound. What cannot be played is traced and left
        out. Keys go to the collection `default`.
        """
        groups: list[tuple[frozenset[str], str, list[str]]] = []
        problems: list[str] = []
        for passage in passages:
            language = passage.language or self.language
            try:
                uris = await self._resolve((passage.media,), language)
            except MediaError as error:
                problems.append(str(error))
                continue
            if groups and groups[-1][:2] == (passage.stop_on, language):
                groups[-1][2].extend(uris)
            else:
                groups.append((passage.stop_on, language, uris))
        key: str | None = None
        for stop_on, language, uris in groups:
            if not uris:
                continue
            key, played = await self._play(uris, language, stop_on, self.collections.append)
            if not played:
                problems.append(f"Asterisk could not play {', '.join(uris)}")
            if key is not None:
                break
        if problems:
            self.note(media_error="; ".join(problems))
        return key

    async def tell(self, *media: Media) -> None:
        """Play to the end or to any key, which is dropped; what cannot be played is traced."""
        try:
            await self.play(*media, keep_digits=False)
        except MediaError as error:
            self.note(media_error=str(error))

    async def can_play(self, media: Media) -> bool:
        """Whether there is something to hear for it; why not is traced."""
        try:
            return bool(await self._resolve((media,), self.language))
        except MediaError as error:
            self.note(media_error=str(error))
            return False

    # Keys.

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
            uris = await self._resolve(media, self.language)
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
            language=sound_language(self.language),
        )
        if not collected.prompt_played:
            self.note(media_error=f"Asterisk could not play {', '.join(uris)}")
        return collected.digits

    def flush_digits(self, collection: str = DEFAULT) -> None:
        """Forget a collection; without a name what was typed ahead."""
        self.collections.flush(collection)

    async def send_digits(self, digits: str, *, seconds: float) -> None:
        """Send keys to the caller's phone, each for so many seconds; returns when all are sent.

        `w` is a pause of half a second, `W` of a whole one. One by one, since while it sends them
        Asterisk does nothing else with the channel, and does not even notice a hangup.
        """
        for digit in digits:
            if digit in PAUSES:
                await asyncio.sleep(PAUSES[digit])
            else:
                await self.caller.channel.dtmf(digit, duration=seconds)
                await asyncio.sleep(seconds + BETWEEN_DIGITS_SECONDS)

    # Waiting.

    async def sleep(self, seconds: float, *, keep_digits: bool = False) -> None:
        """Wait; an answered caller hears silence. Digits are dropped unless they are kept."""
        async with self._silence(keep_digits=keep_digits):
            await asyncio.sleep(seconds)

    async def wait_for_hangup(self) -> None:
        """Wait, in silence, until the caller hangs up; keys are dropped."""
        async with self._silence(keep_digits=False):
            await asyncio.wait({self.caller.ended})

    # Recording.

    async def record(
        self,
        *,
        max_seconds: float,
        max_silence: float | None = None,
        stop_on: frozenset[str] = ALL_KEYS,
    ) -> Recording:
        """Record the caller; see `runtime.telephony.record`.

        What is not discarded by then is deleted from Asterisk's disk when the call is over: keep
        it first. Raises MediaError when nothing could be recorded.
        """
        name = new_id("recording")
        self.after_hangup(lambda: discard(self.caller.ari, name))
        return await record(
            self.caller, name, max_seconds=max_seconds, max_silence=max_silence, stop_on=stop_on
        )

    async def play_back(self, recording: Recording) -> str | None:
        """Play a recording to the caller who made it; returns the key that stopped it."""
        return await self.play(Sounds((recording.media,)), keep_digits=False)

    # The end.

    def after_hangup(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do something when the call is over, however it ends; last added is done first."""

        async def done(*_: object) -> None:
            await work()

        self._after.push_async_exit(done)

    async def to_the_end(self, work: Awaitable[T]) -> T:
        """Finish work, such as saving, even when the caller hangs up meanwhile."""
        return await completed(work)

    async def _play(
        self,
        uris: Sequence[str],
        language: str,
        stop_on: frozenset[str],
        heard: Callable[[str], None] | None,
    ) -> tuple[str | None, bool]:
        return await play(
            self.caller, uris, language=sound_language(language), stop_on=stop_on, heard=heard
        )

    async def resolved(self, media: Media, language: str | None) -> list[str]:
        """Return what Asterisk plays (URIs) for it; raises MediaError."""
        return await self._resolve((media,), language or self.language)

    async def _resolve(self, media: Sequence[Media], language: str) -> list[str]:
        uris: list[str] = []
        for one in media:
            uris += await self._facilities.library.resolve(self.account.id, one, language)
        return uris

    @asynccontextmanager
    async def _silence(self, *, keep_digits: bool) -> AsyncIterator[None]:
        silent = self.caller.answered.is_set()
        with self.caller.digits.listen() as dropped:
            if silent:
                await self.caller.channel.start_silence()
            try:
                yield
            finally:
                if silent and not self.caller.gone:
                    await self._quietly(self.caller.channel.stop_silence())
            while keep_digits and not dropped.empty():
                self.collections.append(dropped.get_nowait())

    async def _quietly(self, command: Awaitable[object]) -> None:
        try:
            await command
        except AriError as error:
            logger.debug("call %s: %s", self.id, error)
