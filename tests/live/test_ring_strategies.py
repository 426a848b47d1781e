"""Five telephones and each ring strategy: who rings when, told by the telephones themselves."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.bells import (
    Due,
    Endpoint,
    Rang,
    assert_rang,
    device,
    due_one_by_one,
    due_together,
    group,
    user,
)
from tests.live.account import node
from tests.live.pbx import Pbx, noted, walked
from tests.live.phones import Phone

NAMES = ("one", "two", "three", "four", "five")

PRECISELY = 0.3
"""Seconds by which a telephone may ring earlier or later than due."""

Phones = dict[str, Phone]


@pytest.fixture
async def five(pbx: Pbx) -> Phones:
    """Connect five telephones of nobody."""
    phones = {name: await pbx.phone(await pbx.home.device(name)) for name in NAMES}
    await asyncio.gather(*(phone.registered() for phone in phones.values()))
    return phones


async def ring_group(pbx: Pbx, *endpoints: Endpoint, **data: Any) -> None:
    """Put a ring group on 2100; nobody's answer leads to the tone «late», others to «nobody»."""
    for tone in ("late", "nobody"):
        await pbx.home.media_tone(tone, seconds=1)
    children = {"NO_ANSWER": node("play", id="late"), "_": node("play", id="nobody")}
    data = {"endpoints": list(endpoints), **data}
    await pbx.home.callflow(numbers=["2100"], flow=node("ring_group", children, **data))


def who_rang(phones: Phones) -> list[Rang]:
    """Return who rang from when to when, in seconds from the first INVITE, by their own clock."""
    rang = [
        (name, line.came_at, line.over_at)
        for name, phone in phones.items()
        for line in phone.lines
        if line.came_at is not None and line.over_at is not None
    ]
    first = min(came for _, came, _ in rang)
    return [
        (name, (came - first).total_seconds(), (over - first).total_seconds())
        for name, came, over in rang
    ]


@pytest.mark.parametrize(
    ("members", "limit"),
    [
        ([Due(name) for name in NAMES], 4),
        ([Due(name, delay) for delay, name in enumerate(NAMES)], 6),
        ([Due("one"), Due("two", 1, 3), Due("three", 1, 1), Due("four", 3, 1), Due("five", 5)], 5),
    ],
    ids=["at once", "a second apart", "times of their own"],
)
async def test_together(pbx: Pbx, five: Phones, members: Sequence[Due], limit: int) -> None:
    await ring_group(pbx, *(member.endpoint for member in members), timeout=limit)
    bob = await pbx.bob.dials("2100")
    await bob.hears("late", within=limit + 5)
    await bob.ended()
    assert_rang(who_rang(five), due_together(members, limit), within=PRECISELY)


@pytest.mark.parametrize(
    ("members", "limit"),
    [
        ([Due(name, 0, 1) for name in NAMES], 20),
        ([Due("three", 0, 2), Due("one", 1, 1), Due("five", 0, 1), Due("two", 2, 1)], 20),
        ([Due("one", 0, 2), Due("two", 1, 1), Due("three", 0, 20), Due("four", 0, 1)], 6),
    ],
    ids=["one after another", "with pauses", "until the limit"],
)
async def test_one_by_one(pbx: Pbx, five: Phones, members: Sequence[Due], limit: int) -> None:
    endpoints = [member.endpoint for member in members]
    await ring_group(pbx, *endpoints, timeout=limit, strategy="single")
    bob = await pbx.bob.dials("2100")
    await bob.hears("late", within=limit + 5)
    await bob.ended()
    assert_rang(who_rang(five), due_one_by_one(members, limit), within=PRECISELY)


async def test_in_random_order(pbx: Pbx, five: Phones) -> None:
    members = [device(name, delay=1, timeout=1, weight=10 * len(name)) for name in NAMES]
    await ring_group(pbx, *members, strategy="weighted_random", timeout=15)
    bob = await pbx.bob.dials("2100")
    await bob.hears("late", within=20)
    await bob.ended()
    drawn = [name.removesuffix("_phone") for name in noted(await pbx.trace_of(bob))["order"]]
    due = [(name, 2.0 * place, 2.0 * place + 1) for place, name in enumerate(drawn)]
    assert sorted(drawn) == sorted(NAMES)
    assert_rang(who_rang(five), due, within=PRECISELY)


async def test_again_and_again(pbx: Pbx, five: Phones) -> None:
    for tone in ("late", "nobody"):
        await pbx.home.media_tone(tone, seconds=1)
    members = [device("one", timeout=1), device("two", delay=1, timeout=1)]
    flow = node("ring_group", {"_": node("play", id="nobody")}, endpoints=members, repeats=3)
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    bob = await pbx.bob.dials("2100")
    await bob.hears("nobody", within=10)
    await bob.ended()
    due = [
        (name, 2.0 * again + delay, 2.0 * again + delay + 1)
        for again in range(3)
        for name, delay in (("one", 0), ("two", 1))
    ]
    assert_rang(who_rang(five), due, within=PRECISELY)


async def test_users_and_groups(pbx: Pbx, five: Phones) -> None:
    await pbx.sql(
        'update documents set doc = doc || \'{"owner_id": "dave"}\''
        " where account_id = $1 and id in ('one_phone', 'two_phone')",
        pbx.home.id,
    )
    await pbx.home.user("dave")
    members = {"three_phone": {"type": "device", "delay": 1}, "more": {"type": "group"}}
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": members})
    more = {"four_phone": {"type": "device", "timeout": 1}, "five_phone": {}}
    await pbx.home.document("group", "more", {"name": "more", "endpoints": more})
    await ring_group(pbx, user("dave", timeout=3), group("sales", delay=2, timeout=2))
    bob = await pbx.bob.dials("2100")
    await bob.hears("late", within=10)
    await bob.ended()
    due = [("one", 0, 3), ("two", 0, 3), ("three", 1, 3), ("four", 2, 3), ("five", 2, 4)]
    assert_rang(who_rang(five), due, within=PRECISELY)


async def test_who_answers_ends_the_ringing_of_all_others(pbx: Pbx, five: Phones) -> None:
    members = [device(name, delay=delay) for delay, name in enumerate(NAMES)]
    await ring_group(pbx, *members)
    bob = await pbx.bob.dials("2100")
    for name in ("one", "two"):
        await five[name].rings()
    three = await five["three"].rings()
    assert not bob.is_answered
    await three.answers()
    await three.speaks("three's voice")
    await bob.hears("three's voice")
    for name in ("one", "two"):
        await five[name].lines[0].ended()
    await bob.hangs_up()
    await three.ended()
    assert not five["four"].lines
    assert not five["five"].lines
    rang = {name: (start, end) for name, start, end in who_rang(five)}
    assert [rang[name][0] for name in ("one", "two", "three")] == pytest.approx([0, 1, 2], abs=0.3)
    assert rang["one"][1] == pytest.approx(rang["two"][1], abs=PRECISELY)
    trace = await pbx.trace_of(bob)
    assert walked(trace) == [("ring_group", None)]
    assert noted(trace)["answered_by"] == "three_phone"


async def test_a_rejection_counts_for_all_when_it_may(pbx: Pbx, five: Phones) -> None:
    await ring_group(pbx, *map(device, NAMES), fail_on_single_reject=True)
    bob = await pbx.bob.dials("2100")
    for name in NAMES:
        await five[name].rings()
    await five["four"].lines[0].rejects(486)
    await bob.hears("nobody")
    await bob.ended()
    ends = [end for _, _, end in who_rang(five)]
    assert max(ends) - min(ends) < PRECISELY


async def test_a_caller_who_gives_up_stops_all_ringing(pbx: Pbx, five: Phones) -> None:
    members = [device(name, delay=2 if name == "five" else 0) for name in NAMES]
    await ring_group(pbx, *members)
    bob = await pbx.bob.dials("2100")
    for name in NAMES[:4]:
        await five[name].rings()
    await bob.hangs_up()
    for name in NAMES[:4]:
        await five[name].lines[0].ended()
    await pbx.nothing_left()
    ends = [end for _, _, end in who_rang(five)]
    assert max(ends) - min(ends) < PRECISELY
    assert not five["five"].lines


async def test_who_is_told_that_another_answered(pbx: Pbx, five: Phones) -> None:
    await pbx.sql(
        "update documents set doc = doc || '{\"ignore_completed_elsewhere\": false}'"
        " where account_id = $1 and id = 'two_phone'",
        pbx.home.id,
    )
    await ring_group(pbx, *map(device, NAMES[:3]))
    bob = await pbx.bob.dials("2100")
    one, two, three = [await five[name].rings() for name in NAMES[:3]]
    await three.answers()
    assert (await two.ended()).cause == 26
    assert (await one.ended()).cause != 26
    await bob.hangs_up()


async def test_the_caller_hears_music_instead_of_ringing(pbx: Pbx, five: Phones) -> None:
    await pbx.home.media_tone("music", seconds=2)
    await ring_group(pbx, *map(device, NAMES), ringback="music")
    bob = await pbx.bob.dials("2100")
    await bob.hears("music")
    assert not bob.is_answered
    one = await five["one"].rings()
    await one.answers()
    await one.speaks("one's voice")
    await bob.hears("one's voice")
    await bob.stops_hearing("music", within=2)
    await bob.hangs_up()


async def test_a_tone_in_freeswitchs_words(pbx: Pbx, five: Phones) -> None:
    pbx.tones.define("own ringing", 950)
    await ring_group(pbx, device("one"), ringback="%(1000,0,950)")
    bob = await pbx.bob.dials("2100")
    await bob.hears("own ringing")
    await (await five["one"].rings()).answers()
    await bob.answered()
    await bob.hangs_up()


async def test_the_phones_show_the_caller_and_ring_as_the_group_says(
    pbx: Pbx, five: Phones
) -> None:
    own = {"internal": "<http://ring>;info=sales", "external": "<http://ring>;info=outside"}
    await ring_group(pbx, device("one"), device("two", suppress_clid=True), ringtones=own)
    bob = await pbx.bob.dials("2100")
    one, two = await five["one"].rings(), await five["two"].rings()
    assert (one.caller_id.name, one.caller_id.number) == ("Bob", "2002")
    assert "2002" not in f"{two.caller_id} {await two.header('From')}"
    assert await one.header("Alert-Info") == own["internal"]
    await bob.hangs_up()


# The group action, and logging in and out.


async def test_a_group_answers_the_caller_before_it_rings(pbx: Pbx, five: Phones) -> None:
    members = {f"{name}_phone": {"type": "device", "delay": d} for d, name in enumerate(NAMES)}
    await pbx.home.document("group", "sales", {"name": "sales", "endpoints": members, "timeout": 6})
    await pbx.home.media_tone("late", seconds=1)
    flow = node("group", {"NO_ANSWER": node("play", id="late")}, id="sales")
    await pbx.home.callflow(numbers=["2100"], flow=flow)
    bob = await pbx.bob.dials("2100")
    await bob.answered()
    await bob.hears("ringback")
    await bob.hears("late", within=10)
    await bob.ended()
    due = [(name, float(delay), 6.0) for delay, name in enumerate(NAMES)]
    assert_rang(who_rang(five), due, within=PRECISELY)


async def test_a_group_with_music_for_ringing(pbx: Pbx, five: Phones) -> None:
    members = {"one_phone": {"type": "device"}}
    doc = {"name": "sales", "endpoints": members, "ringback": "music"}
    await pbx.home.document("group", "sales", doc)
    await pbx.home.media_tone("music", seconds=2)
    await pbx.home.callflow(numbers=["2100"], flow=node("group", id="sales"))
    bob = await pbx.bob.dials("2100")
    await bob.hears("music")
    one = await five["one"].rings()
    await one.answers()
    await one.speaks("one's voice")
    await bob.hears("one's voice")
    await one.hangs_up()
    await bob.ended()


async def test_logging_out_of_a_ring_group_and_in_again(pbx: Pbx) -> None:
    for prompt in ("agent-logged_in", "agent-logged_out", "agent-invalid_choice"):
        await pbx.home.prompt_tone(prompt)
    await pbx.home.media_tone("nobody", seconds=1)
    flow = node("ring_group", {"_": node("play", id="nobody")}, endpoints=[user("alice")])
    await pbx.home.callflow(numbers=["2100"], flow=flow, name="sales")
    for number, action in (("*11", "login"), ("*12", "logout")):
        toggle = node("ring_group_toggle", action=action, callflow_id="sales")
        await pbx.home.callflow(numbers=[number], flow=toggle)
    await pbx.alice.registered()
    alice = await pbx.alice.dials("*12")
    await alice.hears("agent-logged_out")
    await alice.ended()
    bob = await pbx.bob.dials("2100")
    await bob.hears("nobody")
    await bob.ended()
    assert pbx.alice.is_quiet
    alice = await pbx.alice.dials("*11")
    await alice.hears("agent-logged_in")
    await alice.ended()
    bob = await pbx.bob.dials("2100")
    await pbx.alice.rings()
    await bob.hangs_up()
    bob = await pbx.bob.dials("*11")
    await bob.hears("agent-invalid_choice")
    await bob.ended()
    [row] = await pbx.sql(
        "select revision, author from callflow_revisions"
        " where account_id = $1 and callflow_id = 'sales' order by revision desc limit 1",
        pbx.home.id,
    )
    assert row["revision"] == 3
    assert row["author"].startswith("call ")
