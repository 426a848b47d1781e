"""TwiML's Record: what the caller says is sent to where the document wants it."""

import asyncio

import pytest

from runtime.simulator import Line
from tests.calls.asking import URL
from tests.calls.pbx import Pbx
from tests.calls.twiml import NEXT, dials, inputs, request, requests, twiml

pytestmark = pytest.mark.asyncio(loop_scope="function")

BEEP = "tone_stream://%(500,0,440)"
NOTHING = "<Say>nothing said</Say>"


def record(**attributes: object) -> str:
    """Return a Record; its action is at NEXT unless told otherwise."""
    said = "".join(f' {name}="{value}"' for name, value in {"action": NEXT, **attributes}.items())
    return f"<Record{said}/>"


async def speaking(pbx: Pbx, *verbs: str, seconds: float = 4) -> Line:
    """Let bob call, hear the beep, and speak for so long."""
    caller = await dials(pbx, *verbs)
    await caller.hears(BEEP)
    await caller.stops_hearing(BEEP, within=1)
    await caller.speaks("bob's message")
    await asyncio.sleep(seconds)
    return caller


async def call_id(pbx: Pbx, caller: Line) -> str:
    """Return the id of a call that is over."""
    return (await pbx.trace_of(caller)).call.id


async def test_a_message_is_put_where_the_action_is(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(), NOTHING)
    await caller.presses("5")
    told = await request(pbx, caller)
    name = f"call_recording_{await call_id(pbx, caller)}.mp3"
    assert told["RecordingUrl"] == f"{NEXT}/{name}"
    assert told["RecordingDuration"] == "4"
    assert told["Digits"] == "5"
    assert caller.heard == [BEEP, "next one"]
    [kept] = await pbx.house.recordings.has(1)
    [parcel] = pbx.house.recordings.parcels
    assert (parcel.method, parcel.content_type) == ("put", "audio/mpeg")
    assert parcel.address.startswith(f"{NEXT}/{name}?")
    assert kept.row.seconds == pytest.approx(4.1, abs=0.2)
    assert {t for each in pbx.house.asterisk.switch.recorded for t in each.said} == {
        "bob's message"
    }


async def test_it_is_not_answered(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(finishOnKey="#", action=""), "<Reject/>", seconds=1)
    assert not caller.is_answered
    await caller.hangs_up()


async def test_without_an_action_the_document_itself_is_asked(pbx: Pbx) -> None:
    caller = await speaking(pbx, "<Record method='get'/>", NOTHING, seconds=2)
    pbx.house.web.answers(URL, twiml("<Say>thank you</Say>"))
    await caller.presses("#")
    await caller.ended()
    await pbx.trace_of(caller)
    [asked] = requests(pbx)
    assert (asked.method, asked.url) == ("GET", URL)
    assert asked.query["RecordingUrl"].startswith(f"{URL}/call_recording_")
    assert caller.heard == [BEEP, "thank you"]


async def test_it_is_put_where_it_says(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(recordingUrl="https://store.example/in"))
    await caller.presses("#")
    told = await request(pbx, caller)
    assert told["RecordingUrl"].startswith("https://store.example/in/call_recording_")
    await pbx.house.recordings.has(1)
    [parcel] = pbx.house.recordings.parcels
    assert parcel.address.startswith(told["RecordingUrl"])


async def test_what_the_action_is_asked_with_is_not_in_the_name(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(action=f"{NEXT}?step=2"))
    await caller.presses("#")
    told = await request(pbx, caller)
    assert told["RecordingUrl"].startswith(f"{NEXT}/call_recording_")
    assert requests(pbx)[0].query == {"step": "2"}


async def test_five_seconds_of_silence_end_it(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(), NOTHING, seconds=3)
    await caller.hushes()
    began = asyncio.get_running_loop().time()
    told = await request(pbx, caller)
    assert requests(pbx)[0].at - began == pytest.approx(5, abs=0.3)
    assert (told["RecordingDuration"], "Digits" in told) == ("3", False)


@pytest.mark.parametrize(("limit", "seconds"), [({}, 5), ({"timeout": 2}, 2)])
async def test_silence_alone_is_nothing_and_the_next_verb_is_heard(
    pbx: Pbx, limit: dict[str, int], seconds: float
) -> None:
    caller = await dials(pbx, record(**limit), NOTHING)
    await caller.hears(BEEP)
    began = asyncio.get_running_loop().time()
    await caller.hears("nothing said", within=10)
    assert asyncio.get_running_loop().time() - began == pytest.approx(0.6 + seconds, abs=0.4)
    await caller.ended()
    assert requests(pbx) == []
    await pbx.nothing_left()
    assert pbx.house.recordings.kept == {}
    assert pbx.house.recordings.parcels == []
    assert (await inputs(pbx, caller))["verbs"][0]["recorded"] is None


async def test_a_short_word_is_something(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(), NOTHING, seconds=0.8)
    await caller.hushes()
    told = await request(pbx, caller)
    assert told["RecordingDuration"] == "1"
    await pbx.house.recordings.has(1)


async def test_silence_that_a_key_ends_is_sent_all_the_same(pbx: Pbx) -> None:
    caller = await dials(pbx, record(), NOTHING)
    await caller.stops_hearing(BEEP, within=2)
    await asyncio.sleep(2)
    await caller.presses("1")
    assert (await request(pbx, caller))["Digits"] == "1"


async def test_only_the_finishing_keys_end_it(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(finishOnKey="#"), seconds=1)
    await caller.presses("1")
    await asyncio.sleep(2)
    await caller.presses("#")
    told = await request(pbx, caller)
    assert (told["RecordingDuration"], told["Digits"]) == ("3", "#")


async def test_it_does_not_become_longer_than_it_may(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(maxLength=6), seconds=0)
    told = await request(pbx, caller)
    assert (told["RecordingDuration"], "Digits" in told) == ("6", False)


async def test_without_a_beep(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Say>speak now</Say>", record(playBeep="false"))
    await caller.hears("speak now")
    await caller.speaks("bob's message")
    await asyncio.sleep(2)
    await caller.presses("#")
    assert "RecordingUrl" in await request(pbx, caller)
    assert caller.heard == ["speak now", "next one"]


async def test_the_hangup_ends_it_and_the_action_is_told(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(), NOTHING, seconds=3)
    await caller.hangs_up()
    told = await request(pbx, caller)
    assert (told["Digits"], told["RecordingDuration"]) == ("hangup", "3")
    assert told["CallStatus"] == "completed"
    assert requests(pbx)[0].method == "POST"
    await pbx.house.recordings.has(1)
    [parcel] = pbx.house.recordings.parcels
    assert parcel.address.startswith(told["RecordingUrl"])
    await pbx.nothing_left()


async def test_a_hangup_during_the_beep_records_nothing(pbx: Pbx) -> None:
    caller = await dials(pbx, record())
    await caller.hears(BEEP)
    await caller.hangs_up()
    await pbx.trace_of(caller)
    await pbx.nothing_left()
    assert requests(pbx) == []


async def test_two_messages_of_one_call_have_names_of_their_own(pbx: Pbx) -> None:
    caller = await speaking(pbx, record(action=""), NOTHING, seconds=1)
    pbx.house.web.answers(URL, twiml(record()))
    await caller.presses("1")
    await asyncio.sleep(3)
    await caller.presses("2")
    await caller.ended()
    await pbx.house.recordings.has(2)
    first, second = pbx.house.recordings.parcels
    assert first.url != second.url
    assert [asked.form["Digits"] for asked in requests(pbx)] == ["1", "2"]
    assert len({asked.form["RecordingUrl"] for asked in requests(pbx)}) == 2


async def test_a_server_that_takes_nothing_is_asked_again(pbx: Pbx) -> None:
    pbx.house.recordings.refuses = True
    caller = await speaking(pbx, record())
    await caller.presses("#")
    await caller.ended()
    await asyncio.sleep(700)
    pbx.house.recordings.refuses = False
    await pbx.house.recordings.has(1, within=700)
    assert pbx.house.recordings.attempts >= 2
    assert len(pbx.house.recordings.parcels) == 1
    await pbx.nothing_left()


async def test_a_destination_that_cannot_be_hangs_up(pbx: Pbx) -> None:
    caller = await dials(pbx, record(recordingUrl="gopher://h/a"), NOTHING)
    await caller.ended()
    assert caller.heard == [BEEP]
    assert "only http and https" in (await inputs(pbx, caller))["problem"]
