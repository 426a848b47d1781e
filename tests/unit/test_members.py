"""Whom the members of a group stand for, and in which order they ring."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from runtime.phones import RingOptions
from runtime.phones.members import (
    MAX_DEPTH,
    MAX_MEMBERS,
    Expansion,
    Member,
    Rung,
    clamped,
    each_once,
    expanded,
    gregorian,
    in_order,
    members_of,
    without_repetition,
)
from runtime.telephony import Target

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = 60

Groups = Mapping[str, Mapping[str, Any]]


def device(name: str, delay: float = 0, timeout: float = 20, **more: Any) -> Member:
    return Member(name, "device", RingOptions(delay=delay, timeout=timeout), **more)


def group(name: str, delay: float = 0, timeout: float = 20, **more: Any) -> Member:
    return Member(name, "group", RingOptions(delay=delay, timeout=timeout), **more)


def rung(name: str, delay: float = 0, timeout: float = 20, weight: int = 20) -> Rung:
    return Rung(Target(name=name, endpoint=name, delay=delay, timeout=timeout), weight)


async def expand(
    *members: Member, groups: Groups | None = None, by_weight: bool = False
) -> Expansion:
    async def group_of(group_id: str) -> Mapping[str, Any] | None:
        found = (groups or {}).get(group_id)
        return None if found is None else {"endpoints": found}

    return await expanded(members, group_of, NOW, by_weight=by_weight)


def names(found: Expansion) -> list[str]:
    return [member.id for member in found.members]


def order(targets: Sequence[Target]) -> list[str]:
    return [target.name for target in targets]


# Who is meant.


async def test_devices_and_users_stand_for_themselves_in_order() -> None:
    user = Member("alice", "user")
    found = await expand(device("desk"), user, device("lobby"))
    assert found.members == [device("desk"), user, device("lobby")]
    assert found.left_out == {}


async def test_an_empty_id_is_skipped() -> None:
    assert names(await expand(device(""), device("desk"))) == ["desk"]


async def test_what_is_neither_device_nor_user_nor_group_is_left_out() -> None:
    found = await expand(Member("sales", "conference"), device("desk"))
    assert names(found) == ["desk"]
    assert found.left_out == {"sales": "conference: neither device nor user nor group"}


@pytest.mark.parametrize(("until", "rings"), [(-1, True), (0, True), (1, False), (MINUTE, False)])
async def test_a_disabled_member_is_passed_over_until_its_time(until: int, *, rings: bool) -> None:
    member = device("desk", disabled_until=gregorian(NOW) + until)
    found = await expand(member, device("lobby"))
    assert names(found) == (["desk", "lobby"] if rings else ["lobby"])
    assert found.left_out == ({} if rings else {"desk": "logged out"})


def test_kazoos_seconds_count_from_the_year_0() -> None:
    assert gregorian(datetime(1970, 1, 1, tzinfo=UTC)) == 62_167_219_200
    assert gregorian(datetime(2100, 1, 1, tzinfo=UTC)) == 66_269_664_000


async def test_a_group_stands_for_its_members() -> None:
    groups = {"sales": {"desk": {"type": "device"}, "alice": {"type": "user"}}}
    found = await expand(device("lobby"), group("sales"), groups=groups)
    assert [(m.id, m.kind) for m in found.members] == [
        ("lobby", "device"),
        ("desk", "device"),
        ("alice", "user"),
    ]


@pytest.mark.parametrize(
    ("said", "delay", "seconds"),
    [
        ({}, 3, 9),
        ({"delay": 5}, 5, 9),
        ({"timeout": 4}, 3, 4),
        ({"delay": "6", "timeout": "7"}, 6, 7),
        ({"delay": 0, "timeout": 0}, 0, 0),
        ({"delay": -1, "timeout": "soon"}, 0, 9),
        ("a text", 3, 9),
    ],
)
async def test_what_a_member_of_a_group_does_not_say_is_as_for_the_group(
    said: Any, delay: float, seconds: float
) -> None:
    found = await expand(group("sales", 3, 9), groups={"sales": {"desk": said}})
    [member] = found.members
    assert (member.options.delay, member.options.timeout) == (delay, seconds)


async def test_all_in_a_group_have_the_weight_of_the_group() -> None:
    groups = {"sales": {"desk": {"type": "device", "weight": 3}, "lobby": {}}}
    found = await expand(group("sales", weight=70), groups=groups)
    assert [member.weight for member in found.members] == [70, 70]


async def test_one_by_one_the_weights_within_a_group_are_its_order() -> None:
    said = {"b": {"weight": 2}, "none": {}, "c": {"weight": "3"}, "a": {"weight": 1}, "also a": {}}
    said["also a"] = {"weight": 1}
    found = await expand(device("x"), group("sales"), groups={"sales": said}, by_weight=True)
    assert names(found) == ["x", "a", "also a", "b", "c", "none"]
    found = await expand(group("sales"), groups={"sales": said})
    assert names(found) == ["b", "none", "c", "a", "also a"]


async def test_how_a_member_of_a_group_rings() -> None:
    like = Member("sales", "group", RingOptions(suppress_clid=True))
    said = {"desk": {"type": "device", "can_call_self": "true", "static_invite": "77"}}
    [member] = members_of({"endpoints": said}, like, by_weight=False)
    assert member.options == RingOptions(suppress_clid=True, can_call_self=True, static_invite="77")


async def test_a_group_that_does_not_exist_adds_nobody() -> None:
    found = await expand(group("gone"), device("desk"))
    assert names(found) == ["desk"]
    assert found.left_out == {"gone": "unknown group"}


async def test_groups_in_groups() -> None:
    groups = {
        "all": {"sales": {"type": "group", "delay": 4}, "desk": {"type": "device"}},
        "sales": {"alice": {"type": "user"}, "late": {"type": "device", "delay": 9}},
    }
    found = await expand(group("all", 1, 8), groups=groups)
    assert [(m.id, m.options.delay, m.options.timeout) for m in found.members] == [
        ("alice", 4, 8),
        ("late", 9, 8),
        ("desk", 1, 8),
    ]


async def test_a_group_within_itself_rings_once() -> None:
    groups = {
        "a": {"b": {"type": "group"}, "desk": {"type": "device"}},
        "b": {"a": {"type": "group"}, "lobby": {"type": "device"}},
    }
    found = await expand(group("a"), groups=groups)
    assert names(found) == ["lobby", "desk"]
    assert found.left_out == {"a": "group within itself"}


async def test_groups_in_groups_have_an_end() -> None:
    deep = {f"g{i}": {f"g{i + 1}": {"type": "group"}, f"d{i}": {}} for i in range(MAX_DEPTH + 5)}
    found = await expand(group("g0"), groups=deep)
    assert len(found.members) == MAX_DEPTH
    assert found.left_out == {f"g{MAX_DEPTH}": f"groups in groups, more than {MAX_DEPTH} deep"}


async def test_a_thicket_of_groups_is_not_looked_through() -> None:
    inner = {"type": "group"}
    groups = {
        f"{side}{i}": {f"l{i + 1}": inner, f"r{i + 1}": inner} for i in range(9) for side in "lr"
    }
    many: dict[str, Any] = {f"d{i}": {} for i in range(MAX_MEMBERS)}
    found = await expand(group("l0"), group("many"), groups={**groups, "many": many})
    assert found.seen > MAX_MEMBERS
    assert len(found.members) < MAX_MEMBERS


# In which order.


def test_together_they_ring_by_their_delays() -> None:
    all_ = [rung("late", 9), rung("first"), rung("second", 3), rung("also first")]
    assert order(in_order(all_, "simultaneous", Random(1))) == [
        "first",
        "also first",
        "second",
        "late",
    ]


def test_one_by_one_they_ring_as_they_stand() -> None:
    all_ = [rung("late", 9), rung("first"), rung("second", 3)]
    assert order(in_order(all_, "single", Random(1))) == ["late", "first", "second"]


def test_chance_is_in_proportion_to_the_weights() -> None:
    all_ = [rung("ten", weight=10), rung("twenty", weight=20), rung("seventy", weight=70)]
    random = Random(7)
    draws = [tuple(order(in_order(all_, "weighted_random", random))) for _ in range(20_000)]
    first = Counter(draw[0] for draw in draws)
    for name, share in (("ten", 0.1), ("twenty", 0.2), ("seventy", 0.7)):
        assert first[name] / len(draws) == pytest.approx(share, abs=0.015)
    # After the heaviest, the others' chances are to each other as their weights.
    after = Counter(draw[1] for draw in draws if draw[0] == "seventy")
    assert after["twenty"] / after.total() == pytest.approx(2 / 3, abs=0.02)
    assert all(sorted(draw) == ["seventy", "ten", "twenty"] for draw in draws)


def test_the_same_seed_draws_the_same() -> None:
    all_ = [rung(f"phone{i}") for i in range(10)]
    one, other = (order(in_order(all_, "weighted_random", Random(3))) for _ in range(2))
    assert one == other != order(in_order(all_, "weighted_random", Random(4)))


@pytest.mark.parametrize(
    ("weight", "used"), [(-5, 1), (0, 1), (1, 1), (50, 50), (100, 100), (999, 100)]
)
def test_weights_have_bounds(weight: int, used: int) -> None:
    assert clamped(weight) == used


# Who is there twice.


def test_of_two_alike_the_later_stays() -> None:
    first, other, again = rung("desk"), rung("lobby"), rung("desk", weight=50)
    assert without_repetition([first, other, again]) == [other, again]


def test_with_another_delay_or_time_the_same_phone_rings_again() -> None:
    all_ = [rung("desk"), rung("desk", delay=5), rung("desk", timeout=5)]
    assert without_repetition(all_) == all_


def test_each_once_keeps_the_one_that_rings_first() -> None:
    late, soon, same = rung("desk", delay=5), rung("desk", delay=2), rung("desk", delay=2)
    assert each_once([late, rung("lobby"), soon, same]) == [rung("lobby"), soon]
