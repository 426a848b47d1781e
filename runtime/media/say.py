"""What Kazoo's `say` asks for: numbers, spelling, dates, in Asterisk's words or spoken."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from runtime.media.speech import DEFAULT_VOICE, Voice

MAX_SPELLED: Final = 100
"""Characters that are spelled at most."""


_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Sounds:
    """What Asterisk itself can play: media URIs in order, heard in the language of the call."""

    uris: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A text to be spoken."""

    text: str
    voice: Voice = DEFAULT_VOICE


@dataclass(frozen=True)
class Saying:
    """A text, its type and method as Kazoo names them, and for dates the time it is where heard."""

    text: str
    kind: str = "name_spelled"
    method: str = "pronounced"
    voice: Voice = DEFAULT_VOICE
    now: datetime = _LONG_AGO


def say(saying: Saying) -> Sounds | Text:
    """Return what is heard for it.

    Numbers and spelling are Asterisk's recorded words, which exist in many languages; amounts,
    dates, addresses and ordinals are spoken. `iterated` says digit by digit.
    """
    return _KINDS.get(saying.kind, _spelled)(saying)


def speak(saying: Saying) -> Sounds | Text:
    """Return the same without Asterisk's recorded numbers, which nothing can stop as they play."""
    found = say(saying)
    if isinstance(found, Text) or all(uri.startswith("sound:") for uri in found.uris):
        return found
    return Text(", ".join(map(_word, found.uris)), saying.voice)


def _word(uri: str) -> str:
    kind, _, text = uri.partition(":")
    if kind in ("digits", "characters"):
        return ", ".join(text)
    return text.rpartition("/")[2]


def _spelled(saying: Saying) -> Sounds | Text:
    text = saying.text.strip()[:MAX_SPELLED]
    if not text:
        return Sounds(())
    kind = "digits" if text.isascii() and text.isdigit() else "characters"
    return Sounds((f"{kind}:{text}",))


def _number(saying: Saying) -> Sounds | Text:
    text = saying.text.strip()
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or abs(int(text)) >= 2**31:
        return _spelled(saying)
    if saying.method == "iterated":
        return Sounds((f"digits:{text}",))
    if saying.method == "counted":
        return Text(_ordinal(int(text), saying.voice.language), saying.voice)
    return Sounds((f"number:{int(text)}",))


def _ordinal(number: int, language: str) -> str:
    if not language.startswith("en"):
        return f"{number}."
    tens = abs(number) % 100
    suffix = "th" if 10 < tens < 14 else {1: "st", 2: "nd", 3: "rd"}.get(tens % 10, "th")
    return f"{number}{suffix}"


def _phonetic(saying: Saying) -> Sounds | Text:
    text = saying.text.lower()[:MAX_SPELLED]
    return Sounds(
        tuple(
            f"sound:phonetic/{c}_p" if c.isalpha() else f"sound:digits/{c}"
            for c in text
            if c.isascii() and c.isalnum()
        )
    )


def _spoken(saying: Saying) -> Sounds | Text:
    return _spelled(saying) if saying.method == "iterated" else Text(saying.text, saying.voice)


def _address(saying: Saying) -> Sounds | Text:
    parts = saying.text.strip().split(".")
    if saying.method == "iterated" or not all(re.fullmatch(r"[0-9]{1,3}", p) for p in parts):
        return _spelled(saying)
    uris: list[str] = []
    for part in parts:
        uris += [f"number:{int(part)}", "sound:letters/dot"]
    return Sounds(tuple(uris[:-1]))


def _currency(saying: Saying) -> Sounds | Text:
    found = re.fullmatch(r"\$?(-?[0-9]{1,12})(?:\.([0-9]{1,2}))?", saying.text.strip())
    if found is None:
        return _spoken(saying)
    whole, cents = int(found.group(1)), int((found.group(2) or "0").ljust(2, "0"))
    parts = [_counted(whole, "dollar")] + ([_counted(cents, "cent")] if cents else [])
    return Text(" and ".join(parts), saying.voice)


def _span(saying: Saying) -> Sounds | Text:
    parts = saying.text.strip().split(":")
    if not (1 <= len(parts) <= 3 and all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts)):
        return _spoken(saying)
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    amounts = (
        (seconds // 3600, "hour"),
        (seconds // 60 % 60, "minute"),
        (seconds % 60, "second"),
    )
    told = [_counted(amount, unit) for amount, unit in amounts if amount]
    return Text(", ".join(told) or _counted(0, "second"), saying.voice)


def _counted(amount: int, unit: str) -> str:
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def _moment(form: str) -> Callable[[Saying], Sounds | Text]:
    def speak(saying: Saying) -> Sounds | Text:
        # Seconds since 1970 name a moment; anything else stands for now.
        when = saying.now
        if re.fullmatch(r"[0-9]{5,11}", saying.text.strip()):
            when = datetime.fromtimestamp(int(saying.text), when.tzinfo)
        return Text(when.strftime(form), saying.voice)

    return speak


_DATE, _TIME = "%A, %B %-d, %Y", "%-I:%M %p"

_KINDS: Final[Mapping[str, Callable[[Saying], Sounds | Text]]] = {
    "number": _number,
    "items": _number,
    "persons": _number,
    "messages": _number,
    "currency": _currency,
    "time_measurement": _span,
    "current_date": _moment(_DATE),
    "current_time": _moment(_TIME),
    "current_date_time": _moment(f"{_DATE}, {_TIME}"),
    "short_date_time": _moment(f"%B %-d, {_TIME}"),
    "telephone_number": _spelled,
    "telephone_extension": _spelled,
    "account_number": _spelled,
    "postal_address": _spoken,
    "url": _spoken,
    "e-mail_address": _spoken,
    "ip_address": _address,
    "name_spelled": _spelled,
    "name_phonetic": _phonetic,
}
SAY_KINDS: Final = frozenset(_KINDS)
