"""Dial: ring, let them talk, and tell the server what came of it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from runtime.callflow import Call, Outcome, RecordingData, Stop, q850_of_sip
from runtime.errors import ActionError, MediaError
from runtime.pivot.twiml.company import Company
from runtime.pivot.twiml.course import Course, Result
from runtime.pivot.twiml.targets import targets_of
from runtime.pivot.twiml.verbs import Dial
from runtime.telephony import Target, Unanswered

_NOBODY: Final = Unanswered("UNALLOCATED_NUMBER", None)
"""As if there were no such number: of those that are named nobody can be rung."""

_ORIGIN: Final = "callflow : pivot"
_FAILURES: Final = 300
_NO_ANSWER: Final = "NO_ANSWER"
_STATUS: Final = {
    "NORMAL_CLEARING": "completed",
    "ORIGINATOR_CANCEL": "completed",
    "SUCCESS": "completed",
    _NO_ANSWER: "no-answer",
    "USER_BUSY": "busy",
    "CALL_REJECTED": "busy",
}
"""What becomes of the call by the cause with which its dialling ended; of others `failed`."""


async def dial(course: Course, verb: Dial, told: dict[str, Any]) -> Result:
    """Ring, talk, then ask the action if there is one, else go on with the next verb.

    A call that outlasts its time is hung up, as is one that reaches nobody where it is not to go
    on then.
    """
    call = course.call
    if verb.answers:
        await course.answer()
    company = Company(call, verb)
    with _shown(call, verb.caller_id):
        targets = await targets_of(course, verb)
        result = await _connected(call, verb, targets, company) if targets else _NOBODY
    reached = not isinstance(result, Unanswered)
    if isinstance(result, Unanswered):
        status = "no-answer" if result.cause == _NO_ANSWER else "failed"
        call_status = _STATUS.get(result.cause, "failed")
    elif result != Stop():
        return result
    else:
        status = call_status = "completed"
    told["status"] = status
    if company.digits:
        told["digits"] = company.digits
    if company.over_time:
        told["problem"] = f"talked longer than {verb.talk_seconds} s"
        return Stop(hard=True)
    if isinstance(result, Unanswered) and not verb.goes_on:
        sip_status = result.sip_status or 0
        return Stop(q850_of_sip(sip_status) if sip_status >= _FAILURES else None, hard=True)
    course.know(DialCallStatus=status, DialCallSid=company.party_id if reached else None)
    if verb.action is None:
        return None
    digits = {"Digits": company.digits} if company.digits else {}
    return await course.ask(verb.action, verb.method, CallStatus=call_status, **digits)


async def _connected(
    call: Call, verb: Dial, targets: list[Target], company: Company
) -> Unanswered | Outcome:
    async with _recorded(call, on=verb.records), company.beside():
        return await call.connect(
            targets,
            seconds=verb.seconds * (len(targets) if verb.one_by_one else 1),
            one_by_one=verb.one_by_one,
            # Several would talk at the same time; one that says so talks never.
            early_media=(verb.one_by_one or len(targets) == 1)
            and not any(target.ignores_early_media for target in targets),
        )


@contextmanager
def _shown(call: Call, caller_id: str | None) -> Iterator[None]:
    """Show those who are rung this number, if there is one, and those that are rung later not."""
    before = call.party
    if caller_id is not None:
        call.rewrite_caller_id(before.rewritten_name, caller_id)
    try:
        yield
    finally:
        call.rewrite_caller_id(before.rewritten_name, before.rewritten_number)


@asynccontextmanager
async def _recorded(call: Call, *, on: bool) -> AsyncIterator[None]:
    """Record both who talk; what cannot be recorded is traced, and the call goes on."""
    started = False
    if on:
        try:
            await call.start_recording(RecordingData(record_on_bridge=True), origin=_ORIGIN)
            started = True
        except (ActionError, MediaError) as error:
            call.note(recording_error=str(error))
    yield
    if started:
        await call.stop_recording()
