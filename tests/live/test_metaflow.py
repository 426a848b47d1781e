"""Keys pressed in a real conversation, from both legs, and what is heard of it."""

import asyncio

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.recorded import recorded
from tests.live.talking import BOTH_WAYS, pressing, talk, voice

TRANSFER = {"metaflows": {"patterns": {r"^2(\d+)$": node("transfer")}}}
ATTENDED = {"metaflows": {"patterns": {r"^2(\d+)$": node("transfer", transfer_type="attended")}}}


@BOTH_WAYS
async def test_hold(pbx: Pbx, presser: str) -> None:
    await pbx.home.media_tone("waiting", seconds=2)
    who, other = await talk(pbx, presser, pressing(n3=node("hold", moh_bleg="waiting")))
    await who.presses("*3")
    await other.hears("waiting")
    await asyncio.sleep(2.5)  # longer than the music, which begins anew
    await other.hears("waiting")
    await who.presses("1")
    own, others = voice(presser)
    await other.hears(own)
    await who.hears(others)
    await who.hangs_up()
    await other.ended()


@BOTH_WAYS
async def test_hold_with_asterisks_music_until_the_other_resumes(pbx: Pbx, presser: str) -> None:
    flows = pressing(n3=node("hold"), n4=node("resume"))
    other_name = voice(presser)[1]
    await pbx.home.user(other_name, **flows)
    who, other = await talk(pbx, presser, flows)
    await who.presses("*3")
    await other.hears_speech()
    await other.presses("*4")
    await other.hears(voice(presser)[0])
    await who.hears(voice(presser)[1])


@BOTH_WAYS
@pytest.mark.parametrize("leg", ["self", "peer", "both"])
async def test_play(pbx: Pbx, presser: str, leg: str) -> None:
    await pbx.home.media_tone("jingle", seconds=2)
    who, other = await talk(pbx, presser, pressing(n5=node("play", id="jingle", leg=leg)))
    await who.presses("*5")
    if leg != "peer":
        await who.hears("jingle")
    if leg != "self":
        await other.hears("jingle")
    own, others = voice(presser)
    await asyncio.sleep(2.2)
    await who.hears(others)
    await other.hears(own)
    if leg == "peer":
        assert "jingle" not in who.heard
    if leg == "self":
        assert "jingle" not in other.heard


@BOTH_WAYS
async def test_a_key_breaks_what_plays(pbx: Pbx, presser: str) -> None:
    await pbx.home.media_tone("jingle", seconds=30)
    flows = pressing(n5=node("play", id="jingle", leg="self"), n6=node("break"))
    who, _ = await talk(pbx, presser, flows)
    await who.presses("*5")
    await who.hears("jingle")
    await who.presses("*6")
    await who.hears(voice(presser)[1])


@BOTH_WAYS
async def test_say_and_tts(pbx: Pbx, presser: str) -> None:
    flows = pressing(
        n7=node("say", text="12345", type="number", method="iterated"),
        n8=node("tts", text="please hold the line for a moment", leg="peer"),
    )
    who, other = await talk(pbx, presser, flows)
    await who.presses("*8")
    await other.hears_speech()
    await other.hears(voice(presser)[0], within=15)
    caller = who if presser == "bob" else other
    await who.presses("*7")
    await caller.hears_speech()
    await caller.hears("alice", within=15)


@BOTH_WAYS
async def test_record_call(pbx: Pbx, presser: str) -> None:
    who, other = await talk(pbx, presser, pressing(n1=node("record_call")))
    await who.presses("*1")
    await asyncio.sleep(4)
    await who.presses("*1")
    await asyncio.sleep(1.5)
    await who.hangs_up()
    await other.ended()
    [one] = await recorded(pbx)
    assert 2.5 <= one.row.seconds <= 5.5, one.story()
    assert one.lasts("alice", "bob") >= 2, one.story()


@BOTH_WAYS
async def test_hangup(pbx: Pbx, presser: str) -> None:
    who, other = await talk(pbx, presser, pressing(n9=node("hangup")))
    await who.presses("*9")
    await who.ended()
    await other.ended()


@BOTH_WAYS
async def test_callflow(pbx: Pbx, presser: str) -> None:
    await pbx.home.media_tone("sales", seconds=2)
    await pbx.home.callflow(numbers=["2090"], flow=node("play", id="sales"))
    flows = {"metaflows": {"patterns": {r"^8(\d+)$": node("callflow")}}}
    who, other = await talk(pbx, presser, flows)
    caller, called = (who, other) if presser == "bob" else (other, who)
    await who.presses("*82090")
    await caller.hears("sales")
    await called.ended()
    await caller.ended()


@BOTH_WAYS
async def test_audio_level(pbx: Pbx, presser: str) -> None:
    flows = pressing(
        n1=node("audio_level", mode="read", level=-4),
        n2=node("audio_level", action="stop"),
    )
    who, other = await talk(pbx, presser, flows)
    called = other if presser == "bob" else who
    await who.presses("*1")
    await called.stops_hearing("bob", within=3)
    await who.presses("*2")
    await called.hears("bob")


@BOTH_WAYS
async def test_blind_transfer(pbx: Pbx, presser: str) -> None:
    who, other = await talk(pbx, presser, TRANSFER)
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    await pbx.carol.registered()
    await who.presses("*22003")
    carol = await pbx.carol.rings()
    await who.ended()
    await carol.answers()
    await carol.speaks("carol")
    await other.hears("carol")
    await carol.hears(voice(presser)[1])
    await carol.hangs_up()
    await other.ended()


@BOTH_WAYS
async def test_blind_transfer_to_nowhere(pbx: Pbx, presser: str) -> None:
    who, other = await talk(pbx, presser, TRANSFER)
    await who.presses("*29999")
    await asyncio.sleep(1.5)
    await other.hears(voice(presser)[0])


async def consulting(pbx: Pbx, presser: str) -> tuple[Line, Line, Line]:
    """Let one of two who talk begin to ask carol; return his line, the other's and carol's."""
    who, other = await talk(pbx, presser, ATTENDED)
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    await pbx.carol.registered()
    await who.presses("*22003")
    carol = await pbx.carol.rings()
    await other.hears_speech()  # Asterisk's music
    return who, other, carol


@BOTH_WAYS
async def test_attended_transfer(pbx: Pbx, presser: str) -> None:
    who, other, carol = await consulting(pbx, presser)
    await carol.answers()
    await carol.speaks("carol")
    await who.hears("carol")
    await carol.hears(presser)
    await who.hangs_up()
    await other.hears("carol")
    await carol.hears(voice(presser)[1])
    await carol.hangs_up()
    await other.ended()


@BOTH_WAYS
async def test_attended_transfer_completed_while_it_rings(pbx: Pbx, presser: str) -> None:
    who, other, carol = await consulting(pbx, presser)
    await who.hangs_up()
    await carol.answers()
    await carol.speaks("carol")
    await other.hears("carol")
    await other.hangs_up()
    await carol.ended()


@BOTH_WAYS
async def test_attended_transfer_taken_back(pbx: Pbx, presser: str) -> None:
    who, other, carol = await consulting(pbx, presser)
    await who.presses("*1")
    await carol.ended()
    await other.hears(presser)
    await who.hears(voice(presser)[1])


@BOTH_WAYS
async def test_attended_transfer_taken_back_after_the_answer(pbx: Pbx, presser: str) -> None:
    who, other, carol = await consulting(pbx, presser)
    await carol.answers()
    await carol.speaks("carol")
    await who.hears("carol")
    await who.presses("*1")
    await carol.ended()
    await other.hears(presser)


@BOTH_WAYS
async def test_attended_transfer_refused(pbx: Pbx, presser: str) -> None:
    who, other, carol = await consulting(pbx, presser)
    await carol.rejects(486)
    await other.hears(presser)
    await who.hears(voice(presser)[1])


@BOTH_WAYS
async def test_attended_transfer_the_other_hangs_up(pbx: Pbx, presser: str) -> None:
    who, other, carol = await consulting(pbx, presser)
    await carol.answers()
    await carol.speaks("carol")
    await who.hears("carol")
    await other.hangs_up()
    await asyncio.sleep(1)
    await who.hears("carol")
    await who.hangs_up()
    await carol.ended()


@BOTH_WAYS
async def test_move(pbx: Pbx, presser: str) -> None:
    who, other = await talk(pbx, presser, pressing(n6=node("move")))
    # Only now, so that it does not ring for the call itself.
    desk_phone = await pbx.phone(await pbx.home.device("desk", user=presser, number="2010"))
    await desk_phone.registered()
    await who.presses("*6")
    desk = await desk_phone.rings()
    await desk.answers()
    await desk.speaks("desk")
    await other.hears("desk")
    await who.ended()
    await desk.hears(voice(presser)[1])
    await desk.hangs_up()
    await other.ended()


@BOTH_WAYS
async def test_intercept(pbx: Pbx, presser: str) -> None:
    intercept = node("intercept", target_type="user", target_id="carol", unbridged_only=False)
    who, other = await talk(pbx, presser, pressing(n7=intercept))
    await pbx.carol.registered()
    await who.presses("*7")
    carol = await pbx.carol.rings()
    await carol.answers()
    await carol.speaks("carol")
    await who.hears("carol")
    await other.ended()
    await carol.hears(presser)
    await who.hangs_up()
    await carol.ended()


async def test_a_menus_keys_are_the_menus_and_those_after_it_the_metaflows(pbx: Pbx) -> None:
    await pbx.home.media_tone("welcome", seconds=5)
    await pbx.home.user("bob", **pressing(n1=node("hangup")))
    await pbx.home.menu("main", greeting="welcome", max_extension_length=2, timeout=5000)
    flow = node("menu", {"*1": node("user", id="alice")}, id="main")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2000")
    await bob.hears("welcome")
    await bob.presses("*1")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("alice")
    await bob.hears("alice")
    await bob.presses("*1")
    await bob.ended()
    await alice.ended()
    trace = await pbx.trace_of(bob)
    assert [(step.path, step.module) for step in trace.steps] == [
        ("/", "menu"),
        ("/*1", "user"),
        ("*1", "hangup"),
    ]
