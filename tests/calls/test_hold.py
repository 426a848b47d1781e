"""Hold: what the other hears, by the phone and by ourselves; and muting."""

import asyncio
from typing import Any

import pytest

from runtime.callflow import ActionData, Call, Continue
from runtime.callflow.action import Action
from runtime.simulator import Line, Script
from tests.calls.account import node
from tests.calls.pbx import Pbx, opened

pytestmark = pytest.mark.asyncio(loop_scope="function")

MUSIC = "music on hold"


async def call(pbx: Pbx, **alice: Any) -> tuple[Line, Line]:
    """Let bob and alice, whose user document says this, talk; each of them always speaks."""
    await pbx.home.user("alice", **alice)
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    pbx.alice.script = Script(answers_after=1, says="alice")
    bob = pbx.dials("2001")
    await bob.hears("alice")
    bob.speak("bob")
    line = pbx.alice.lines[-1]
    await line.hears("bob")
    return bob, line


async def test_the_other_hears_what_the_holders_user_has_chosen(pbx: Pbx) -> None:
    await pbx.home.media_tone("waiting", seconds=3)
    bob, alice = await call(pbx, music_on_hold={"media_id": "waiting"})
    alice.hold()
    await bob.hears("waiting")
    await asyncio.sleep(10)
    alice.resume()
    await bob.hears("alice")
    assert bob.heard.count("waiting") > 1
    await bob.hangs_up()


async def test_the_caller_holds_with_his_own_choice(pbx: Pbx) -> None:
    await pbx.home.media_tone("waiting", seconds=3)
    await pbx.home.user("bob", music_on_hold={"media_id": "waiting"})
    bob, alice = await call(pbx)
    bob.hold()
    await alice.hears("waiting")
    bob.resume()
    await alice.hears("bob")


async def test_the_devices_and_the_accounts_choice_count_less(pbx: Pbx) -> None:
    for sound in ("the device's", "the account's"):
        await pbx.home.media_tone(sound, seconds=3)
    account = pbx.house.documents.accounts[pbx.home.id]
    device = account.documents["device", "alice_phone"]
    music = {"music_on_hold": {"media_id": "the device's"}}
    await pbx.home.document("device", "alice_phone", {**device, **music})
    bob, alice = await call(pbx)
    alice.hold()
    await bob.hears("the device's")


async def test_without_a_choice_asterisk_plays_its_own(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    alice.hold()
    await bob.hears(MUSIC)
    alice.resume()
    await bob.hears("alice")


async def test_music_that_is_not_there_is_traced(pbx: Pbx) -> None:
    bob, alice = await call(pbx, music_on_hold={"media_id": "lost"})
    alice.hold()
    await bob.hears(MUSIC)
    await bob.hangs_up()
    trace = await pbx.trace_of(bob)
    assert "lost" in (trace.steps[0].inputs or {})["media_error"]


async def test_hold_and_resume_as_fast_as_can_be(pbx: Pbx) -> None:
    await pbx.home.media_tone("waiting", seconds=3)
    bob, alice = await call(pbx, music_on_hold={"media_id": "waiting"})
    for _ in range(10):
        alice.hold()
        await asyncio.sleep(0.0007)
        alice.resume()
        await asyncio.sleep(0.0007)
    await asyncio.sleep(2)
    alice.speak("here I am")
    await bob.hears("here I am")
    alice.hold()
    await bob.hears("waiting")
    await alice.hangs_up()
    await bob.ended()


@pytest.mark.parametrize("who", ["bob", "alice"])
async def test_somebody_hangs_up_meanwhile(pbx: Pbx, who: str) -> None:
    await pbx.home.media_tone("waiting", seconds=3)
    bob, alice = await call(pbx, music_on_hold={"media_id": "waiting"})
    alice.hold()
    await bob.hears("waiting")
    (bob if who == "bob" else alice).put_down()
    await bob.ended()
    await alice.ended()


async def test_one_on_hold_is_sent_on(pbx: Pbx) -> None:
    await pbx.home.media_tone("waiting", seconds=3)
    await pbx.home.media_tone("sales", seconds=3)
    await pbx.home.callflow(numbers=["2098"], flow=node("play", id="sales"))
    bob, alice = await call(pbx, music_on_hold={"media_id": "waiting"})
    alice.hold()
    await bob.hears("waiting")
    alice.transfer("2098")
    await bob.hears("sales")
    await bob.ended()
    assert bob.heard[-1] == "sales"


async def test_we_hold_and_mute_as_well(audio: Any) -> None:
    calls: list[Call] = []

    async def remember(call: Call, _data: ActionData) -> Continue:
        calls.append(call)
        return Continue()

    more = {"remember": Action("remember", ActionData, remember)}
    async with opened(audio, more=more) as pbx:
        bob, alice = await call(pbx)
        await bob.hangs_up()
        flow = node("remember", {"_": node("user", id="alice")})
        await pbx.home.callflow(numbers=["2002"], flow=flow)
        bob = pbx.dials("2002")
        await bob.hears("alice")
        alice = pbx.alice.lines[-1]
        bob.speak("bob")
        await alice.hears("bob")
        await asyncio.sleep(0.1)
        talk = calls[0].talk
        assert talk is not None
        conversation = talk.conversation
        await conversation.hold(conversation.caller)
        await alice.hears(MUSIC)
        await conversation.resume(conversation.caller)
        await alice.hears("bob")
        await conversation.mute(conversation.caller)
        await asyncio.sleep(1)
        bob.speak("nobody hears this")
        await asyncio.sleep(1)
        bob.speak(None)
        await conversation.unmute(conversation.caller)
        bob.speak("but this")
        await alice.hears("but this")
        assert "nobody hears this" not in alice.heard
