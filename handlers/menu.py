"""Greet, take digits, and go where they lead.

Children: the digits as they are typed, `timeout`, `max_retries`, `_` when the retries are used up.
Source of the behaviour: Kazoo's `menu`. A child beats an extension that is dialled directly, and
both beat `record_pin`, which lets the caller record the greeting.
"""

from typing import Annotated

from pydantic import Field

from runtime.callflow import (
    ActionData,
    Branch,
    Call,
    Continue,
    Flag,
    KazooModel,
    Milliseconds,
    Natural,
    Outcome,
    Prompt,
    Recording,
    Stop,
    may_hunt,
    parsed,
)
from runtime.errors import MediaError

_BEEP = "tone_stream://%(500,0,440)"
_LONGEST, _SHORTEST, _SILENCE = 300.0, 1.5, 5.0  # seconds of a greeting


class Data(ActionData):
    """The menu document; the interdigit timer (ms) serves when the document has none."""

    id: str | None = None
    interdigit_timeout: Milliseconds = 2000


class MenuMedia(KazooModel):
    """What is played when; true is the standard prompt, false is silence, text is a media id."""

    greeting: str | None = None
    invalid_media: Flag | str = True
    transfer_media: Flag | str = True
    exit_media: Flag | str = True


class Menu(KazooModel):
    """A menu document; timers in milliseconds."""

    name: str = ""
    retries: Natural = 3
    timeout: Milliseconds = 10_000
    interdigit_timeout: Milliseconds | None = None
    max_extension_length: Natural = 4
    hunt: Flag = False
    hunt_allow: str = ""
    hunt_deny: str = ""
    record_pin: Annotated[str, Field(coerce_numbers_to_str=True)] = ""
    allow_record_from_offnet: Flag = False
    media: MenuMedia = MenuMedia()


async def handle(call: Call, data: Data) -> Outcome:
    """Run the menu until a choice is made or the retries are used up."""
    menu = await _menu(call, data)
    await call.answer()
    attempt = 1
    while attempt <= menu.retries:
        digits = await _ask(call, menu, data)
        recording = _may_record(call, menu, digits)
        call.note(digits="record_pin" if recording else digits, attempt=attempt)
        if digits and digits in call.branches:
            return Continue(digits)
        if digits and menu.hunt and (branch := await _hunt(call, menu, digits)) is not None:
            return branch
        if recording:
            if not await _record_greeting(call, menu, data):
                return Stop()
            menu = await _menu(call, data)
            continue
        attempt += 1
        if digits:
            await _say(call, menu.media.invalid_media, "menu-invalid_entry")
        elif "timeout" in call.branches:
            return Continue("timeout")
    return await _give_up(call, menu)


async def _menu(call: Call, data: Data) -> Menu:
    found = await call.document("menu", data.id)
    if found is None:
        # The children still work: Kazoo falls back to its defaults, too.
        call.note(missing=data.id)
        return Menu()
    return parsed(Menu, found)


async def _ask(call: Call, menu: Menu, data: Data) -> str:
    call.flush_digits()
    greeting = menu.media.greeting or Prompt("menu-no_prompt")
    return await call.prompt(
        greeting,
        max_digits=menu.max_extension_length,
        timeout=menu.timeout / 1000,
        interdigit=_interdigit(menu, data),
    )


async def _hunt(call: Call, menu: Menu, digits: str) -> Branch | None:
    if not may_hunt(digits, menu.hunt_allow, menu.hunt_deny):
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
        await call.tell(Prompt("vm-goodbye"))
    return Continue()


async def _say(call: Call, media: bool | str, prompt: str) -> None:  # noqa: FBT001
    if media is not False:
        await call.tell(Prompt(prompt) if media is True else media)


def _interdigit(menu: Menu, data: Data) -> float:
    return (menu.interdigit_timeout or data.interdigit_timeout) / 1000


def _may_record(call: Call, menu: Menu, digits: str) -> bool:
    allowed = call.internal or menu.allow_record_from_offnet
    return bool(menu.record_pin) and digits == menu.record_pin and allowed


async def _record_greeting(call: Call, menu: Menu, data: Data) -> bool:
    """Record until the caller is content, and save; False when it cannot be recorded."""
    while True:
        await call.tell(Prompt("vm-record_greeting"))
        await call.tell(_BEEP)
        try:
            recording = await call.record(max_seconds=_LONGEST, max_silence=_SILENCE)
        except MediaError as error:
            call.note(media_error=str(error))
            return False
        if not await _review(call, menu, data, recording):
            await recording.discard()
        elif recording.seconds < _SHORTEST:
            await recording.discard()
            await call.tell(Prompt("vm-recording_to_short"))
        else:
            await call.to_the_end(_save(call, menu, data, recording))
            await call.tell(Prompt("vm-saved"))
            await call.tell(Prompt("menu-return"))
            return True


async def _review(call: Call, menu: Menu, data: Data, recording: Recording) -> bool:
    """Return True to save it, False to record again; a caller who hangs up loses it."""
    while True:
        call.flush_digits()
        key = await call.prompt(
            Prompt("vm-review_recording"),
            max_digits=1,
            timeout=menu.timeout / 1000,
            interdigit=_interdigit(menu, data),
        )
        match key:
            case "1":
                return True
            case "2":
                await call.play_back(recording)
            case "3":
                return False
            case _:
                continue


async def _save(call: Call, menu: Menu, data: Data, recording: Recording) -> None:
    greeting = menu.media.greeting
    # A URL or a prompt is not ours to replace: the greeting becomes a media document of its own.
    own = greeting if greeting and "/" not in greeting else None
    name = f"{menu.name or data.id} menu greeting"
    caller = call.party.name or call.party.number
    doc = {
        "name": name,
        "description": f"recorded by {caller}",
        "source_type": "menu",
        "source_id": data.id,
        "media_source": "recording",
        "content_type": "audio/wav",
        "streamable": True,
    }
    media_id = await call.keep_recording(recording, own, doc)
    if data.id and own is None:
        await call.change_document("menu", data.id, {"media": {"greeting": media_id}})
    call.note(recorded=media_id, seconds=round(recording.seconds, 1))
