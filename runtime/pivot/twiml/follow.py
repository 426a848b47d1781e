"""From document to document, verb by verb, until the call is elsewhere or over."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from runtime.callflow import Branch, Outcome, Stop, q850_of_sip
from runtime.errors import ActionError, DocumentError, MediaError, PivotError, StorageError
from runtime.media import Prompt
from runtime.pivot.session import Document, Flow, Session
from runtime.pivot.twiml.course import MAX_PROBLEM, Course, Result
from runtime.pivot.twiml.dialling import dial
from runtime.pivot.twiml.gathering import gather
from runtime.pivot.twiml.grammar import verb_of
from runtime.pivot.twiml.markup import Element, read
from runtime.pivot.twiml.recording import record
from runtime.pivot.twiml.sounding import pause, play, say
from runtime.pivot.twiml.verbs import (
    Dial,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Set,
    Verb,
)

MAX_IDLE: Final = 1000
"""Verbs in a row that take hardly any time."""
IDLE_SECONDS: Final = 0.1

_UNAVAILABLE: Final = 503
_BUSY: Final = 486


async def follow(session: Session, document: Document) -> Outcome:
    """Do what a TwiML document says, and what those that follow it say.

    Raises PivotError when this one is not TwiML at all. Whatever else is wrong hangs the caller
    up, as the end of a document does, and the trace has the reason.
    """
    call = session.call
    elements = read(document.body)
    try:
        return await _Following(Course(session, document.url)).through(elements)
    except (ActionError, DocumentError, MediaError, PivotError, StorageError) as error:
        call.note(problem=str(error)[:MAX_PROBLEM])
        return Stop(hard=True)


class _Following:
    def __init__(self, course: Course) -> None:
        self._course = course
        self._idle = 0

    async def through(self, elements: Sequence[Element]) -> Outcome:
        """Follow a document, and all that come after it."""
        while True:
            match result := await self._document(elements):
                case None:
                    return Stop(hard=True)
                case Flow(callflow=callflow):
                    return Branch(callflow, returns="earlier")
                case Document(url=url, body=body):
                    self._course.url = url
                    elements = read(body)
                case _:
                    return result

    async def _document(self, elements: Sequence[Element]) -> Result:
        for element in elements:
            verb = verb_of(element)
            told = self._course.begin(verb)
            clock = asyncio.get_running_loop()
            began = clock.time()
            result = await _done(self._course, verb, told)
            if result is not None:
                return result
            self._idle = 0 if clock.time() - began >= IDLE_SECONDS else self._idle + 1
            if self._idle > MAX_IDLE:
                raise PivotError(f"TwiML: more than {MAX_IDLE} verbs in a row that take no time")
        return None


async def _done(course: Course, verb: Verb, told: dict[str, Any]) -> Result:
    """Carry a verb out; `told` takes what came of it, for the trace."""
    match verb:
        case Say():
            await say(course, verb, told)
        case Play():
            await play(course, verb, told)
        case Pause():
            await pause(course, verb)
        case Gather():
            return await gather(course, verb, told)
        case Record():
            return await record(course, verb, told)
        case Dial():
            return await dial(course, verb, told)
        case Redirect():
            await course.answer()
            course.store(verb.variables)
            return await course.ask(verb.url, verb.method)
        case Set():
            await course.answer()
            course.store(verb.variables)
        case Hangup():
            await course.answer()
            return Stop(hard=True)
        case Reject():
            return await _reject(course, verb)
        case _:
            raise PivotError(f"TwiML: line {verb.line}: <{verb.name}> cannot be carried out")
    return None


async def _reject(course: Course, verb: Reject) -> Stop:
    if verb.prompt is not None:
        try:
            await course.call.play(verb.prompt if "/" in verb.prompt else Prompt(verb.prompt))
        except MediaError as error:
            course.cannot_play(error)
    return Stop(q850_of_sip(_BUSY if verb.busy else _UNAVAILABLE), hard=True)
