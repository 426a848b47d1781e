"""Ringing the members of a group: what `ring_group` and `group` share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import ConfigDict, Field

from runtime.accounts import Document
from runtime.callflow.action import ActionData, Flag, KazooModel
from runtime.callflow.call import Call
from runtime.callflow.outcome import Continue, Outcome
from runtime.callflow.ringing import DEFAULT_SECONDS
from runtime.media.tones import TONE_STREAM
from runtime.phones import RingOptions
from runtime.phones.members import (
    STANDARD_WEIGHT,
    Member,
    RingStrategy,
    Rung,
    clamped,
    each_once,
    expanded,
    in_order,
    members_of,
    without_repetition,
)
from runtime.telephony import Target, Unanswered, sip_key

MAX_REPEATS: Final = 100

UNLIMITED_SECONDS: Final = 40
"""How long a group without a limit of its own may ring."""


class GroupMember(KazooModel):
    """One whom the group rings: a `device`, a `user` or a `group`; times in seconds.

    `disable_until` (Gregorian seconds) is written by `ring_group_toggle`.
    """

    model_config = ConfigDict(extra="allow")

    id: str = ""
    endpoint_type: str = "device"
    delay: int = 0
    timeout: int = DEFAULT_SECONDS
    weight: int = STANDARD_WEIGHT
    disable_until: int = 0
    can_call_self: Flag = False
    suppress_clid: Flag = False
    static_invite: str | None = None
    custom_sip_headers: dict[str, Any] = Field(default_factory=dict)


class Ringtones(KazooModel):
    """Alert-Info for the phones, by where the caller is."""

    internal: str | None = None
    external: str | None = None


class GroupData(ActionData):
    """How the group rings; `timeout` (s) limits each of the `repeats` attempts, 0: 40 s.

    `ignore_forward`: a phone that redirects the call (302) is not followed. `ringback`: what the
    caller hears meanwhile, a tone, a media id or a URL.
    """

    strategy: RingStrategy = "simultaneous"
    timeout: int = DEFAULT_SECONDS
    repeats: int = 1
    ignore_forward: Flag = True
    fail_on_single_reject: Flag = False
    ringback: str | None = None
    ringtones: Ringtones = Ringtones()


def members_in(entries: Sequence[GroupMember | str]) -> list[Member]:
    """Return the members that a node names; of a mere id it is found out what it is."""
    return [
        Member(entry, "", RingOptions(timeout=DEFAULT_SECONDS))
        if isinstance(entry, str)
        else _member(entry)
        for entry in entries
    ]


def members_of_group(group: Document, strategy: RingStrategy) -> list[Member]:
    """Return the devices and users of a group's document, without the groups in it."""
    like = Member(group.id, "group")
    found = members_of(group.doc, like, by_weight=strategy == "single")
    return [member for member in found if member.kind != "group"]


async def ring_members(
    call: Call, members: Sequence[Member], how: GroupData, *, as_group: bool = False
) -> Outcome:
    """Ring until somebody answers and talk, or branch on the failure.

    Each attempt reads the documents, and draws a random order, anew. After the last that nobody
    answered and no child is named after, and at once when there is nobody to ring, `_` runs.

    `as_group`: they are called as one, not as members of a ring group: those who forward direct
    calls only do so, and a phone that is there twice rings once.
    """
    for attempt in range(1, max(1, min(how.repeats, MAX_REPEATS)) + 1):
        targets = await _targets(call, members, how, as_group=as_group)
        call.note(attempts=attempt, order=[target.name for target in targets])
        if not targets:
            break
        together = how.strategy == "simultaneous"
        result = await call.connect(
            targets,
            seconds=how.timeout if how.timeout > 0 else UNLIMITED_SECONDS,
            one_by_one=not together,
            one_reject_ends=how.fail_on_single_reject,
            ringback=_ringback(how.ringback),
            rings_at_once=together and len(targets) > 1,
            early_media=False,
        )
        if not isinstance(result, Unanswered):
            return result
        for key in (result.cause, sip_key(result.sip_status)):
            if key in call.branches:
                return Continue(key)
    return Continue()


def _ringback(media: str | None) -> str | None:
    """Return what is played again and again; a tone, in FreeSWITCH's words, goes on by itself."""
    if not media:
        return None
    if media.startswith("%"):
        media = f"{TONE_STREAM}{media}"
    if media.startswith(TONE_STREAM) and "loops=" not in media:
        media = f"{media};loops=-1"
    return media


async def _targets(
    call: Call, members: Sequence[Member], how: GroupData, *, as_group: bool
) -> list[Target]:
    async def group_of(group_id: str) -> Mapping[str, Any] | None:
        found = await call.document("group", group_id)
        return None if found is None else found.doc

    found = await expanded(members, group_of, call.now(), by_weight=how.strategy == "single")
    if found.left_out:
        call.note(members_left_out=found.left_out)
    rung = [
        one
        for member in found.members
        for one in await _rung(call, member, how, as_group=as_group)
        if one.target.device_id is None or one.target.device_id != call.party.device_id
    ]
    rung = each_once(rung) if as_group else without_repetition(rung)
    return in_order(rung, how.strategy, call.random)


async def _rung(call: Call, member: Member, how: GroupData, *, as_group: bool) -> list[Rung]:
    options = replace(
        member.options,
        direct=as_group,
        follow_redirects=not how.ignore_forward,
        ringtone=how.ringtones.internal if call.internal else how.ringtones.external,
    )
    kind = member.kind
    if not kind:
        kind = "device" if await call.document("device", member.id) is not None else "user"
    phones = await call.phones_of(kind, member.id, options)
    return [Rung(target, clamped(member.weight)) for target in phones.targets]


def _member(entry: GroupMember) -> Member:
    return Member(
        id=entry.id,
        kind=entry.endpoint_type,
        options=RingOptions(
            delay=max(0, entry.delay),
            timeout=max(0, entry.timeout),
            can_call_self=entry.can_call_self,
            suppress_clid=entry.suppress_clid,
            static_invite=entry.static_invite,
            custom_sip_headers=entry.custom_sip_headers,
        ),
        weight=entry.weight,
        disabled_until=entry.disable_until,
    )
