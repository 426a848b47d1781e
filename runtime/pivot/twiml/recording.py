"""Record: what the caller says is sent to where the document wants it."""

from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from runtime.callflow import RecordingData
from runtime.callflow.call_message import Message
from runtime.errors import MediaError, PivotError
from runtime.pivot.twiml.course import Course, Result
from runtime.pivot.twiml.links import resolved
from runtime.pivot.twiml.verbs import Record

ORIGIN: Final = "callflow : pivot"

_BEEP: Final = "tone_stream://%(500,0,440)"
_HANGUP: Final = "hangup"


async def record(course: Course, verb: Record, told: dict[str, Any]) -> Result:
    """Beep, record, and ask the action; of a caller who says nothing go on with the next verb.

    The server is told of a recording that the caller ended by hanging up, too.
    """
    call = course.call
    if verb.beeps:
        try:
            await call.play(_BEEP, stop_on=frozenset())
        except MediaError as error:
            course.cannot_play(error)
    action = resolved(course.url, verb.action)

    def hung_up(message: Message) -> None:
        told["recorded"] = round(message.seconds, 1)
        values = course.values(**_values(message), Digits=_HANGUP, CallStatus="completed")
        course.session.tell(action, verb.method, values)

    try:
        message = await call.record_message(
            RecordingData(
                format="mp3",
                method="put",
                time_limit=verb.max_seconds,
                url=_destination(course, verb, action),
                record_min_sec=0,
            ),
            origin=ORIGIN,
            max_silence=verb.silence,
            stop_on=verb.finish_on,
            hung_up=hung_up,
        )
    except ValueError as error:
        raise PivotError(f"TwiML: line {verb.line}: <Record>: {error}") from None
    if message is None:
        told["recorded"] = None
        return None
    told["recorded"] = round(message.seconds, 1)
    told["digits"] = message.key
    course.know(**_values(message))
    return await course.ask(action, verb.method, Digits=message.key)


def _values(message: Message) -> dict[str, Any]:
    return {"RecordingUrl": message.url, "RecordingDuration": round(message.seconds)}


def _destination(course: Course, verb: Record, action: str) -> str:
    if verb.upload_url is not None:
        return resolved(course.url, verb.upload_url)
    # What an action is asked with belongs to no file's name.
    return urlunsplit(urlsplit(action)._replace(query="", fragment=""))
