"""Greet, take digits, and go where they lead.

Children: the digits as they are typed, `timeout`, `max_retries`, `_` when the retries are used up.
Source of the behaviour: Kazoo's `menu`. A child beats an extension that is dialled directly.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from runtime.callflow import ActionData, Branch, Call, Continue, Flag, Outcome, Prompt
from runtime.errors import DocumentError, MediaError

_QUIET = re2.Options()
_QUIET.log_errors = False

Milliseconds = Annotated[int, Field(ge=1)]


class Data(ActionData):
    """The menu document; the interdigit timer (ms) serves when the document has none."""

    id: str | None = None
    interdigit_timeout: Milliseconds = 2000


class MenuMedia(BaseModel):
    """What is played when; true is the standard prompt, false is silence, text is a media id."""

    model_config = ConfigDict(frozen=True)

    greeting: str | None = None
    invalid_media: Flag | str = True
    transfer_media: Flag | str = True
    exit_media: Flag | str = True


class Menu(BaseModel):
    """A menu document; timers in milliseconds."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    retries: Annotated[int, Field(ge=1)] = 3
    timeout: Milliseconds = 10_000
    interdigit_timeout: Milliseconds | None = None
    max_extension_length: Annotated[int, Field(ge=1)] = 4
    hunt: Flag = False
    hunt_allow: str = ""
    hunt_deny: str = ""
    media: MenuMedia = MenuMedia()

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, doc: object) -> object:
        if isinstance(doc, Mapping):
            return {key: value for key, value in doc.items() if value is not None}
        return doc


async def handle(call: Call, data: Data) -> Outcome:
    """Run the menu until a choice is made or the retries are used up."""
    menu = await _menu(call, data)
    await call.answer()
    for attempt in range(1, menu.retries + 1):
        digits = await _ask(call, menu, data)
        call.note(digits=digits, attempt=attempt)
        if not digits:
            if "timeout" in call.branches:
                return Continue("timeout")
            continue
        if digits in call.branches:
            return Continue(digits)
        if menu.hunt and (branch := await _hunt(call, menu, digits)) is not None:
            return branch
        await _say(call, menu.media.invalid_media, "menu-invalid_entry")
    return await _give_up(call, menu)


async def _menu(call: Call, data: Data) -> Menu:
    found = await call.document("menu", data.id)
    if found is None:
        # The children still work: Kazoo falls back to its defaults, too.
        call.note(missing=data.id)
        return Menu()
    try:
        return Menu.model_validate(dict(found.doc))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DocumentError(f"menu {data.id}: {wrong}") from None


async def _ask(call: Call, menu: Menu, data: Data) -> str:
    call.flush_digits()
    greeting: Any = menu.media.greeting or Prompt("menu-no_prompt")
    return await call.prompt(
        greeting,
        max_digits=menu.max_extension_length,
        timeout=menu.timeout / 1000,
        interdigit=(menu.interdigit_timeout or data.interdigit_timeout) / 1000,
    )


async def _hunt(call: Call, menu: Menu, digits: str) -> Branch | None:
    if menu.hunt_allow and not _matches(menu.hunt_allow, digits, when_bad=False):
        return None
    if menu.hunt_deny and _matches(menu.hunt_deny, digits, when_bad=False):
        return None
    match = await call.find(digits)
    if match is None or match.callflow.is_no_match:
        return None
    call.note(hunted=match.as_json())
    await _say(call, menu.media.transfer_media, "menu-transferring_call")
    call.captured(match)
    return Branch(match.callflow)


async def _give_up(call: Call, menu: Menu) -> Continue:
    await _say(call, menu.media.exit_media, "menu-exit")
    if "max_retries" in call.branches:
        return Continue("max_retries")
    if call.has_default:
        await _say(call, menu.media.transfer_media, "menu-transferring_call")
    else:
        await _say(call, True, "vm-goodbye")  # noqa: FBT003 - the value documents hold
    return Continue()


async def _say(call: Call, media: bool | str, prompt: str) -> None:  # noqa: FBT001
    if media is False:
        return
    try:
        await call.play(Prompt(prompt) if media is True else media, keep_digits=False)
    except MediaError as error:
        call.note(media_error=str(error))


def _matches(pattern: str, digits: str, *, when_bad: bool) -> bool:
    try:
        return re2.compile(pattern, _QUIET).search(digits) is not None
    except re2.error:
        return when_bad
