"""Dial by name: the caller types the first letters of a name and is connected.

Children: the person's callflow, then `_`; `_` when 0 follows the first key, when the directory is
empty or missing, or when the person's callflow is. Source of the behaviour: Kazoo's `directory`; a
user without both names cannot be found. Two keys are the least that is searched for.
"""

from collections.abc import Sequence

from runtime.callflow import (
    ActionData,
    Branch,
    Call,
    Continue,
    Flag,
    KazooModel,
    Media,
    Outcome,
    Prompt,
    Stop,
    Text,
    parsed,
    voice_of,
)
from runtime.directory import Person, found

CHILDREN = frozenset("_")

_SECONDS = 2.0
_MOST_KEYS = 101
_TRIES = 3
_ROUNDS = 3


class Data(ActionData):
    """The directory document."""

    id: str | None = None


class Directory(KazooModel):
    """A directory document; `min_dtmf` and `max_dtmf` are kept, and not enforced as in Kazoo."""

    sort_by: str = "last_name"
    search_fields: str = "both"
    confirm_match: Flag = False

    @property
    def question(self) -> Prompt:
        """The prompt that asks for the name."""
        if self.search_fields == "both":
            return Prompt("dir-enter_person_name")
        first = self.search_fields.startswith("first")
        return Prompt(f"dir-enter_person_{'first' if first else 'last'}name")


async def handle(call: Call, data: Data) -> Outcome:
    """Ask until somebody is chosen, the caller leaves with 0, or says nothing any more."""
    document = await call.document("directory", data.id)
    if document is None:
        call.note(missing=data.id)
        return Continue()
    directory = parsed(Directory, document)
    await call.answer()
    listed = await call.people(document.id)
    if not listed:
        await call.tell(Prompt("dir-no_results_found"))
        return Continue()
    silences = 0
    while silences < _TRIES:
        call.flush_digits()
        keys = await _ask(call, directory.question, most=_MOST_KEYS)
        call.note(keys=keys)
        if not keys:
            silences += 1
            continue
        silences = 0
        if len(keys) == 1:
            await call.tell(Prompt("dir-specify_minimum"))
            continue
        if keys[1:] == "0":
            return Continue()
        matches = found(
            listed, keys, search_fields=directory.search_fields, sort_by=directory.sort_by
        )
        call.note(found=[person.user_id for person in matches])
        outcome = await _choose(call, directory, matches)
        if outcome is not None:
            return outcome
    await call.tell(Prompt("dir-specify_minimum"))
    await call.tell(Prompt("dir-no_results_found"))
    return Stop()


async def _choose(call: Call, directory: Directory, matches: Sequence[Person]) -> Outcome | None:
    """Let the caller choose; None: he starts over."""
    if not matches:
        await call.tell(Prompt("dir-no_results_found"))
        return None
    if len(matches) > 1:
        return await _one_of(call, matches)
    person = matches[0]
    if directory.confirm_match:
        name = await _name(call, person)
        confirmed = await _ask(call, Prompt("dir-found"), name, Prompt("dir-confirm_menu"))
        if confirmed != "1":
            return None
    return await _connect(call, person)


async def _one_of(call: Call, matches: Sequence[Person]) -> Outcome | None:
    for person in matches:
        match await _about(call, person):
            case "1":
                return await _connect(call, person)
            case "3":
                return None
            case "":
                await call.tell(Prompt("dir-no_more_results"))
                return Stop()
            case _:
                continue
    await call.tell(Prompt("dir-no_more_results"))
    return None


async def _about(call: Call, person: Person) -> str:
    """Say who it is until 1, 2 or 3 is pressed; "" when nothing was in all rounds."""
    name = await _name(call, person)
    while True:
        key = await _ask(call, Prompt("dir-result_number"), name, Prompt("dir-result_menu"))
        for _ in range(_ROUNDS - 1):
            if key:
                break
            key = await _ask(call)
        if key in ("", "1", "2", "3"):
            return key
        await call.tell(Prompt("dir-invalid_key"))


async def _connect(call: Call, person: Person) -> Outcome:
    call.note(chosen=person.user_id)
    callflow = await call.callflow(person.callflow_id)
    if callflow is None:
        call.note(missing=person.callflow_id)
        return Continue()
    return Branch(callflow)


async def _name(call: Call, person: Person) -> Media:
    if person.name_media and await call.can_play(person.name_media):
        return person.name_media
    return Text(person.full_name, voice_of("female", call.language))


async def _ask(call: Call, *media: Media, most: int = 1) -> str:
    return await call.prompt(*media, max_digits=most, timeout=_SECONDS, interdigit=_SECONDS)
