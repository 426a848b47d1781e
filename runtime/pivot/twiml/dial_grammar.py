"""From a `Dial` to whom it rings, and how."""

import re
from typing import Final

from runtime.callflow import ALL_KEYS
from runtime.pivot.twiml.attributes import Reading
from runtime.pivot.twiml.markup import Element
from runtime.pivot.twiml.verbs import (
    ENDPOINT_SECONDS,
    NUMBER_SECONDS,
    TALK_SECONDS,
    Dial,
    Endpoint,
    Noun,
    Number,
    SipAddress,
)

MAX_NOUNS: Final = 50
MAX_ID: Final = 100
MAX_DIGITS: Final = 64
LONGEST_RINGING: Final = 600
LONGEST_TALK: Final = 86_400

_STAR: Final = "*"
_NOT_IN_NUMBERS: Final = re.compile(r"[^0-9+]")
_SIP: Final = re.compile(r"sips?:[^\s<>\"]{1,250}", re.IGNORECASE)


def dial_of(element: Element) -> Dial:
    """Return the verb; raises PivotError naming the line, what is wrong, and the remedy."""
    reading = Reading(element)
    nouns = _nouns(reading)
    by_number = len(nouns) == 1 and isinstance(nouns[0], Number)
    strategy = {"simultaneous": False, "single": True}
    return Dial(
        line=element.line,
        nouns=nouns,
        answers=element.text_first,
        action=reading.text("action"),
        method=reading.method,
        seconds=reading.integer(
            "timeout", NUMBER_SECONDS if by_number else ENDPOINT_SECONDS, most=LONGEST_RINGING
        ),
        talk_seconds=reading.integer("timeLimit", TALK_SECONDS, most=LONGEST_TALK),
        caller_id=reading.text("callerId"),
        records=reading.flag("record", default=False),
        hangup_key=_hangup_key(reading),
        one_by_one=reading.choice("strategy", strategy, default=False),
        goes_on=reading.flag("continueOnFail", default=True),
        collects=reading.flag("collect_dtmf", default=False),
    )


def _hangup_key(reading: Reading) -> str | None:
    key = reading.text("hangupOn")
    if key is not None and key not in ALL_KEYS:
        raise reading.wrong(f"hangupOn={key[:20]!r} must be one telephone key, such as *")
    star = _STAR if reading.flag("hangupOnStar", default=False) else None
    return key or star


def _nouns(reading: Reading) -> tuple[Noun, ...]:
    element = reading.element
    text = element.text.strip()
    if not element.children:
        return (_number(reading, text),)
    if text:
        raise reading.wrong("has text beside elements; write the number as a <Number>")
    if len(element.children) > MAX_NOUNS:
        raise reading.wrong(f"rings more than {MAX_NOUNS}")
    return tuple(_noun(child) for child in element.children)


def _noun(element: Element) -> Noun:
    reading = Reading(element)
    reading.childless()
    text = element.text.strip()
    match element.name:
        case "Number":
            return _number(reading, text)
        case "Device" | "User":
            if not 0 < len(text) <= MAX_ID:
                raise reading.wrong(
                    f"{text[:60]!r} is no id; write one of a {element.name.lower()}"
                )
            return Endpoint("device" if element.name == "Device" else "user", text)
        case "Sip":
            if not _SIP.fullmatch(text):
                raise reading.wrong(f"{text[:60]!r} is no SIP address, such as sip:alice@host")
            return SipAddress(text)
        case "Conference":
            raise reading.wrong("there are no conferences here")
        case "Queue":
            raise reading.wrong("there are no queues here")
        case _:
            raise reading.wrong("cannot be dialled; Number, Device, User and Sip can")


def _number(reading: Reading, text: str) -> Number:
    digits = _NOT_IN_NUMBERS.sub("", text)
    if not digits.strip("+") or len(digits) > MAX_DIGITS:
        raise reading.wrong(f"{text[:60]!r} is no number; write its digits")
    return Number(digits)
