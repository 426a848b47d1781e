"""An office of twenty telephones, and a plan of what happens there, decided by a seed alone."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.live.account import node
from tests.live.pbx import Pbx
from tests.live.phones import Credentials

PHONES: Final = 20
NAMES: Final = tuple(f"clerk{n}" for n in range(PHONES))

_DISTURBED, _AVAILABLE = NAMES[:2], NAMES[2:]
DO_NOT_DISTURB, NO_CALL_WAITING = _DISTURBED
_FORWARDED: Final = {NAMES[2]: NAMES[3], NAMES[4]: NAMES[5]}

TOGETHER, IN_TURN, MENU, NOBODY, CASCADE = "3100", "3101", "3200", "3999", "3300"

REACTIONS: Final = 200
"""How many calls each telephone knows how to react to; then it begins again."""

MIND: Final = ("486 Busy Here", "603 Decline", "480 Temporarily Unavailable")


def number_of(name: str) -> str:
    """Return the number under which one of the office is called."""
    return str(2100 + NAMES.index(name))


@dataclass(frozen=True)
class Hold:
    """Hold, and take the other back after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Blind:
    """Send the other on to a number."""

    number: str


@dataclass(frozen=True)
class Attended:
    """Ask at a number first, so long (s) as one is patient, talk there, and join the two."""

    number: str
    patience: float
    talks: float


Act: TypeAlias = Hold | Blind | Attended


@dataclass(frozen=True)
class Talk:
    """What somebody does in a conversation: each act after a pause (s), then he hangs up."""

    acts: tuple[tuple[float, Act], ...]
    rest: float


@dataclass(frozen=True)
class Reaction:
    """What somebody does whose telephone rings: refuse, answer, or neither.

    `after` so many seconds; nobody is bound to be that fast.
    """

    after: float
    refuses: str | None
    talk: Talk | None


@dataclass(frozen=True)
class Errand:
    """One call: who calls which number, how long (s) he lets it ring, what he does then."""

    caller: str
    number: str
    patience: float
    talk: Talk


@dataclass(frozen=True)
class Plan:
    """All that will be done."""

    errands: tuple[Errand, ...]
    reactions: dict[str, tuple[Reaction, ...]]


def plan(seed: int, calls: int) -> Plan:
    """Decide everything: the same seed, the same plan."""
    chance = random.Random(seed)
    errands = tuple(_errand(chance) for _ in range(calls))
    reactions = {name: tuple(_reaction(chance) for _ in range(REACTIONS)) for name in NAMES}
    return Plan(errands, reactions)


def _errand(chance: random.Random) -> Errand:
    caller = chance.choice(NAMES)
    return Errand(caller, _number(chance, caller), chance.uniform(0.3, 4), _talk(chance))


def _number(chance: random.Random, caller: str | None = None) -> str:
    kinds: dict[Callable[[], str], int] = {
        lambda: number_of(chance.choice([name for name in _AVAILABLE if name != caller])): 62,
        lambda: chance.choice((TOGETHER, IN_TURN)): 12,
        lambda: CASCADE: 5,
        lambda: MENU: 7,
        lambda: number_of(chance.choice(_DISTURBED)): 8,
        lambda: NOBODY: 6,
    }
    [kind] = chance.choices(list(kinds), list(kinds.values()))
    return kind()


def _talk(chance: random.Random) -> Talk:
    count = chance.choices((0, 1, 2), (4, 5, 2))[0]
    acts = tuple((chance.uniform(0, 1.2), _act(chance)) for _ in range(count))
    return Talk(acts, chance.uniform(0, 2.5))


def _act(chance: random.Random) -> Act:
    kind = chance.choices((Hold, Blind, Attended), (4, 3, 4))[0]
    if kind is Hold:
        return Hold(chance.uniform(0, 1))
    if kind is Blind:
        return Blind(_number(chance))
    return Attended(_number(chance), chance.uniform(0.5, 3), chance.uniform(0, 1))


def _reaction(chance: random.Random) -> Reaction:
    after = chance.choice((0.0, chance.uniform(0, 2)))
    kind = chance.choices(("answers", "refuses", "lets it ring"), (75, 15, 10))[0]
    refuses = chance.choice(MIND) if kind == "refuses" else None
    return Reaction(after, refuses, _talk(chance) if kind == "answers" else None)


async def furnish(pbx: Pbx) -> dict[str, Credentials]:
    """Put the office's people, telephones and numbers into the account."""
    home = pbx.home
    phones = {}
    for name in NAMES:
        more: dict[str, object] = {}
        if name == DO_NOT_DISTURB:
            more["do_not_disturb"] = {"enabled": True}
        if name in _FORWARDED:
            number = number_of(_FORWARDED[name])
            more["call_forward"] = {"enabled": True, "number": number, "require_keypress": False}
        await home.user(name, **more)
        waiting = {"call_waiting": {"enabled": name != NO_CALL_WAITING}}
        phones[name] = await home.device(name, user=name, number=number_of(name), **waiting)
        await home.callflow(numbers=[number_of(name)], flow=node("user", id=name, timeout=4))
    await home.media_tone("welcome", seconds=1)
    await home.menu("main", greeting="welcome", timeout=500, retries=1)
    members = _AVAILABLE[5:13]
    for number, strategy, names in (
        (TOGETHER, "simultaneous", members[:4]),
        (IN_TURN, "single", members[4:]),
    ):
        await home.callflow(numbers=[number], flow=_group(strategy, names))
    someone = node("user", id=_AVAILABLE[-1], timeout=3)
    await home.callflow(
        numbers=[MENU], flow=node("menu", {"timeout": someone, "_": someone}, id="main")
    )
    nobody = node("play", id="welcome")
    second = node("user", {"_": nobody}, id=_AVAILABLE[-3], timeout=2)
    first = node("user", {"_": second}, id=_AVAILABLE[-2], timeout=1)
    await home.callflow(numbers=[CASCADE], flow=first)
    return phones


def _group(strategy: str, names: Sequence[str]) -> dict[str, object]:
    endpoints = [{"id": name, "endpoint_type": "user", "delay": 0, "timeout": 2} for name in names]
    return node("ring_group", endpoints=endpoints, strategy=strategy, timeout=5)
