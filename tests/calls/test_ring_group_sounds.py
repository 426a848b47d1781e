"""What the caller of a ring group hears, and what its phones show."""

import asyncio

import pytest

from tests.bells import device
from tests.calls.groups import phones, ring_group
from tests.calls.pbx import Pbx

pytestmark = pytest.mark.asyncio(loop_scope="function")


# What the caller hears, and what the phones show.


@pytest.mark.parametrize(("members", "at_once"), [(("one",), False), (("one", "two"), True)])
async def test_several_phones_are_heard_to_ring_at_once(
    pbx: Pbx, members: tuple[str, ...], *, at_once: bool
) -> None:
    await phones(pbx, *members, rings_after=3)
    await ring_group(pbx, *(device(name, timeout=5) for name in members))
    caller = pbx.dials("2100")
    await asyncio.sleep(1)
    assert caller.is_told_ringing is at_once
    await asyncio.sleep(3)
    assert caller.is_told_ringing
    await caller.hangs_up()


@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
@pytest.mark.parametrize("ringback", ["music", "https://example.com/music.wav"])
async def test_something_else_than_ringing_is_heard(pbx: Pbx, strategy: str, ringback: str) -> None:
    await phones(pbx, "one", answers_after=7, says="one's voice")
    await pbx.home.media_tone("music", seconds=3)
    pbx.house.pages.sounds["https://example.com/music.wav"] = 3
    await ring_group(pbx, device("one"), strategy=strategy, ringback=ringback)
    caller = pbx.dials("2100")
    await caller.hears(ringback, within=1)
    assert not caller.is_answered
    await asyncio.sleep(6.5)
    await caller.hears("one's voice", within=0.7)
    assert caller.heard == [ringback, "one's voice"]
    await caller.hangs_up()


@pytest.mark.parametrize(
    "ringback",
    [
        "%(2000,4000,440,480)",
        "tone_stream://%(2000,4000,440,480)",
        "tone_stream://%(2000,4000,440,480);loops=-1",
    ],
)
async def test_a_tone_for_ringing_goes_on(pbx: Pbx, ringback: str) -> None:
    await phones(pbx, "one", answers_after=15, talks_for=1)
    await ring_group(pbx, device("one"), ringback=ringback)
    caller = pbx.dials("2100")
    await asyncio.sleep(14)
    assert caller.heard == ["440+480/2000,0/4000"]
    await caller.answered(within=1.2)
    await caller.ended()


@pytest.mark.parametrize("ringback", ["gone", "/etc/passwd", "tone_stream://nonsense"])
async def test_what_cannot_be_played_is_the_usual_ringing(pbx: Pbx, ringback: str) -> None:
    await phones(pbx, "one", answers_after=3, talks_for=1)
    await ring_group(pbx, device("one"), ringback=ringback)
    caller = pbx.dials("2100")
    await asyncio.sleep(1)
    assert caller.is_told_ringing
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert trace.steps[0].error is None
    assert (trace.steps[0].inputs or {})["media_error"]


@pytest.mark.parametrize("outside", [False, True])
async def test_a_ringtone_of_the_groups_own(pbx: Pbx, *, outside: bool) -> None:
    known = await phones(pbx, "one", "two")
    tones = {"internal": "device-in", "external": "device-out"}
    doc = {"sip": {"username": "one"}, "ringtones": tones}
    await pbx.home.document("device", "one_phone", doc)
    number = "+15550002100"
    pbx.house.documents.numbers[number] = pbx.home.id
    own = {"internal": "group-in", "external": "group-out"}
    await ring_group(pbx, device("one"), device("two"), number=number, ringtones=own)
    caller = pbx.carrier.dial(number) if outside else pbx.dials(number)
    for phone in known.values():
        line = await phone.rings()
        assert await line.header("Alert-Info") == ("group-out" if outside else "group-in")
    await caller.hangs_up()


async def test_without_one_the_phones_have_their_own(pbx: Pbx) -> None:
    known = await phones(pbx, "one")
    doc = {"sip": {"username": "one"}, "ringtones": {"internal": "device-in"}}
    await pbx.home.document("device", "one_phone", doc)
    await ring_group(pbx, device("one"), ringtones={"external": "group-out"})
    caller = pbx.dials("2100")
    assert await (await known["one"].rings()).header("Alert-Info") == "device-in"
    await caller.hangs_up()


async def test_the_phones_show_the_caller_unless_their_member_says_otherwise(pbx: Pbx) -> None:
    known = await phones(pbx, "one", "two")
    members = [device("one"), device("two", suppress_clid="true")]
    await ring_group(pbx, *members)
    caller = pbx.dials("2100")
    one, two = await known["one"].rings(), await known["two"].rings()
    assert (one.caller_id.name, one.caller_id.number) == ("Bob", "2002")
    assert "2002" not in f"{two.caller_id}"
    await caller.hangs_up()


@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
async def test_what_a_phone_sends_before_it_is_answered_is_not_heard(
    pbx: Pbx, strategy: str
) -> None:
    await phones(pbx, "one", early="please wait", answers_after=5, says="one's voice")
    await ring_group(pbx, device("one"), strategy=strategy)
    caller = pbx.dials("2100")
    await caller.hears("one's voice")
    assert caller.heard == ["one's voice"]
    assert caller.is_told_ringing
    await caller.hangs_up()
