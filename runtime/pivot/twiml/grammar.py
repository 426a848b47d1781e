"""From an element to the verb that it is."""

from collections.abc import Callable
from typing import Final, Literal

from runtime.callflow import ALL_KEYS
from runtime.errors import PivotError
from runtime.pivot.twiml.attributes import Reading
from runtime.pivot.twiml.dial_grammar import dial_of
from runtime.pivot.twiml.markup import Element
from runtime.pivot.twiml.verbs import (
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Set,
    Sound,
    Verb,
)

LONGEST: Final = 3600
"""Seconds that a pause, or the wait for keys, may last; more counts as that."""
MAX_TEXT: Final = 4000
"""Bytes of a text that are spoken."""
MAX_KEY: Final = 100
MAX_VALUE: Final = 1000
"""Characters of a variable's name and value: they are sent again and again."""

_GENDERS: Final[dict[str, Literal["male", "female"]]] = {
    "man": "male",
    "male": "male",
    "woman": "female",
    "female": "female",
}
_LANGUAGES: Final = {
    "en": "en-us",
    "en-gb": "en-gb",
    "es": "es",
    "fr": "fr",
    "de": "de",
    "it": "it",
}


def verb_of(element: Element) -> Verb:
    """Return the verb; raises PivotError naming the line, what is wrong, and the remedy."""
    read = _VERBS.get(element.name)
    if read is None:
        raise PivotError(
            f"TwiML: line {element.line}: <{element.name[:40]}> is no verb;"
            f" there are {', '.join(_VERBS)}"
        )
    return read(element)


def _say(element: Element) -> Say:
    reading = Reading(element)
    reading.childless()
    text = " ".join(element.text.split())
    return Say(
        line=element.line,
        text=text.encode()[:MAX_TEXT].decode(errors="ignore"),
        gender=reading.choice("voice", _GENDERS, "female"),
        language=reading.choice("language", _LANGUAGES, None),
        loop=reading.integer("loop", 1, least=0),
        stop_on=reading.keys("terminators", ALL_KEYS),
    )


def _play(element: Element) -> Play:
    reading = Reading(element)
    reading.childless()
    url = element.text.strip()
    if not url:
        raise reading.wrong("is empty; write the URL of what is to be played")
    return Play(
        line=element.line,
        url=url,
        loop=reading.integer("loop", 1, least=0),
        stop_on=reading.keys("terminators", ALL_KEYS),
    )


def _pause(element: Element) -> Pause:
    reading = Reading(element)
    reading.childless()
    return Pause(line=element.line, seconds=reading.integer("length", 1, most=LONGEST))


def _gather(element: Element) -> Gather:
    reading = Reading(element)
    most = reading.integer("numDigits", 0)
    return Gather(
        line=element.line,
        action=reading.text("action"),
        method=reading.method,
        seconds=reading.integer("timeout", 5, most=LONGEST),
        finish_on=reading.keys("finishOnKey", frozenset("#")),
        max_digits=most or None,
        sounds=tuple(_sound(child) for child in element.children),
    )


def _sound(element: Element) -> Sound:
    match element.name:
        case "Say":
            return _say(element)
        case "Play":
            return _play(element)
        case "Pause":
            return _pause(element)
        case _:
            raise Reading(element).wrong("not allowed in <Gather>; Say, Play and Pause are")


def _record(element: Element) -> Record:
    reading = Reading(element)
    reading.empty()
    return Record(
        line=element.line,
        action=reading.text("action"),
        method=reading.method,
        silence=reading.integer("timeout", 5),
        finish_on=reading.keys("finishOnKey", ALL_KEYS),
        max_seconds=reading.integer("maxLength", 3600),
        beeps=reading.flag("playBeep", default=True),
        upload_url=reading.text("recordingUrl"),
    )


def _redirect(element: Element) -> Redirect:
    return Redirect(
        line=element.line,
        url=element.text.strip(),
        method=Reading(element).method,
        variables=_variables(element),
    )


def _set(element: Element) -> Set:
    return Set(line=element.line, variables=_variables(element))


def _variables(element: Element) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for child in element.children:
        reading = Reading(child)
        if child.name != "Variable":
            raise reading.wrong(f"not allowed in <{element.name}>; <Variable> is")
        key = reading.text("key")
        if key is None:
            raise reading.wrong("key is missing: name the variable")
        value = child.attributes.get("value", "")
        if len(key) > MAX_KEY or len(value) > MAX_VALUE:
            raise reading.wrong(f"{key[:60]!r}: longer than {MAX_KEY}, or its value {MAX_VALUE}")
        found.append((key, value))
    return tuple(found)


def _hangup(element: Element) -> Hangup:
    reading = Reading(element)
    reading.empty()
    if element.attributes:
        raise reading.wrong(f"must have no attributes, has {', '.join(element.attributes)[:60]}")
    return Hangup(line=element.line)


def _reject(element: Element) -> Reject:
    reading = Reading(element)
    reading.empty()
    busy = reading.choice("reason", {"rejected": False, "busy": True}, default=False)
    return Reject(line=element.line, busy=busy, prompt=reading.text("prompt"))


_VERBS: Final[dict[str, Callable[[Element], Verb]]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _pause,
    "Gather": _gather,
    "Record": _record,
    "Dial": dial_of,
    "Redirect": _redirect,
    "Set": _set,
    "Hangup": _hangup,
    "Reject": _reject,
}
