"""Keys pressed in a conversation: by either side, with what each hears, and what the trace says."""

import asyncio

import pytest

from runtime.simulator import Script
from tests.calls.account import node
from tests.calls.pbx import Pbx
from tests.calls.talking import MUSIC, metaflow_steps, pressing, talk

pytestmark = pytest.mark.asyncio(loop_scope="function")


async def test_the_called_holds_and_takes_back(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, alice=pressing(n3=node("hold")))
    alice.type("*3")
    await bob.hears(MUSIC)
    await asyncio.sleep(30)
    alice.type("27")
    await asyncio.sleep(2)
    alice.type("1")
    await bob.hears("alice")
    await alice.hears("bob")
    (step,) = await metaflow_steps(pbx, bob)
    assert (step.path, step.module, step.outcome) == ("*3", "hold", "continue")
    assert step.inputs == {"pressed_by": "alice_phone", "keys": "*3", "resumed": True}


async def test_the_caller_holds_with_media_of_his_own(pbx: Pbx) -> None:
    await pbx.home.media_tone("waiting", seconds=3)
    await pbx.home.media_tone("reminder", seconds=3)
    hold = node("hold", moh_aleg="reminder", moh_bleg="waiting", unhold_key="#")
    bob, alice = await talk(pbx, bob=pressing(n3=hold))
    bob.type("*3")
    await alice.hears("waiting")
    await bob.hears("reminder")
    bob.type("1")
    await asyncio.sleep(5)
    assert alice.heard[-1] == "waiting"
    bob.type("#")
    await alice.hears("bob")


async def test_the_held_hangs_up(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, bob=pressing(n3=node("hold")))
    bob.type("*3")
    await alice.hears(MUSIC)
    await alice.hangs_up()
    await pbx.trace_of(bob)


async def test_the_other_resumes_for_the_holder(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, alice=pressing(n3=node("hold")), bob=pressing(n4=node("resume")))
    alice.type("*3")
    await bob.hears(MUSIC)
    await asyncio.sleep(1)
    await alice.silence(2)
    bob.type("*4")
    await alice.hears("bob")
    await bob.hears("alice")


async def test_a_second_hold_is_refused_and_the_first_goes_on(pbx: Pbx) -> None:
    account = pressing(n3=node("hold"))
    bob, alice = await talk(pbx, alice=account, bob=account)
    bob.type("*3")
    await alice.hears(MUSIC)
    alice.type("*3")
    await asyncio.sleep(3)
    bob.type("1")
    await alice.hears("bob")
    steps = await metaflow_steps(pbx, bob)
    by = {(step.inputs or {})["pressed_by"]: step for step in steps}
    assert by["bob_phone"].outcome == "continue"
    assert (by["alice_phone"].outcome, by["alice_phone"].error) == (
        "failed",
        "the conversation is over, or is changing just now",
    )


@pytest.mark.parametrize(
    ("leg", "who"), [("self", {"bob"}), ("peer", {"alice"}), ("both", {"bob", "alice"})]
)
async def test_something_is_played_to_whom_it_is_for(pbx: Pbx, leg: str, who: set[str]) -> None:
    await pbx.home.media_tone("jingle", seconds=4)
    bob, alice = await talk(pbx, bob=pressing(n5=node("play", id="jingle", leg=leg)))
    bob.type("*5")
    lines = {"bob": bob, "alice": alice}
    for name in who:
        await lines[name].hears("jingle")
    for name in lines.keys() - who:
        assert "jingle" not in lines[name].heard
    await asyncio.sleep(5)
    assert (bob.heard[-1], alice.heard[-1]) == ("alice", "bob")


async def test_a_key_or_break_ends_what_plays(pbx: Pbx) -> None:
    await pbx.home.media_tone("jingle", seconds=60)
    flows = pressing(n5=node("play", id="jingle", leg="self"), n6=node("break"))
    bob, alice = await talk(pbx, bob=flows)
    bob.type("*5")
    await bob.hears("jingle")
    bob.type("7")
    await bob.hears("alice")
    assert not alice.is_over


async def test_a_text_is_spoken_to_whoever_pressed(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, alice=pressing(n5=node("tts", text="one moment")))
    alice.type("*5")
    await alice.hears("one moment")
    assert "one moment" not in bob.heard


async def test_hangup_hangs_up_whoever_pressed(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, alice=pressing(n9=node("hangup")))
    alice.type("*9")
    await alice.ended()
    await bob.ended()


async def test_the_caller_is_sent_to_a_callflow(pbx: Pbx) -> None:
    await pbx.home.media_tone("sales", seconds=3)
    await pbx.home.callflow(name="sales", numbers=["2090"], flow=node("play", id="sales"))
    by_id, by_number = node("callflow", id="sales"), node("callflow")
    flows = {"metaflows": {"numbers": {"7": by_id}, "patterns": {r"^8(\d+)$": by_number}}}
    for keys in ("*7", "*82090"):
        bob, alice = await talk(pbx, alice=flows)
        alice.type(keys)
        await bob.hears("sales")
        await alice.ended()
        await bob.ended()


async def test_a_callflow_that_is_not_there_changes_nothing(pbx: Pbx) -> None:
    flows = {"metaflows": {"patterns": {r"^8(\d+)$": node("callflow")}}}
    bob, alice = await talk(pbx, alice=flows)
    alice.type("*89999")
    await asyncio.sleep(3)
    assert bob.heard[-1] == "alice"
    assert not bob.is_over
    (step,) = await metaflow_steps(pbx, bob)
    assert step.outcome == "failed"
    assert "9999" in (step.error or "")
    assert (step.inputs or {})["captures"] == ["9999"]


async def test_children_follow(pbx: Pbx) -> None:
    await pbx.home.media_tone("jingle", seconds=2)
    tree = node("audio_level", {"_": node("play", id="jingle")}, mode="read", level=2)
    bob, alice = await talk(pbx, alice=pressing(n1=tree))
    alice.type("*1")
    await bob.hears("jingle")
    steps = await metaflow_steps(pbx, bob)
    assert [(step.path, step.module) for step in steps] == [
        ("*1", "audio_level"),
        ("*1/_", "play"),
    ]


async def test_the_caller_is_muted_and_heard_again(pbx: Pbx) -> None:
    flows = pressing(
        n1=node("audio_level", mode="read", level=-4), n2=node("audio_level", action="stop")
    )
    bob, alice = await talk(pbx, alice=flows)
    alice.type("*1")
    await asyncio.sleep(3)
    await alice.silence(2)
    alice.type("*2")
    await alice.hears("bob")
    await bob.hangs_up()


async def test_what_fails_is_traced_and_the_conversation_goes_on(pbx: Pbx) -> None:
    bob, alice = await talk(
        pbx,
        alice=pressing(n1=node("play"), n2=node("nonsense"), n3=node("play", id="lost")),
    )
    for keys in ("*1", "*2", "*3", "*4", "*" + "5" * 200):
        alice.type(keys)
        await asyncio.sleep(60)
    assert bob.heard[-1] == "alice"
    assert not bob.is_over
    steps = await metaflow_steps(pbx, bob)
    assert [step.outcome for step in steps] == [
        "failed",
        "failed",
        "failed",
        "no_match",
        "no_match",
    ]
    errors = [step.error or "" for step in steps]
    assert "data.id is missing" in errors[0]
    assert "unknown metaflow module 'nonsense'" in errors[1]
    assert "lost" in errors[2]
    assert errors[3:] == ["no metaflow for these keys", "too many keys"]


async def test_both_press_at_once(pbx: Pbx) -> None:
    await pbx.home.media_tone("jingle", seconds=2)
    await pbx.home.media_tone("chime", seconds=2)
    bob, alice = await talk(
        pbx,
        alice=pressing(n1=node("play", id="jingle", leg="self")),
        bob=pressing(n1=node("play", id="chime", leg="self")),
    )
    bob.type("*1")
    alice.type("*1")
    await bob.hears("chime")
    await alice.hears("jingle")


async def test_a_menus_digits_are_the_menus(pbx: Pbx) -> None:
    await pbx.home.media_tone("welcome", seconds=2)
    await pbx.home.media_tone("sales", seconds=2)
    menu = {"name": "Main", "media": {"greeting": "welcome"}, "timeout": 3000}
    await pbx.home.document("menu", "main", menu)
    await pbx.home.user("bob", **pressing(n1=node("hangup")))
    flow = node("menu", {"*1": node("play", id="sales")}, id="main")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    bob = pbx.dials("2000")
    await bob.hears("welcome")
    bob.type("*1")
    await bob.hears("sales")


async def test_an_outsider_has_no_metaflows(pbx: Pbx) -> None:
    pbx.house.documents.accounts[pbx.home.id].doc = pressing(n9=node("hangup"))
    await pbx.home.callflow(numbers=["+15550001111"], flow=node("user", id="alice"))
    pbx.house.documents.numbers["+15550001111"] = pbx.home.id
    pbx.alice.script = Script(answers_after=1, says="alice")
    outside = pbx.carrier.dial("+15550001111")
    await outside.hears("alice")
    outside.type("*9")
    await asyncio.sleep(5)
    assert not outside.is_over
    pbx.alice.lines[-1].type("*9")
    await outside.ended()


async def test_voices_change(pbx: Pbx) -> None:
    flows = pressing(
        n1=node("sound_touch", adjust_in_octaves=1),
        n2=node("sound_touch", tempo=2),
        n3=node("audio_level", level=3, mode="write"),
    )
    bob, _ = await talk(pbx, bob=flows)
    for keys in ("*1", "*2", "*3"):
        bob.type(keys)
        await asyncio.sleep(3)
    assert bob.channel is not None
    assert bob.channel.variables["PITCH_SHIFT(rx)"] == "2.0000"
    assert bob.channel.variables["VOLUME(TX)"] == "3"
    steps = await metaflow_steps(pbx, bob)
    assert "neither rate nor tempo" in (steps[1].error or "")
