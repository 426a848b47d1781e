"""TwiML's Gather: digits, while something is heard."""

import asyncio

import pytest

from tests.calls.pbx import Pbx
from tests.calls.twiml import BYE, HELLO, NEXT, dials, inputs, request, requests, twiml

pytestmark = pytest.mark.asyncio(loop_scope="function")

NOTHING = "<Say>nothing entered</Say>"


def gather(inside: str = "", **attributes: object) -> str:
    """Return a Gather; its action is at NEXT unless told otherwise."""
    said = "".join(f' {name}="{value}"' for name, value in {"action": NEXT, **attributes}.items())
    return f"<Gather{said}>{inside}</Gather>"


async def at() -> float:
    """Return the time."""
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("inside", ["", f"<Play>{HELLO}</Play>", "<Pause length='2'/>"])
async def test_digits_up_to_the_finishing_key_go_to_the_action(pbx: Pbx, inside: str) -> None:
    caller = await dials(pbx, gather(inside), NOTHING)
    await caller.answered()
    await asyncio.sleep(0.5)
    await caller.presses("12*3#")
    told = await request(pbx, caller)
    assert told["Digits"] == "12*3"
    assert requests(pbx)[0].method == "POST"
    assert caller.heard[-1] == "next one"
    assert (await inputs(pbx, caller))["verbs"][0]["digits"] == "12*3"


async def test_without_an_action_the_document_itself_is_asked(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Gather method='get' numDigits='1'/>", NOTHING)
    for _ in range(3):
        await asyncio.sleep(1)
        await caller.presses("5")
    await asyncio.sleep(1)
    await caller.hangs_up()
    await pbx.trace_of(caller)
    first = pbx.house.web.asked[0]
    assert [(asked.method, asked.url) for asked in requests(pbx)] == [("GET", first.url)] * 3
    assert [asked.query["Digits"] for asked in requests(pbx)] == ["5", "5", "5"]


async def test_the_number_of_digits_ends_it_at_once(pbx: Pbx) -> None:
    caller = await dials(pbx, gather(numDigits=4))
    await caller.answered()
    await asyncio.sleep(0.3)
    began = await at()
    await caller.presses("1234")
    await caller.hears("next one")
    assert await at() - began < 1.2
    assert (await request(pbx, caller))["Digits"] == "1234"


@pytest.mark.parametrize("finish", ["*", "*0"])
async def test_another_finishing_key(pbx: Pbx, finish: str) -> None:
    caller = await dials(pbx, gather(finishOnKey=finish))
    await caller.answered()
    await asyncio.sleep(0.3)
    await caller.presses("1#2*")
    assert (await request(pbx, caller))["Digits"] == "1#2"


async def test_no_finishing_key(pbx: Pbx) -> None:
    caller = await dials(pbx, gather(finishOnKey=""))
    await caller.answered()
    await asyncio.sleep(0.3)
    await caller.presses("1#2*")
    assert (await request(pbx, caller))["Digits"] == "1#2*"


@pytest.mark.parametrize("inside", ["", f"<Play>{HELLO}</Play>"])
@pytest.mark.parametrize("keys", ["", "#"])
async def test_nothing_entered_goes_on_with_the_next_verb(pbx: Pbx, inside: str, keys: str) -> None:
    caller = await dials(pbx, gather(inside), NOTHING)
    await caller.answered()
    await asyncio.sleep(0.3)
    await caller.presses(keys)
    await caller.hears("nothing entered")
    await caller.ended()
    assert requests(pbx) == []


async def test_five_seconds_are_given_after_the_sounds(pbx: Pbx) -> None:
    caller = await dials(pbx, gather(f"<Play>{HELLO}</Play><Pause length='3'/>"), NOTHING)
    await caller.hears(HELLO)
    began = await at()
    await caller.hears("nothing entered", within=20)
    assert await at() - began == pytest.approx(2 + 3 + 5, abs=0.3)


async def test_the_timeout_can_be_chosen(pbx: Pbx) -> None:
    caller = await dials(pbx, gather(timeout=2), NOTHING)
    await caller.answered()
    began = await at()
    await caller.hears("nothing entered")
    assert await at() - began == pytest.approx(2.1, abs=0.2)


async def test_the_time_is_for_all_digits_together(pbx: Pbx) -> None:
    caller = await dials(pbx, gather(timeout=5), NOTHING)
    await caller.answered()
    began = await at()
    for key in "1234":
        await asyncio.sleep(1.5)
        await caller.presses(key)
    told = await request(pbx, caller)
    assert told["Digits"] == "123"
    assert requests(pbx)[0].at - began == pytest.approx(5.1, abs=0.2)


async def test_the_first_digit_ends_the_sounds_and_starts_the_time(pbx: Pbx) -> None:
    sounds = f"<Play>{HELLO}</Play><Say>good day</Say><Play>{BYE}</Play>"
    caller = await dials(pbx, gather(sounds, timeout=3), NOTHING)
    await caller.hears(HELLO)
    await asyncio.sleep(1)
    await caller.presses("1")
    await caller.stops_hearing(HELLO, within=0.3)
    began = await at()
    told = await request(pbx, caller)
    assert told["Digits"] == "1"
    assert requests(pbx)[0].at - began == pytest.approx(3, abs=0.3)
    assert caller.heard == [HELLO, "next one"]


async def test_sounds_are_heard_in_order_as_often_as_they_say(pbx: Pbx) -> None:
    sounds = f"<Say>good day</Say><Play loop='2'>{HELLO}</Play><Say>bye for now</Say>"
    caller = await dials(pbx, gather(sounds), NOTHING)
    await caller.hears("good day")
    await caller.hears(HELLO)
    began = await at()
    await caller.hears("bye for now")
    assert await at() - began == pytest.approx(4, abs=0.3)
    await caller.hears("nothing entered", within=10)


async def test_an_endless_sound_waits_for_a_digit(pbx: Pbx) -> None:
    caller = await dials(pbx, gather(f"<Play loop='0'>{HELLO}</Play>", numDigits=1), NOTHING)
    await asyncio.sleep(300)
    await caller.presses("7")
    assert (await request(pbx, caller))["Digits"] == "7"


async def test_a_digit_in_a_pause_counts(pbx: Pbx) -> None:
    caller = await dials(pbx, gather("<Pause length='60'/>", numDigits=1), NOTHING)
    await asyncio.sleep(30)
    await caller.presses("7")
    assert (await request(pbx, caller))["Digits"] == "7"


async def test_a_sound_that_cannot_be_played_does_not_keep_one_from_typing(pbx: Pbx) -> None:
    gone = "<Play loop='0'>https://app.example/gone.wav</Play>"
    caller = await dials(pbx, gather(f"{gone}<Say>good day</Say>"), NOTHING)
    await caller.hears("good day")
    await caller.presses("1#")
    assert (await request(pbx, caller))["Digits"] == "1"
    assert "404" in (await inputs(pbx, caller))["media_error"]


# What was typed ahead.


async def test_keys_that_ended_sounds_are_the_first_digits(pbx: Pbx) -> None:
    caller = await dials(pbx, f"<Play>{HELLO}</Play>", "<Say>type please</Say>", gather())
    await caller.hears(HELLO)
    await caller.presses("1")
    await caller.hears("type please")
    await caller.presses("2")
    await asyncio.sleep(1)
    await caller.presses("3#")
    assert (await request(pbx, caller))["Digits"] == "123"


async def test_enough_digits_ahead_are_not_waited_for(pbx: Pbx) -> None:
    caller = await dials(pbx, f"<Play>{HELLO}</Play>", gather(numDigits=1))
    await caller.hears(HELLO)
    began = await at()
    await caller.presses("1")
    await caller.hears("next one")
    assert await at() - began < 1
    assert (await request(pbx, caller))["Digits"] == "1"


async def test_a_finishing_key_ahead_ends_it(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Pause length='3'/>", gather(timeout=60))
    await caller.answered()
    await asyncio.sleep(0.5)
    await caller.presses("12#")
    assert (await request(pbx, caller))["Digits"] == "12"


async def test_a_finishing_key_that_skipped_a_sound_ends_nothing_else(pbx: Pbx) -> None:
    caller = await dials(pbx, f"<Play>{HELLO}</Play>", gather(), NOTHING)
    await caller.hears(HELLO)
    await caller.presses("#")
    await asyncio.sleep(1)
    await caller.presses("12#")
    assert (await request(pbx, caller))["Digits"] == "12"


async def test_with_sounds_of_its_own_nothing_is_typed_ahead(pbx: Pbx) -> None:
    caller = await dials(
        pbx, f"<Play>{HELLO}</Play>", gather("<Say>type please</Say>", timeout=2), NOTHING
    )
    await caller.hears(HELLO)
    await caller.presses("1")
    await caller.hears("type please")
    await caller.hears("nothing entered")


async def test_digits_are_sent_once(pbx: Pbx) -> None:
    again = "https://app.example/again"
    more = {NEXT: twiml(f"<Redirect>{again}</Redirect>"), again: twiml("<Hangup/>")}
    caller = await dials(pbx, gather(numDigits=1), more=more)
    await caller.answered()
    await asyncio.sleep(0.5)
    await caller.presses("7")
    await caller.ended()
    await pbx.trace_of(caller)
    first, second = (asked.form for asked in requests(pbx))
    assert first["Digits"] == "7"
    assert not [name for name in second if name.startswith("Digits")]


@pytest.mark.parametrize("pause", [0.0005, 0.001, 0.002, 0.005, 0.02])
async def test_keys_in_quick_succession_all_count(pbx: Pbx, pause: float) -> None:
    caller = await dials(pbx, f"<Play>{HELLO}</Play>", gather(numDigits=6))
    await caller.hears(HELLO)
    await asyncio.sleep(0.5)
    caller.type("123456", seconds=0.0, between=pause)
    assert (await request(pbx, caller))["Digits"] == "123456"
