"""Show a caller id of the caller's choice, and with a list call what he dialled behind its key.

Children: the dialled flow, then `_`, with `list` and `lists`; `_` with `manual` and `static`, and
when there is nothing to dial. Source of the behaviour: Kazoo's `dynamic_cid`, with lists that work
as intended: a key that chooses nothing leaves the caller id as it is. So does what the caller keys
in wrongly: he is told that his usual one is shown.
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
    Media,
    Natural,
    Prompt,
    Stop,
    may_hunt,
)
from runtime.errors import StorageError
from runtime.phones.caller_list import (
    ENTRY,
    LIST,
    CallerIdEntry,
    Choice,
    by_first_digits,
    by_key,
    entries_of,
)

CHILDREN = frozenset("_")

_FIRST_DIGIT = 5.0
_PAUSE = "silence_stream://100"
_ACCEPTED = "tone_stream://%(250,0,440)"
_LISTS = ("list", "lists")
_LEAST_MILLISECONDS = 100

Text = Annotated[str, Field(coerce_numbers_to_str=True)]


class CallerId(KazooModel):
    """A caller id."""

    name: Text = ""
    number: Text = ""


class Data(ActionData):
    """`interdigit_timeout` in ms; below 100 it is in seconds, as Kazoo's schema has it."""

    action: str = "manual"
    id: str | None = None
    idx_name: str | None = None
    caller_id: CallerId = CallerId()
    media_id: str | None = None
    min_digits: Annotated[int, Field(ge=0)] = 10
    max_digits: Natural = 10
    whitelist_regex: str = r"\d+"
    interdigit_timeout: Natural = 2000
    enforce_call_restriction: Flag = True
    permit_custom_callflow: Flag = False


async def handle(call: Call, data: Data) -> Branch | Continue | Stop:
    """Find the caller id, show it, and dial."""
    if data.action in _LISTS and call.capture_group:
        return await _from_list(call, data, call.capture_group)
    if data.action == "static":
        await _show(call, data.caller_id.name, data.caller_id.number)
    else:
        await _show(call, "", await _keyed_in(call, data))
    if number := call.account.normalise(call.capture_group or ""):
        call.redialled(number)
    return Continue()


async def _keyed_in(call: Call, data: Data) -> str:
    """Ask for a number; "" when it cannot be shown."""
    wanted: Media = data.media_id or Prompt("dynamic-cid-enter_cid")
    wait = data.interdigit_timeout
    digits = await call.prompt(
        _PAUSE,
        wanted,
        max_digits=data.max_digits,
        timeout=_FIRST_DIGIT,
        interdigit=wait / 1000 if wait >= _LEAST_MILLISECONDS else wait,
    )
    call.note(digits=digits)
    call.flush_digits()
    if len(digits) < data.min_digits or not may_hunt(digits, data.whitelist_regex, None):
        return ""
    if digits:
        await call.tell(_ACCEPTED)
    return digits


async def _show(call: Call, name: str, number: str) -> None:
    if not number:
        call.note(shown="as usual")
        await call.tell(Prompt("dynamic-cid-invalid_using_default"))
        return
    call.note(shown=[name, number] if name else number)
    await call.become(name or None, number)


async def _from_list(call: Call, data: Data, captured: str) -> Branch | Continue | Stop:
    choice = await _choice(call, data, captured)
    if choice is None:
        await call.tell(Prompt("fault-can_not_be_completed_as_dialed"))
        return Stop()
    if choice.entry is not None:
        await _show(call, choice.entry.name, choice.entry.number)
    elif _by_name(data):
        await _show(call, "", "")
    else:
        call.note(shown="as usual")
    number = call.account.normalise(choice.destination)
    if not number:
        return Continue()
    call.redialled(number)
    match = await call.find(number, allow_no_match=True)
    if match is None or not (match.callflow.is_no_match or data.permit_custom_callflow):
        call.note(problem=f"no callflow for {number} that may be used")
        await call.tell(Prompt("disa-invalid_extension"))
        return Stop()
    if data.enforce_call_restriction:
        reason = await call.restriction(choice.destination)
        if reason is not None:
            await call.refuse(reason)
            return Stop(hard=True)
    call.note(match=match.as_json())
    return Branch(match.callflow)


async def _choice(call: Call, data: Data, captured: str) -> Choice | None:
    """Let the digits choose; None when the call cannot be completed."""
    entries = await _entries(call, data.id)
    if entries is None:
        return None
    if not _by_name(data):
        choice = by_first_digits(entries, captured)
        if choice is None:
            call.note(problem=f"{captured} is shorter than every key of list {data.id}")
        return choice
    key = call.capture_groups.get(data.idx_name or "")
    if key is None:
        call.note(problem=f"nothing was captured as {data.idx_name}")
        return None
    return by_key(entries, key, captured)


async def _entries(call: Call, list_id: str | None) -> list[CallerIdEntry] | None:
    if not list_id:
        call.note(missing="id")
        return None
    try:
        listing = await call.document(LIST, list_id)
        documents = await call.documents_of(ENTRY)
    except StorageError as error:
        call.note(problem=str(error))
        return None
    entries = entries_of(list_id, listing.doc if listing is not None else None, documents)
    if listing is None and not entries:
        call.note(problem=f"there is no list {list_id}")
        return None
    return entries


def _by_name(data: Data) -> bool:
    return data.action == "list" and bool(data.idx_name)
