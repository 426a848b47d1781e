"""Play a list of media, prompts, spoken texts and tones as one.

Children: `_`, also when a key skipped the rest of the list. Source of the behaviour: Kazoo's
`audio_macro` as it is meant: each field of `say` and `tts` counts alone, a text of "0" is said, and
tones sound; `answer`, `loop_count` and the endless ones of Kazoo's schema are not read there, nor
here. It does not answer, and keys go to the digit collection `default`.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from runtime.callflow import (
    ALL_KEYS,
    SAY_KINDS,
    ActionData,
    Call,
    Continue,
    Media,
    Passage,
    Prompt,
    Saying,
    Text,
    say,
    voice_of,
)

CHILDREN = frozenset("_")

_LOUDEST_DB = 40  # from the loudest there is down to hardly heard


class Play(ActionData):
    """A media document, URL or stream."""

    macro: Literal["play"]
    id: str = ""
    terminators: list[str] | None = None


class PromptItem(ActionData):
    """A prompt; any key stops it."""

    macro: Literal["prompt"]
    id: str = ""
    language: str | None = None


class Say(ActionData):
    """A number, spelling, date or address, said as `type` and `method` ask."""

    macro: Literal["say"]
    text: str = ""
    type: str = "name_spelled"
    method: Literal["none", "pronounced", "iterated", "counted"] = "pronounced"
    language: str | None = None
    gender: str | None = None

    @field_validator("type")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in SAY_KINDS:
            raise ValueError(f"must be one of {', '.join(sorted(SAY_KINDS))}")
        return kind


class Tts(ActionData):
    """A text to be spoken."""

    macro: Literal["tts"]
    text: str = ""
    voice: str = "female"
    language: str | None = None
    terminators: list[str] | None = None


Hertz = Annotated[int, Field(ge=1, le=4000)]


class Tone(ActionData):
    """Frequencies (Hz) that sound together for `duration_on` ms; volume in percent."""

    macro: Literal["tone"]
    frequencies: Annotated[tuple[Hertz, ...], Field(max_length=4)] = ()
    duration_on: Annotated[int, Field(ge=0, le=60_000)] = 0
    duration_off: Annotated[int, Field(ge=0, le=60_000)] = 0
    repeat: Annotated[int, Field(ge=0, le=1000)] = 1
    volume: Annotated[int, Field(ge=0, le=100)] | None = None


Item = Annotated[Play | PromptItem | Say | Tts | Tone, Field(discriminator="macro")]


class Data(ActionData):
    """The items; language and terminators are those of items without their own."""

    macros: tuple[Item, ...] = ()
    language: str | None = None
    terminators: list[str] = sorted(ALL_KEYS)


async def handle(call: Call, data: Data) -> Continue:
    """Play them all, or until a key skips the rest."""
    passages = [
        Passage(media, _terminators(item, data), getattr(item, "language", None) or data.language)
        for item in data.macros
        if (media := _media(call, item, data)) is not None
    ]
    key = await call.recite(passages)
    if key is not None:
        call.note(stopped_by=key)
    return Continue()


def _terminators(item: Item, data: Data) -> frozenset[str]:
    if isinstance(item, PromptItem):
        return ALL_KEYS
    own: list[str] | None = getattr(item, "terminators", None)
    return frozenset(data.terminators if own is None else own)


def _media(call: Call, item: Item, data: Data) -> Media | None:
    language = getattr(item, "language", None) or data.language or call.language
    match item:
        case Play(id=media_id):
            return media_id or None
        case PromptItem(id=prompt_id):
            return Prompt(prompt_id) if prompt_id else None
        case Say(text=text, type=kind, method=method):
            voice = voice_of("male" if item.gender == "masculine" else "female", language)
            return say(Saying(text, kind, method, voice, call.local_time()))
        case Tts(text=text):
            return Text(text, voice_of(item.voice, language)) if text else None
        case Tone():
            return _tone(item)


def _tone(item: Tone) -> Media | None:
    if not item.frequencies or not item.duration_on or not item.repeat:
        return None
    loud = "" if item.volume is None else f"v=-{_LOUDEST_DB * (100 - item.volume) // 100};"
    if item.volume == 0:
        loud = "v=-99;"
    hertz = ",".join(map(str, item.frequencies))
    cadence = f"%({item.duration_on},{item.duration_off},{hertz})"
    return f"tone_stream://{loud}{cadence};loops={item.repeat}"
