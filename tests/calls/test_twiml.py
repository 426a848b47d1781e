"""TwiML: what is heard, where documents lead, and how they end."""

import asyncio

import pytest

from runtime.pivot.twiml.course import MAX_VARIABLES
from runtime.simulator import Reply
from tests.calls.account import node
from tests.calls.asking import URL, dialled
from tests.calls.pbx import Pbx, walked
from tests.calls.twiml import HELLO, NEXT, dials, inputs, request, requests, twiml

pytestmark = pytest.mark.asyncio(loop_scope="function")

SAY = "<Say>good day</Say>"


# What is heard.


async def test_verbs_are_heard_in_order_and_the_end_of_the_document_hangs_up(pbx: Pbx) -> None:
    caller = await dials(pbx, SAY, f"<Play>{HELLO}</Play>", "<Say>that is all</Say>")
    await caller.answered()
    end = await caller.ended()
    assert end.cause == 16
    assert caller.heard == ["good day", HELLO, "that is all"]
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("pivot", None)]
    assert trace.steps[0].outcome == "hangup"
    assert (await inputs(pbx, caller))["verbs"] == [
        {"verb": "Say", "line": 2},
        {"verb": "Play", "line": 3},
        {"verb": "Say", "line": 4},
    ]


@pytest.mark.parametrize("body", ["<Response/>", "<Response></Response>", "<Response> </Response>"])
async def test_an_empty_document_hangs_up(pbx: Pbx, body: str) -> None:
    caller = await dialled(pbx, Reply(body, kind="text/xml"))
    await caller.ended()
    assert caller.heard == []
    assert not caller.is_answered


async def test_return_stacks_do_not_outlive_a_document(pbx: Pbx) -> None:
    flow = node("callflow", {"_": node("play", id="no")}, id="main")
    await pbx.home.callflow(numbers=["2500"], flow=flow, name="outer")
    await dials(pbx, SAY)
    caller = pbx.alice.dial("2500")
    await caller.ended()
    assert caller.heard == ["good day"]


@pytest.mark.parametrize("verb", ["<Say loop='3'>good day</Say>", f"<Play loop='3'>{HELLO}</Play>"])
async def test_a_loop_counts(pbx: Pbx, verb: str) -> None:
    caller = await dials(pbx, verb)
    await caller.answered()
    began = asyncio.get_running_loop().time()
    await caller.ended()
    once = 2.0 if "Play" in verb else 0.06 * len("good day")
    assert asyncio.get_running_loop().time() - began == pytest.approx(3 * once, abs=0.5)


@pytest.mark.parametrize("verb", ["<Say loop='0'>good day</Say>", f"<Play loop='0'>{HELLO}</Play>"])
async def test_a_loop_of_zero_goes_on_until_the_hangup(pbx: Pbx, verb: str) -> None:
    caller = await dials(pbx, verb, "<Say>never heard</Say>")
    await caller.answered()
    await asyncio.sleep(600)
    await caller.hangs_up()
    assert caller.heard == ["good day" if "Say" in verb else HELLO]
    await pbx.nothing_left()


@pytest.mark.parametrize("verb", ["<Say loop='0'></Say>", "<Say loop='0'> \n </Say>"])
async def test_no_text_is_nothing_to_say_and_no_endless_loop(pbx: Pbx, verb: str) -> None:
    caller = await dials(pbx, verb, SAY)
    await caller.ended()
    assert caller.heard == ["good day"]


async def test_a_sound_of_no_length_takes_a_moment_each_time(pbx: Pbx) -> None:
    caller = await dials(pbx, f"<Play loop='0'>{HELLO}</Play>")
    pbx.house.pages.sounds[HELLO] = 0.0
    await caller.answered()
    await asyncio.sleep(10)
    await caller.hangs_up()
    await pbx.nothing_left()
    ended = [e for e in pbx.house.asterisk.wire.log if e["type"] == "PlaybackFinished"]
    assert 10 < len(ended) <= 101


@pytest.mark.parametrize("keys", ["1", "#", "*"])
async def test_any_key_ends_one_time_only(pbx: Pbx, keys: str) -> None:
    caller = await dials(pbx, f"<Play loop='2'>{HELLO}</Play>", SAY)
    await caller.hears(HELLO)
    began = asyncio.get_running_loop().time()
    await caller.presses(keys)
    await caller.hears("good day")
    assert asyncio.get_running_loop().time() - began == pytest.approx(2.1, abs=0.3)
    told = (await inputs(pbx, caller))["verbs"]
    assert told[0] == {"verb": "Play", "line": 2, "keys": keys}


async def test_only_the_terminators_end_it(pbx: Pbx) -> None:
    caller = await dials(pbx, f"<Play terminators='12#'>{HELLO}</Play>", SAY)
    await caller.hears(HELLO)
    await caller.presses("3")
    await asyncio.sleep(0.5)
    assert "good day" not in caller.heard
    await caller.presses("2")
    await caller.stops_hearing(HELLO, within=0.3)
    await caller.hears("good day")


@pytest.mark.parametrize(
    ("attributes", "voice"),
    [
        ("", "female/en-us"),
        ("voice='man'", "male/en-us"),
        ("voice='woman' language='en-gb'", "female/en-gb"),
        ("language='en'", "female/en-us"),
        ("voice='male' language='fr'", "male/fr"),
    ],
)
async def test_a_voice_and_a_language(pbx: Pbx, attributes: str, voice: str) -> None:
    caller = await dials(pbx, f"<Say {attributes}>hello you</Say>")
    await caller.ended()
    await pbx.home.callflow(numbers=["2500"], flow=node("tts", text="hello you", voice=voice))
    other = pbx.alice.dial("2500")
    await other.ended()
    log = pbx.house.asterisk.wire.log
    played = [e["playback"]["media_uri"] for e in log if e["type"] == "PlaybackStarted"]
    # The same text by another voice would be another file.
    assert len(played) == 2
    assert played[0] == played[1]


async def test_a_long_text_is_spoken_up_to_4000_bytes(pbx: Pbx) -> None:
    caller = await dials(pbx, f"<Say>{'ten bytes ' * 500}</Say>")
    await caller.answered()
    began = asyncio.get_running_loop().time()
    await caller.ended(within=600)
    seconds = asyncio.get_running_loop().time() - began
    assert seconds == pytest.approx(0.06 * 4000, abs=2)


async def test_what_cannot_be_played_is_told_and_the_rest_is_heard(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Play loop='0'>https://app.example/gone.wav</Play>", SAY)
    await caller.ended()
    assert caller.heard == ["good day"]
    told = (await inputs(pbx, caller))["verbs"][0]
    assert told["media_error"] == "https://app.example/gone.wav: 404 Not Found"


async def test_a_relative_url_is_played(pbx: Pbx) -> None:
    pbx.house.pages.sounds["https://app.example/voice/sounds/a.wav"] = 1.0
    caller = await dials(pbx, "<Play>sounds/a.wav</Play>")
    await caller.hears("https://app.example/voice/sounds/a.wav")


async def test_a_pause_answers_and_is_silent(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Pause length='7'/>", SAY)
    await caller.answered()
    await caller.silence(6.9)
    await caller.hears("good day", within=0.5)


async def test_a_pause_is_a_second(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Pause/>", SAY)
    await caller.answered()
    await caller.silence(0.95)
    await caller.hears("good day", within=0.5)


# Where documents lead.


@pytest.mark.parametrize("url", [NEXT, "../next", "./../next"])
async def test_a_redirect(pbx: Pbx, url: str) -> None:
    caller = await dials(pbx, f"<Redirect>{url}</Redirect>", "<Say>never heard</Say>")
    told = await request(pbx, caller)
    assert caller.heard == ["next one"]
    assert requests(pbx)[0].method == "POST"
    assert (told["CallStatus"], told["Direction"]) == ("in-progress", "inbound")


async def test_a_redirect_by_get(pbx: Pbx) -> None:
    caller = await dials(pbx, f"<Redirect method='GET'>{NEXT}?step=2</Redirect>")
    told = await request(pbx, caller)
    assert requests(pbx)[0].method == "GET"
    assert told["step"] == "2"


async def test_links_are_relative_to_the_document_they_are_in(pbx: Pbx) -> None:
    more = {
        "https://app.example/deep/a.php": twiml("<Redirect>b.php</Redirect>"),
        "https://app.example/deep/b.php": twiml(SAY),
    }
    caller = await dials(pbx, "<Redirect>../deep/a.php</Redirect>", more=more)
    await caller.ended()
    assert caller.heard == ["good day"]


async def test_a_redirect_to_itself_ends(pbx: Pbx) -> None:
    caller = await dials(pbx, "<Redirect/>")
    await caller.ended(within=60)
    assert "request_limit" in (await inputs(pbx, caller))["problem"]
    assert {request.url for request in requests(pbx)} == {URL}


async def test_a_later_answer_may_be_a_callflow(pbx: Pbx) -> None:
    more = {NEXT: Reply(node("play", id="yes"))}
    caller = await dials(pbx, SAY, f"<Redirect>{NEXT}</Redirect>", more=more)
    await caller.ended()
    assert caller.heard == ["good day", "yes"]
    assert walked(await pbx.trace_of(caller)) == [("pivot", "pivot"), ("play", "_")]


async def test_variables_are_sent_with_all_later_requests(pbx: Pbx) -> None:
    again = "https://app.example/again"
    more = {
        NEXT: twiml(
            "<Set><Variable key='colour' value='blue'/></Set>",
            f"<Redirect>{again}<Variable key='last' value='1'/></Redirect>",
        ),
        again: twiml(SAY),
    }
    caller = await dials(
        pbx,
        "<Set><Variable key='colour' value='red'/>\n<Variable key='size' value='XL'/></Set>",
        f"<Redirect>{NEXT}</Redirect>",
        more=more,
    )
    await caller.ended()
    first, second = (asked.form for asked in requests(pbx))
    assert (first["colour"], first["size"], "last" in first) == ("red", "XL", False)
    assert (second["colour"], second["size"], second["last"]) == ("blue", "XL", "1")


async def test_there_are_not_too_many_variables(pbx: Pbx) -> None:
    many = "".join(f"<Variable key='v{n}' value='1'/>" for n in range(MAX_VARIABLES + 1))
    caller = await dials(pbx, f"<Set>{many}</Set>", SAY)
    await caller.ended()
    assert caller.heard == []
    assert "more than 100 variables" in (await inputs(pbx, caller))["problem"]
