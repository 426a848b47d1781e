"""Give a caller dial tone, after a PIN if there is one, and dial what he types as an extension.

Children: the dialled flow, then `_`; `_` when the tries for the number are used up. Source of the
behaviour: Kazoo's `disa`; dialling nothing counts as a try. Without a PIN anybody may dial.
"""

from hmac import compare_digest
from typing import Annotated

from pydantic import Field

from runtime.callflow import (
    ActionData,
    Branch,
    Call,
    Continue,
    Flag,
    Media,
    Milliseconds,
    Natural,
    Outcome,
    Prompt,
    Stop,
)
from runtime.phones import account_caller_id, denies

CHILDREN = frozenset("_")

_FIRST_DIGIT = 5.0
_DIALTONE = "tone_stream://%(10000,0,350,440)"
_RINGING = "tone_stream://%(2000,4000,440,480);loops={}"
_LONGEST_PIN = 10


class Data(ActionData):
    """`interdigit` in ms; `retries` are the tries for the PIN, and again for the number."""

    pin: Annotated[str, Field(coerce_numbers_to_str=True)] = ""
    retries: Annotated[int, Field(ge=0)] = 3
    interdigit: Milliseconds = 2000
    max_digits: Natural = 15
    preconnect_audio: str = "dialtone"
    ring_repeat_count: Natural = 1
    use_account_caller_id: Flag = True
    enforce_call_restriction: Flag = False


async def handle(call: Call, data: Data) -> Outcome:
    """Check the PIN, then dial."""
    await call.answer()
    if data.pin and not await _knows_pin(call, data):
        await call.tell(Prompt("disa-retries_exceeded"))
        return Stop()
    for attempt in range(1, data.retries + 1):
        number = await _number(call, data)
        call.note(number=number, attempt=attempt)
        if not number:
            continue
        match = await call.find(number, allow_no_match=True)
        if match is None:
            await call.tell(Prompt("disa-invalid_extension"))
            continue
        if data.enforce_call_restriction and denies(call.account, number):
            call.note(denied=number)
            await call.tell(Prompt("cf-unauthorized_call"))
            return Stop(hard=True)
        await _identify(call, data)
        call.note(match=match.as_json())
        call.redialled(number)
        return Branch(match.callflow)
    return Continue()


async def _knows_pin(call: Call, data: Data) -> bool:
    for attempt in range(1, data.retries + 1):
        typed = await call.prompt(
            Prompt("disa-enter_pin"),
            max_digits=max(_LONGEST_PIN, len(data.pin)),
            timeout=_FIRST_DIGIT,
            interdigit=data.interdigit / 1000,
        )
        if compare_digest(typed.encode(), data.pin.encode()):
            return True
        call.note(wrong_pins=attempt)
        await call.tell(Prompt("disa-invalid_pin"))
    return False


async def _number(call: Call, data: Data) -> str:
    call.flush_digits()
    digits = await call.prompt(
        *_tone(data),
        max_digits=data.max_digits,
        timeout=_FIRST_DIGIT,
        interdigit=data.interdigit / 1000,
    )
    return call.account.normalise(digits)


def _tone(data: Data) -> tuple[Media, ...]:
    match data.preconnect_audio:
        case "dialtone":
            return (_DIALTONE,)
        case "ringing":
            return (_RINGING.format(data.ring_repeat_count),)
        case _:
            return ()


async def _identify(call: Call, data: Data) -> None:
    """Show the account's caller id, or the caller's own, to whoever is rung from here on."""
    if data.use_account_caller_id:
        name, number = account_caller_id(call.account, call.party)
    else:
        name, number = call.party.name, call.party.number
    await call.show_caller_id(name, number)
