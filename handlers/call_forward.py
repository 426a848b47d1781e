"""Let a user switch, change or hear about his own call forwarding.

Children: `_`; a caller who has neither user nor device is told so, and the flow stops. Source of
the behaviour: Kazoo's `call_forward`. Ours: each change is saved when it is made, where Kazoo saved
only when the menu had ended by hangup; and three useless entries in a row end menu and question.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from runtime.accounts import Document
from runtime.callflow import ActionData, Call, Continue, Prompt, Saying, Stop, say
from runtime.phones.merge import is_true, text

CHILDREN = frozenset("_")

ACTIONS: Final = ("activate", "deactivate", "update", "toggle", "menu")

_SHORTEST, _LONGEST = 3, 20  # digits of a number
_NUMBER_SECONDS, _KEY_SECONDS = 8.0, 5.0
_TRIES = 3
_MOST_ROUNDS = 20  # of the menu, whatever is pressed


class Data(ActionData):
    """What to do; an action that there is not changes nothing."""

    action: Annotated[str, Field(json_schema_extra={"enum": list(ACTIONS)})] | None = None


@dataclass
class Forwarding:
    """The call forwarding of one user or device."""

    call: Call
    document: Document
    enabled: bool
    number: str | None

    @classmethod
    def of(cls, call: Call, document: Document) -> "Forwarding":
        """Read it from the document."""
        doc = document.doc
        return cls(
            call,
            document,
            is_true(doc, "call_forward", "enabled"),
            text(doc, "call_forward", "number"),
        )

    async def save(self) -> None:
        """Write `enabled` and `number`, and nothing else; raises StorageError."""
        change: dict[str, object] = {"enabled": self.enabled}
        if self.number is not None:
            change["number"] = self.number
        kind, name = self.document.kind, self.document.id
        self.call.note(changed=f"{kind} {name}", **change)
        await self.call.to_the_end(self.call.change_document(kind, name, {"call_forward": change}))


async def handle(call: Call, data: Data) -> Continue | Stop:
    """Do what the action says; the number may come with the dialled code."""
    document = await _own_document(call)
    if document is None:
        call.note(missing="neither user nor device of the caller")
        await call.tell(Prompt("cf-not_available"))
        return Stop()
    await call.answer()
    forwarding = Forwarding.of(call, document)
    match data.action:
        case "activate":
            await _activate(forwarding, call.capture_group)
        case "deactivate":
            await _deactivate(forwarding)
        case "update":
            await _update(forwarding, call.capture_group)
        case "toggle":
            await _toggle(forwarding)
        case "menu":
            await _menu(forwarding)
        case _:
            call.note(problem=f"data.action: {data.action!r} is none of {', '.join(ACTIONS)}")
    return Continue()


async def _own_document(call: Call) -> Document | None:
    """Return the one user of the calling device; the device when it has none or several."""
    if call.party.device_id is None:
        return None
    if call.party.owner_id is not None:
        return await call.document("user", call.party.owner_id)
    return await call.document("device", call.party.device_id)


async def _activate(forwarding: Forwarding, number: str | None) -> None:
    if number:
        forwarding.number = number
    elif not await _update(forwarding, None):
        return
    forwarding.enabled = True
    await forwarding.save()
    spoken = say(Saying(forwarding.number or ""))
    await forwarding.call.tell(Prompt("cf-now_forwarded_to"), spoken)


async def _deactivate(forwarding: Forwarding) -> None:
    forwarding.enabled = False
    await forwarding.save()
    await forwarding.call.tell(Prompt("cf-disabled"))


async def _update(forwarding: Forwarding, number: str | None) -> bool:
    """Take the number, or ask for one; False when none came. On or off stays as it is."""
    call = forwarding.call
    if number:
        forwarding.number = number
        await forwarding.save()
        return True
    for _ in range(_TRIES):
        typed = await call.prompt(
            Prompt("cf-enter_number"), max_digits=_LONGEST, timeout=_NUMBER_SECONDS
        )
        if len(typed) >= _SHORTEST:
            forwarding.number = typed
            await forwarding.save()
            await call.tell(Prompt("vm-saved"))
            return True
    call.note(problem=f"no number of {_SHORTEST} digits or more in {_TRIES} tries")
    return False


async def _toggle(forwarding: Forwarding) -> None:
    if forwarding.enabled:
        await _deactivate(forwarding)
    else:
        await _activate(forwarding, forwarding.number or forwarding.call.capture_group)


async def _menu(forwarding: Forwarding) -> None:
    useless = 0
    for _ in range(_MOST_ROUNDS):
        prompt = "cf-enabled_menu" if forwarding.enabled else "cf-disabled_menu"
        key = await forwarding.call.prompt(Prompt(prompt), max_digits=1, timeout=_KEY_SECONDS)
        match key:
            case "1":
                await _toggle(forwarding)
            case "2":
                await _update(forwarding, None)
            case _:
                useless += 1
                if useless == _TRIES:
                    return
                continue
        useless = 0
