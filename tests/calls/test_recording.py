"""Recording calls: what is in a recording, when it begins and ends, and where it goes."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from runtime.recording import Policy
from runtime.recording.recorder import SPILL_SECONDS
from runtime.simulator import Line, Script
from runtime.simulator.desk import Kept
from tests.calls.account import Account, Node, node
from tests.calls.pbx import Pbx
from tests.calls.talking import pressing
from tests.calls.talking import talk as talking

pytestmark = pytest.mark.asyncio(loop_scope="function")

WAV = {"format": "wav", "time_limit": 60}


def record(child: Node | None = None, **data: Any) -> Node:
    """Return a node that begins a recording, unless told otherwise."""
    return node("record_call", {"_": child} if child else {}, **{**WAV, **data})


async def flow(pbx: Pbx, root: Node, *, number: str = "2000") -> None:
    """Put a callflow on a number; «welcome» and «sales» exist."""
    for sound in ("welcome", "sales"):
        await pbx.home.media_tone(sound, seconds=2)
    await pbx.home.callflow(numbers=[number], flow=root, name=f"on_{number}")


async def talk(pbx: Pbx, number: str = "2000", *, seconds: float = 5) -> Line:
    """Let bob and alice talk for so many seconds; alice hangs up."""
    pbx.alice.script = Script(answers_after=1, talks_for=seconds, says="alice's voice")
    bob = pbx.dials(number)
    await bob.answered()
    await bob.speaks("bob's voice")
    await bob.ended()
    return bob


async def only(pbx: Pbx) -> Kept:
    """Return the one recording that was kept."""
    [kept] = await pbx.house.recordings.has(1)
    return kept


def made(pbx: Pbx) -> dict[str, set[str]]:
    """Return what is in each recording that Asterisk made, in one take or several."""
    heard: dict[str, set[str]] = {}
    for take in pbx.house.asterisk.switch.recorded:
        names = {name for names in take.said for name in names.split(" + ")}
        heard.setdefault(take.name.rpartition("-")[0], set()).update(names)
    return heard


def heard(pbx: Pbx) -> set[str]:
    """Return what is in the only recording that Asterisk made."""
    [names] = made(pbx).values()
    return names


def seconds(wanted: float) -> Any:
    """Return what a recording's length is compared with: commands take their time, too."""
    return pytest.approx(wanted, abs=0.15)


# What is recorded.


async def test_both_voices_and_all_that_the_caller_hears_are_recorded(pbx: Pbx) -> None:
    alice = node("user", id="alice")
    await flow(pbx, node("answer", {"_": record(node("play", {"_": alice}, id="welcome"))}))
    await talk(pbx)
    kept = await only(pbx)
    assert heard(pbx) == {"welcome", "ringback", "alice's voice", "bob's voice"}
    assert kept.row.seconds == seconds(8.0)  # 2 s of prompt, 1 s of ringing, 5 s of talk


async def test_what_is_kept_tells_who_spoke_with_whom_and_why(pbx: Pbx) -> None:
    await flow(pbx, record(node("user", id="alice"), label="sales calls"))
    bob = await talk(pbx)
    row = (await only(pbx)).row
    assert row.id[6] == "-"
    assert row.account_id == pbx.home.id
    assert row.call_id == (await pbx.trace_of(bob)).call.id
    assert row.origin == "callflow : sales calls"
    assert (row.caller_number, row.caller_name) == ("2002", "Bob")
    assert (row.callee_number, row.request) == ("2000", "2000@home.example")
    assert row.from_address == "2002@home.example"
    assert (row.direction, row.owner_id, row.device_id) == ("inbound", "bob", "bob_phone")
    assert (row.media_type, row.content_type) == ("wav", "audio/wav")
    assert row.name == f"{row.id}.wav"
    step = (await pbx.trace_of(bob)).steps[0]
    assert step.inputs == {"recording": row.id}


async def test_without_a_label_the_origin_is_the_callflow(pbx: Pbx) -> None:
    await pbx.home.media_tone("welcome", seconds=1)
    root = record(node("play", id="welcome"), origin="mine")
    doc = {"name": "Hot line", "numbers": ["2000"], "flow": root}
    pbx.house.documents.put_callflow(pbx.home.id, "hot", doc)
    await pbx.dials("2000").ended()
    assert (await only(pbx)).row.origin == "callflow : Hot line"


@pytest.mark.parametrize(
    ("asked", "kept_as", "begins"),
    [
        ("mp3", "mp3", b"\xff"),
        ("wav", "wav", b"RIFF"),
        ("mp4", "mp3", b"\xff"),
        (None, "mp3", b"\xff"),
    ],
)
async def test_the_format_is_the_one_asked_for_or_else_mp3(
    pbx: Pbx, asked: str | None, kept_as: str, begins: bytes
) -> None:
    await flow(pbx, record(node("play", id="welcome"), format=asked))
    await pbx.dials("2000").ended()
    kept = await only(pbx)
    assert kept.row.media_type == kept_as
    assert kept.content is not None
    assert kept.content.startswith(begins)


async def test_it_can_have_a_name(pbx: Pbx) -> None:
    await flow(pbx, record(node("play", id="welcome"), media_name="monday.wav"))
    await pbx.dials("2000").ended()
    assert (await only(pbx)).row.name == "monday.wav"


async def test_more_samples_are_recorded_where_more_are_asked_for(pbx: Pbx) -> None:
    await flow(pbx, record(node("play", id="welcome"), record_sample_rate=16000))
    await pbx.dials("2000").ended()
    await only(pbx)
    assert pbx.house.asterisk.switch.recorded[0].format == "wav16"


# When it begins and ends.


async def test_it_ends_with_the_call_although_the_caller_hangs_up(pbx: Pbx) -> None:
    await flow(pbx, record(node("sleep", duration=60)))
    bob = pbx.dials("2000")
    await asyncio.sleep(7)
    await bob.hangs_up()
    assert (await only(pbx)).row.seconds == seconds(7.0)


async def test_a_second_node_ends_it(pbx: Pbx) -> None:
    stop = node("record_call", {"_": node("play", id="sales")}, action="stop")
    await flow(pbx, record(node("play", {"_": stop}, id="welcome")))
    bob = pbx.dials("2000")
    await bob.ended()
    kept = await only(pbx)
    assert heard(pbx) == {"welcome"}
    assert kept.row.seconds == seconds(2.0)
    assert (await pbx.trace_of(bob)).steps[2].inputs == {"stopped": True}


async def test_stop_ends_the_one_that_was_started_last(pbx: Pbx) -> None:
    stop = node("record_call", {"_": node("play", id="sales")}, action="stop")
    inner = record(node("play", {"_": stop}, id="welcome"), label="inner")
    await flow(pbx, record(node("sleep", {"_": inner}, duration=1), label="outer"))
    await pbx.dials("2000").ended()
    outer, inside = await pbx.house.recordings.has(2)
    assert (outer.row.origin, outer.row.seconds) == ("callflow : outer", seconds(5))
    assert (inside.row.origin, inside.row.seconds) == ("callflow : inner", seconds(2))


async def test_stop_without_a_recording_does_nothing(pbx: Pbx) -> None:
    await flow(pbx, node("record_call", {"_": node("play", id="sales")}, action="stop"))
    bob = pbx.dials("2000")
    await bob.hears("sales")
    await bob.ended()
    assert (await pbx.trace_of(bob)).steps[0].inputs == {"stopped": False}


async def test_any_other_word_begins_one(pbx: Pbx) -> None:
    await flow(pbx, record(node("play", id="welcome"), action="begin"))
    await pbx.dials("2000").ended()
    assert (await only(pbx)).row.seconds == seconds(2.0)


async def test_toggle_begins_and_ends(pbx: Pbx) -> None:
    again = record(node("play", id="sales"), action="toggle")
    await flow(pbx, record(node("play", {"_": again}, id="welcome"), action="toggle"))
    await pbx.dials("2000").ended()
    assert (await only(pbx)).row.seconds == seconds(2.0)


async def test_what_is_masked_is_silent_and_as_long(pbx: Pbx) -> None:
    unmask = record(node("play", id="sales"), action="unmask")
    mask = record(node("play", {"_": unmask}, id="pin"), action="mask")
    await pbx.home.media_tone("pin", seconds=3)
    await flow(pbx, record(node("play", {"_": mask}, id="welcome")))
    await pbx.dials("2000").ended()
    kept = await only(pbx)
    assert heard(pbx) == {"welcome", "sales"}
    assert kept.row.seconds == seconds(7.0 + SPILL_SECONDS)


async def test_who_masks_while_another_unmasks_is_obeyed(pbx: Pbx) -> None:
    keys = pressing(n1=record(action="start"), n2=record(action="mask"), n3=record(action="unmask"))
    bob, alice = await talking(pbx, alice=keys, bob=keys)
    for key in ("1", "2"):
        await bob.presses(f"*{key}")
        await asyncio.sleep(3)
    await bob.presses("*3")
    await asyncio.sleep(SPILL_SECONDS / 2)
    await alice.presses("*2")
    await asyncio.sleep(3)
    bob.speak("pin")
    await asyncio.sleep(3)
    await bob.hangs_up()
    await only(pbx)
    assert "bob" in " ".join(heard(pbx))
    assert "pin" not in " ".join(heard(pbx))


async def test_the_time_limit_ends_it_and_not_the_call(pbx: Pbx) -> None:
    await flow(
        pbx, record(node("sleep", {"_": node("play", id="sales")}, duration=20), time_limit=5)
    )
    bob = pbx.dials("2000")
    assert (await only(pbx)).row.seconds == seconds(5.0)
    await bob.hears("sales")
    await bob.ended()


async def test_the_installation_limits_what_a_document_asks_for(pbx: Pbx) -> None:
    await flow(pbx, record(node("sleep", duration=20_000), time_limit=100_000))
    bob = pbx.dials("2000")
    [kept] = await pbx.house.recordings.has(1, within=11_000)
    assert kept.row.seconds == seconds(10_800.0)
    await bob.hangs_up()


@pytest.mark.parametrize(("least", "kept"), [(2, True), (3, False)])
async def test_one_that_is_too_short_is_thrown_away(pbx: Pbx, least: int, *, kept: bool) -> None:
    await flow(pbx, record(node("play", id="welcome"), record_min_sec=least))
    await pbx.dials("2000").ended()
    await pbx.nothing_left()
    assert bool(pbx.house.recordings.kept) == kept


async def test_it_can_wait_for_the_answer(pbx: Pbx) -> None:
    answer = node("answer", {"_": node("play", id="sales")})
    wait = node("sleep", {"_": answer}, duration=3)
    await flow(pbx, record(wait, record_on_answer=True, record_on_bridge=True))
    bob = pbx.dials("2000")
    await bob.ended()
    kept = await only(pbx)
    assert heard(pbx) == {"sales"}
    assert kept.row.seconds == seconds(2.0)
    assert (await pbx.trace_of(bob)).steps[0].inputs == {"recording": "waits for the answer"}


async def test_it_can_wait_for_the_conversation(pbx: Pbx) -> None:
    play = node("play", {"_": node("user", id="alice")}, id="welcome")
    await flow(pbx, record(play, record_on_bridge=True))
    await talk(pbx)
    kept = await only(pbx)
    assert heard(pbx) == {"alice's voice", "bob's voice"}
    assert kept.row.seconds == seconds(5.0)


async def test_one_that_waited_in_vain_is_none(pbx: Pbx) -> None:
    play = node("play", {"_": node("record_call", action="stop")}, id="welcome")
    await flow(pbx, record(play, record_on_bridge=True))
    bob = pbx.dials("2000")
    await bob.ended()
    assert (await pbx.trace_of(bob)).steps[2].inputs == {"stopped": True}
    await pbx.nothing_left()
    assert not pbx.house.recordings.kept
    assert not pbx.house.asterisk.switch.recorded


# Where it goes.


async def test_it_is_sent_where_its_url_says(pbx: Pbx) -> None:
    await flow(pbx, record(node("user", id="alice"), url="https://me:secret@rec.example/in"))
    bob = await talk(pbx)
    kept = await only(pbx)
    [parcel] = pbx.house.recordings.parcels
    address = urlsplit(parcel.address)
    call_id = (await pbx.trace_of(bob)).call.id
    assert address.path == f"/in/call_recording_{call_id}.wav"
    told = {name: value for name, [value] in parse_qs(address.query).items()}
    assert told == {
        "from": "2002@home.example",
        "to": "2000@home.example",
        "caller_id_name": "Bob",
        "caller_id_number": "2002",
        "call_id": call_id,
        "cdr_id": kept.row.cdr_id,
        "interaction_id": kept.row.interaction_id,
        "account_id": pbx.home.id,
    }
    cdr = pbx.house.cdrs[kept.row.cdr_id or ""]
    assert (cdr.call_id, cdr.direction) == (call_id, "inbound")
    assert cdr.interaction_id == kept.row.interaction_id
    assert (parcel.method, parcel.content_type) == ("put", "audio/wav")
    assert parcel.content.startswith(b"RIFF")
    assert kept.content is None
    assert kept.row.url == "https://rec.example/in"
    assert kept.row.uploaded_at is not None


async def test_two_recordings_of_one_call_have_two_names(pbx: Pbx) -> None:
    url = "https://rec.example/?file="
    again = record(node("play", id="welcome"), url=url, method="post")
    await flow(pbx, record(again, url=url))
    bob = pbx.dials("2000")
    await bob.ended()
    await pbx.house.recordings.has(2)
    call_id = (await pbx.trace_of(bob)).call.id
    sent = {parcel.address.partition("&")[0] for parcel in pbx.house.recordings.parcels}
    assert sent == {
        f"{url}call_recording_{call_id}.wav",
        f"{url}call_recording_{call_id}_2.wav",
    }
    assert {parcel.method for parcel in pbx.house.recordings.parcels} == {"put", "post"}


@pytest.mark.parametrize("url", ["gopher://rec.example/", "rec.example", "https://", "https://["])
async def test_a_url_that_leads_nowhere_is_traced_and_the_call_goes_on(pbx: Pbx, url: str) -> None:
    await flow(pbx, record(node("play", id="sales"), url=url))
    bob = pbx.dials("2000")
    await bob.hears("sales")
    await bob.ended()
    assert "not recorded: url" in str((await pbx.trace_of(bob)).steps[0].error)
    assert not pbx.house.asterisk.switch.recorded


async def test_where_recordings_are_not_stored_a_url_is_needed(pbx: Pbx) -> None:
    pbx.house.archive.policy = Policy(stores=False)
    await flow(pbx, record(record(node("play", id="sales"), url="http://rec.example/")))
    bob = pbx.dials("2000")
    await bob.ended()
    kept = await only(pbx)
    assert kept.row.url == "http://rec.example/"
    assert "not stored here" in str((await pbx.trace_of(bob)).steps[0].error)


async def test_a_server_that_is_away_is_asked_again_five_times_then_it_is_kept_here(
    pbx: Pbx,
) -> None:
    pbx.house.recordings.refuses = True
    await flow(pbx, record(node("play", id="welcome"), url="https://rec.example/"))
    await pbx.dials("2000").ended()
    [kept] = await pbx.house.recordings.has(1, within=3601)
    assert pbx.house.recordings.attempts == 6
    assert kept.content is not None
    assert kept.row.problem == "answered 503 Service Unavailable"
    assert kept.row.uploaded_at is None


async def test_a_server_that_comes_back_gets_it(pbx: Pbx) -> None:
    desk = pbx.house.recordings
    desk.refuses = True
    await flow(pbx, record(node("play", id="welcome"), url="https://rec.example/"))
    await pbx.dials("2000").ended()
    await asyncio.sleep(30)
    assert desk.attempts == 1
    desk.refuses = False
    await desk.has(1, within=601)
    assert len(desk.parcels) == 1


async def test_while_the_database_is_away_recordings_wait(pbx: Pbx) -> None:
    desk = pbx.house.recordings
    desk.away = True
    await flow(pbx, record(node("play", id="welcome")))
    for _ in range(3):
        await pbx.dials("2000").ended()
    await asyncio.sleep(300)
    assert len(pbx.house.asterisk.switch.stored) == 3
    desk.away = False
    kept = await desk.has(3, within=61)
    assert [one.row.seconds for one in kept] == [seconds(2)] * 3


async def test_what_was_sent_is_not_sent_twice_when_the_database_is_away(pbx: Pbx) -> None:
    desk = pbx.house.recordings
    desk.away = True
    await flow(pbx, record(node("play", id="welcome"), url="https://rec.example/"))
    await pbx.dials("2000").ended()
    await asyncio.sleep(100)
    desk.away = False
    [kept] = await desk.has(1, within=61)
    assert desk.attempts == 1
    assert kept.row.uploaded_at is not None


async def test_while_asterisk_is_away_recordings_wait(pbx: Pbx) -> None:
    await flow(pbx, record(node("sleep", duration=60)))
    bob = pbx.dials("2000")
    await asyncio.sleep(5)
    pbx.house.asterisk.cut(100)
    await asyncio.sleep(1)
    bob.put_down()
    await asyncio.sleep(50)
    assert not pbx.house.recordings.kept
    [kept] = await pbx.house.recordings.has(1, within=200)
    assert kept.row.seconds == seconds(6.0)


# Recording the caller.


async def test_a_caller_is_answered_and_recorded_until_he_is_silent(pbx: Pbx) -> None:
    await flow(pbx, node("record_caller", {"_": node("play", id="sales")}, format="wav"))
    bob = pbx.dials("2000")
    await bob.answered()
    await bob.speaks("bob's voice")
    await asyncio.sleep(4)
    await bob.hushes()
    await bob.hears("sales", within=5.2)
    await bob.ended()
    kept = await only(pbx)
    assert heard(pbx) == {"bob's voice"}
    assert kept.row.seconds == seconds(4.0)  # the silence is cut off
    trace = await pbx.trace_of(bob)
    assert kept.row.name == f"{trace.call.id}.wav"
    assert trace.steps[0].inputs == {"recording": kept.row.id}


@pytest.mark.parametrize("key", ["1", "#", "*"])
async def test_any_key_ends_it(pbx: Pbx, key: str) -> None:
    await flow(pbx, node("record_caller", {"_": node("play", id="sales")}, format="wav"))
    bob = pbx.dials("2000")
    await bob.answered()
    await bob.speaks("bob's voice")
    await asyncio.sleep(3)
    await bob.presses(key)
    await bob.hears("sales", within=1)
    await bob.ended()
    assert (await only(pbx)).row.seconds == seconds(3.1)


async def test_the_time_limit_ends_it(pbx: Pbx) -> None:
    after = {"_": node("play", id="sales")}
    await flow(pbx, node("record_caller", after, format="wav", time_limit=6))
    bob = pbx.dials("2000")
    await bob.answered()
    await bob.speaks("bob's voice")
    await bob.hears("sales", within=6.1)
    assert (await only(pbx)).row.seconds == seconds(6.0)


async def test_a_caller_who_hangs_up_is_kept(pbx: Pbx) -> None:
    await flow(pbx, node("record_caller", format="wav"))
    bob = pbx.dials("2000")
    await bob.answered()
    await bob.speaks("bob's voice")
    await asyncio.sleep(4)
    await bob.hangs_up()
    assert (await only(pbx)).row.seconds == seconds(4.0)


async def test_a_recorded_caller_goes_to_a_url(pbx: Pbx) -> None:
    url = "http://rec.example/callers/"
    await flow(pbx, node("record_caller", format="wav", method="post", url=url))
    bob = pbx.dials("2000")
    await bob.answered()
    assert bob.channel is not None
    channel = bob.channel
    await bob.speaks("bob's voice")
    await asyncio.sleep(2)
    assert channel.variables["CCV_media_transfer_destination"] == url
    assert channel.variables["CCV_media_transfer_method"] == "post"
    await bob.hangs_up()
    kept = await only(pbx)
    assert channel.variables["CCV_media_name"] == kept.row.name
    assert pbx.house.recordings.parcels[0].method == "post"


async def test_a_caller_whose_recording_could_be_kept_nowhere_is_not_answered(pbx: Pbx) -> None:
    after = {"_": node("play", id="sales", answer=False)}
    await flow(pbx, node("record_caller", after, url="gopher://rec.example/"))
    bob = pbx.dials("2000")
    await bob.hears("sales")
    assert not bob.is_answered
    await bob.ended()


# Other accounts.


async def test_each_account_has_its_own(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await other.media_tone("theirs", seconds=1)
    await other.callflow(numbers=["2000"], flow=record(node("play", id="theirs")))
    zoe = await pbx.phone("zoe", number="2001", account=other)
    await flow(pbx, record(node("play", id="welcome")))
    await pbx.dials("2000").ended()
    await zoe.dial("2000").ended()
    kept = await pbx.house.recordings.has(2)
    assert [one.row.account_id for one in kept] == [pbx.home.id, other.id]


# Automatic recording.

ON = {"enabled": True, "format": "wav"}


async def recorded_account(pbx: Pbx, **call_recording: Any) -> Account:
    """Open an account in which bob2 calls alice2 on 2000, and what it says of recordings."""
    account = await pbx.account("recorded", call_recording=call_recording)
    await account.user("alice2")
    await account.user("bob2")
    await pbx.phone(
        "alice2",
        user="alice2",
        account=account,
        answers_after=1,
        talks_for=4,
        says="alice's voice",
    )
    await pbx.phone("bob2", user="bob2", number="2002", account=account)
    flow = node("user", id="alice2")
    await account.callflow(numbers=["2000", "no_match", "+15550002000"], flow=flow)
    pbx.house.documents.numbers["+15550002000"] = account.id
    return account


async def call(pbx: Pbx, number: str = "2000") -> Line:
    """Let bob2 call somebody, and talk until that one hangs up."""
    caller = pbx.phones["bob2"] if number != "+15550002000" else pbx.carrier
    bob = caller.dial(number)
    await bob.answered()
    await bob.speaks("bob's voice")
    await bob.ended()
    return bob


@pytest.mark.parametrize(
    ("account", "number", "origins"),
    [
        ({"account": {"inbound": {"onnet": ON}}}, "2000", ["inbound from onnet to account"]),
        ({"account": {"inbound": {"onnet": ON}}}, "+15550002000", []),
        (
            {"account": {"inbound": {"offnet": ON}}},
            "+15550002000",
            ["inbound from offnet to account"],
        ),
        ({"account": {"outbound": {"offnet": ON}}}, "2000", []),
        ({"account": {"outbound": {"offnet": ON}}}, "5551", ["outbound to offnet from account"]),
        ({"endpoint": {"outbound": {"onnet": ON}}}, "2000", ["outbound to onnet from endpoint"]),
        ({"endpoint": {"outbound": {"any": ON}}}, "+15550002000", []),
        ({"endpoint": {"inbound": {"onnet": ON}}}, "2000", ["inbound from onnet to endpoint"]),
        (
            {"endpoint": {"inbound": {"any": ON}}},
            "+15550002000",
            ["inbound from offnet to endpoint"],
        ),
        (
            {"account": {"any": {"any": ON}}, "endpoint": {"any": {"any": ON}}},
            "2000",
            [
                "inbound from onnet to account",
                "outbound to onnet from endpoint",
                "inbound from onnet to endpoint",
            ],
        ),
    ],
    ids=str,
)
async def test_calls_are_recorded_where_documents_want_it(
    pbx: Pbx, account: dict[str, Any], number: str, origins: list[str]
) -> None:
    await recorded_account(pbx, **account)
    await call(pbx, number)
    kept = await pbx.house.recordings.has(len(origins))
    await pbx.nothing_left()
    assert [one.row.origin for one in kept] == origins
    assert len(made(pbx)) == len(origins)
    for names in made(pbx).values():
        assert {"alice's voice", "bob's voice"} <= names


async def test_a_called_phone_is_recorded_from_its_answer_on(pbx: Pbx) -> None:
    account = await recorded_account(pbx)
    doc = {"sip": {"username": "alice2"}, "owner_id": "alice2"}
    await account.document(
        "device", "alice2_phone", {**doc, "call_recording": {"inbound": {"onnet": ON}}}
    )
    await call(pbx)
    kept = await only(pbx)
    assert kept.row.seconds == seconds(4)
    assert (kept.row.direction, kept.row.owner_id) == ("outbound", "alice2")
    assert (kept.row.device_id, kept.row.caller_number) == ("alice2_phone", "2002")
    assert heard(pbx) == {"alice's voice", "bob's voice"}


async def test_a_device_that_wants_no_recording_is_not_recorded_for_its_owner(pbx: Pbx) -> None:
    account = await recorded_account(pbx)
    await account.user("bob2", call_recording={"any": {"any": ON}})
    doc = {"sip": {"username": "bob2"}, "owner_id": "bob2"}
    await account.document(
        "device", "bob2_phone", {**doc, "call_recording": {"any": {"any": {"enabled": False}}}}
    )
    await call(pbx)
    await pbx.nothing_left()
    assert not pbx.house.asterisk.switch.recorded


async def test_the_parameters_are_those_of_the_documents(pbx: Pbx) -> None:
    url = "https://rec.example/auto/"
    parameters = {"enabled": True, "format": "wav", "url": url, "record_on_bridge": True}
    await recorded_account(pbx, account={"any": {"any": parameters}})
    await call(pbx)
    kept = await only(pbx)
    assert heard(pbx) == {"alice's voice", "bob's voice"}
    assert kept.row.seconds == seconds(4)
    assert pbx.house.recordings.parcels[0].url == url


async def test_a_recording_that_cannot_be_made_keeps_nobody_from_calling(
    pbx: Pbx, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {"enabled": True, "time_limit": "for ever"}
    nowhere = {"enabled": True, "url": "gopher://rec.example/"}
    await recorded_account(pbx, account={"any": {"any": wrong}}, endpoint={"any": {"any": nowhere}})
    await call(pbx)
    assert "call_recording (inbound from onnet to account): time_limit" in caplog.text
    assert "call_recording (outbound to onnet from endpoint): not recorded: url" in caplog.text


async def test_a_stop_node_ends_an_automatic_recording(pbx: Pbx) -> None:
    account = await recorded_account(pbx, account={"any": {"any": ON}})
    await account.media_tone("welcome", seconds=2)
    stop = node("record_call", {"_": node("user", id="alice2")}, action="stop")
    flow = node("play", {"_": stop}, id="welcome")
    await account.callflow(numbers=["2010"], flow=flow)
    await call(pbx, "2010")
    kept = await only(pbx)
    assert "alice's voice" not in heard(pbx)
    assert kept.row.seconds == seconds(2)
