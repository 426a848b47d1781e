"""Who is meant by the members of a ring group, and in which order they ring.

Source of the behaviour: Kazoo's `ring_group` and `group`. Its weighted shuffle is done as intended:
what it ships rings nobody.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from random import Random
from typing import Final, Literal, TypeAlias

from runtime.phones.merge import Doc, is_true, section, text
from runtime.phones.options import RingOptions
from runtime.telephony import Target

RingStrategy = Literal["simultaneous", "single", "weighted_random"]

STANDARD_WEIGHT: Final = 20
LIGHTEST, HEAVIEST = 1, 100

MAX_DEPTH = 10
"""How deeply groups may stand in groups."""

MAX_MEMBERS = 500
"""How many members and groups are looked at for one group."""

_YEAR_0_TO_1970: Final = 62_167_219_200


@dataclass(frozen=True)
class Member:
    """One whom a group rings; `kind` is device, user or group, "" a device or else a user.

    `weight` counts when they ring in random order: the heavier, the earlier. Until `disabled_until`
    (Gregorian seconds) the member is passed over.
    """

    id: str
    kind: str
    options: RingOptions = field(default_factory=RingOptions)
    weight: int = STANDARD_WEIGHT
    disabled_until: int = 0


@dataclass
class Expansion:
    """The devices and users that remain of a group's members, and for the others the reason."""

    members: list[Member] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    seen: int = 0


@dataclass(frozen=True)
class Rung:
    """An endpoint that a group rings, with its member's weight."""

    target: Target
    weight: int


_Who: TypeAlias = tuple[str, str, str | None]

GroupOf = Callable[[str], Awaitable[Doc | None]]
"""From a group's id to its document."""


async def expanded(
    members: Iterable[Member], group_of: GroupOf, now: datetime, *, by_weight: bool
) -> Expansion:
    """Return the devices and users meant by the members, group by group, in order.

    What is in a group rings with the weight of that member; `by_weight`: in order of the weights
    within the group, those without one last. Raises what `group_of` raises.
    """
    found = Expansion()
    for member in members:
        if not member.id:
            continue
        if gregorian(now) < member.disabled_until:
            found.left_out[member.id] = "logged out"
        else:
            await _expand(found, member, group_of, by_weight=by_weight, above=())
    return found


def members_of(group: Doc, like: Member, *, by_weight: bool) -> list[Member]:
    """Return the members of a group's document; what one does not say is as with `like`."""
    said = {
        member_id: doc if isinstance(doc, Mapping) else {}
        for member_id, doc in section(group, "endpoints").items()
    }
    if by_weight:
        said = dict(sorted(said.items(), key=lambda entry: _number(entry[1], "weight", inf)))
    return [_member(member_id, doc, like) for member_id, doc in said.items()]


def in_order(rung: Sequence[Rung], strategy: RingStrategy, random: Random) -> list[Target]:
    """Return the endpoints in the order in which they ring.

    Together: by their delays. One by one: as they stand, or drawn one after the other, each time
    with chances in proportion to the weights.
    """
    match strategy:
        case "simultaneous":
            return sorted((one.target for one in rung), key=lambda target: target.delay)
        case "single":
            return [one.target for one in rung]
        case "weighted_random":
            # The first of several to happen is each one with its share of all their rates.
            drawn = [(random.expovariate(one.weight), one.target) for one in rung]
            return [target for _, target in sorted(drawn, key=lambda entry: entry[0])]


def without_repetition(rung: Sequence[Rung]) -> list[Rung]:
    """Drop what is there twice, with the same delay and time; the later of them stays.

    The same phone with another delay or another time rings again.
    """
    keys = [(*_who(one.target), one.target.delay, one.target.timeout) for one in rung]
    last = {key: place for place, key in enumerate(keys)}
    return [one for place, one in enumerate(rung) if last[keys[place]] == place]


def each_once(rung: Sequence[Rung]) -> list[Rung]:
    """Drop all but the one of each endpoint that rings first."""
    first: dict[_Who, Rung] = {}
    for one in rung:
        known = first.get(_who(one.target))
        if known is None or one.target.delay < known.target.delay:
            first[_who(one.target)] = one
    return [one for one in rung if first[_who(one.target)] is one]


def clamped(weight: int) -> int:
    """Return the nearest weight that there is."""
    return max(LIGHTEST, min(weight, HEAVIEST))


def gregorian(moment: datetime) -> int:
    """Return the seconds since the year 0, in which Kazoo's documents count."""
    return int(moment.timestamp()) + _YEAR_0_TO_1970


async def _expand(
    found: Expansion, member: Member, group_of: GroupOf, *, by_weight: bool, above: tuple[str, ...]
) -> None:
    found.seen += 1
    if found.seen > MAX_MEMBERS:
        found.left_out[member.id] = f"more than {MAX_MEMBERS} members"
    elif member.kind in ("device", "user", ""):
        found.members.append(member)
    elif member.kind != "group":
        found.left_out[member.id] = f"{member.kind}: neither device nor user nor group"
    elif member.id in above:
        found.left_out[member.id] = "group within itself"
    elif len(above) >= MAX_DEPTH:
        found.left_out[member.id] = f"groups in groups, more than {MAX_DEPTH} deep"
    elif (group := await group_of(member.id)) is None:
        found.left_out[member.id] = "unknown group"
    else:
        for inner in members_of(group, member, by_weight=by_weight):
            await _expand(found, inner, group_of, by_weight=by_weight, above=(*above, member.id))


def _member(member_id: str, said: Doc, like: Member) -> Member:
    options = replace(
        like.options,
        delay=_number(said, "delay", like.options.delay),
        timeout=_number(said, "timeout", like.options.timeout),
        can_call_self=like.options.can_call_self or is_true(said, "can_call_self"),
        suppress_clid=like.options.suppress_clid or is_true(said, "suppress_clid"),
        static_invite=text(said, "static_invite") or like.options.static_invite,
    )
    return replace(like, id=member_id, kind=text(said, "type") or "", options=options)


def _number(doc: Doc, key: str, otherwise: float) -> float:
    """Return a number that is not negative, which may stand there as text."""
    try:
        return max(0.0, float(text(doc, key) or ""))
    except ValueError:
        return otherwise


def _who(target: Target) -> _Who:
    return target.name, target.endpoint, target.dial_string
