"""Whom a Dial rings."""

from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from runtime.callflow import Call
from runtime.phones import RingOptions
from runtime.phones.forwarding import Forward, Forwarder, forward_leg
from runtime.phones.merge import section, text
from runtime.pivot.twiml.course import Course
from runtime.pivot.twiml.verbs import Dial, Endpoint, Noun, Number, SipAddress
from runtime.telephony import Target

MAX_TARGETS: Final = 100


async def targets_of(course: Course, verb: Dial) -> list[Target]:
    """Return all that is to be rung, each once; what is left out, and why, is traced."""
    call = course.call
    left_out: dict[str, str] = {}
    found: dict[tuple[str, str | None, str | None], Target] = {}
    options = RingOptions(timeout=verb.seconds if verb.one_by_one else 0)
    for noun in verb.nouns:
        for target in await _rung(call, noun, options, left_out):
            found.setdefault((target.endpoint, target.dial_string, target.user), target)
    if left_out:
        call.note(not_dialled=left_out)
    return list(found.values())[:MAX_TARGETS]


async def _rung(
    call: Call, noun: Noun, options: RingOptions, left_out: dict[str, str]
) -> tuple[Target, ...]:
    match noun:
        case Number(digits=digits):
            target = await _number(call, digits, options)
            if isinstance(target, str):
                left_out[digits] = target
                return ()
            return (target,)
        case Endpoint(kind=kind, id=document_id):
            return (await call.phones_of(kind, document_id, options)).targets
        case SipAddress(uri=uri):
            device_id = await _device_at(call, uri)
            if device_id is None:
                left_out[uri] = f"no device of the account has this address in {call.account.realm}"
                return ()
            return (await call.phones_of("device", device_id, options)).targets


async def _number(call: Call, digits: str, options: RingOptions) -> Target | str:
    """Return the leg to a number, or why the caller may not call it.

    It is a call of its own through the account's callflows, as if the caller's phone had made it.
    """
    number = call.account.normalise(digits)
    match = await call.find(number, allow_no_match=True)
    if (reason := await call.restriction(digits, match)) is not None:
        return reason
    party = call.party
    leg = forward_leg(
        Forwarder(call.account, party.device_id, party.owner_id),
        party,
        options,
        Forward(digits, enabled=True, require_keypress=False, ignore_early_media=False),
    )
    if isinstance(leg, str):
        return leg
    # Whoever answers is not at the caller's phone.
    return replace(leg, name=digits, device_id=None, owner_id=None)


async def _device_at(call: Call, uri: str) -> str | None:
    """Return the device that registers under a SIP address of the account."""
    address = uri.partition(":")[2].partition(";")[0].partition("?")[0]
    user, at, host = address.partition("@")
    realm = call.account.realm
    if not at or not realm or host.partition(":")[0].lower() != realm.lower():
        return None
    username = unquote(user)
    for device in await call.documents_of("device"):
        if text(section(device.doc, "sip"), "username") == username:
            return device.id
    return None
