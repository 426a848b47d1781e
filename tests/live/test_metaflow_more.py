"""Keys in a real conversation: how loud and how high voices become, by which way keys come."""

import asyncio
from typing import Any

import pytest

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.talking import BOTH_WAYS, call, pressing, talk, voice
from tests.live.tones import loudest, loudness

TRANSFER = r"^2(\d+)$"
_LISTEN = 0.6
"""seconds of audio that are measured"""


async def volume(line: Line) -> float:
    """Return how loud it is on a line, after what was changed has got there."""
    await asyncio.sleep(0.5)
    return loudness(await line.listens(_LISTEN))


@BOTH_WAYS
@pytest.mark.parametrize(("level", "ratio"), [(2, 2.0), (4, 3.7), (-3, 1 / 3)])
@pytest.mark.parametrize("mode", ["read", "write"])
async def test_the_callers_audio_has_another_level(
    pbx: Pbx, presser: str, mode: str, level: int, ratio: float
) -> None:
    flows = pressing(
        n1=node("audio_level", mode=mode, level=level),
        n2=node("audio_level", mode=mode, action="stop"),
    )
    who, other = await talk(pbx, presser, flows)
    caller, called = (who, other) if presser == "bob" else (other, who)
    changed, same = (called, caller) if mode == "read" else (caller, called)
    before, others = await volume(changed), await volume(same)
    await who.presses("*1")
    await asyncio.sleep(1)
    # Four times as loud is more than there is: it is cut.
    assert await volume(changed) / before == pytest.approx(ratio, rel=0.1)
    assert await volume(same) / others == pytest.approx(1, rel=0.1)
    await who.presses("*2")
    await asyncio.sleep(1)
    assert await volume(changed) / before == pytest.approx(1, rel=0.1)


@BOTH_WAYS
async def test_a_voice_becomes_higher(pbx: Pbx, presser: str) -> None:
    flows = pressing(
        n1=node("sound_touch", adjust_in_octaves=1),
        n2=node("sound_touch", action="stop"),
    )
    who, other = await talk(pbx, presser, flows)
    hertz = pbx.tones.named(presser).hertz[0]
    await who.presses("*1")
    await asyncio.sleep(1.5)
    assert loudest(await other.listens(_LISTEN))[0] == pytest.approx(2 * hertz, abs=50)
    own, others = voice(presser)
    await who.hears(others)
    await who.presses("*2")
    await asyncio.sleep(1.5)
    await other.hears(own)


@BOTH_WAYS
async def test_whoever_puts_himself_on_hold_hears_music_until_he_takes_himself_back(
    pbx: Pbx, presser: str
) -> None:
    who, other = await talk(pbx, presser, pressing(n1=node("hold_control")))
    await who.presses("*1")
    await who.hears_speech()  # Asterisk's music
    await who.presses("*1")
    own, others = voice(presser)
    await who.hears(others)
    await other.hears(own)


@pytest.mark.parametrize("presser", ["carol", "alice"])
async def test_keys_come_by_sip_info(pbx: Pbx, presser: str) -> None:
    await pbx.home.media_tone("jingle", seconds=2)
    await pbx.home.user("carol", **pressing(n5=node("play", id="jingle", leg="peer")))
    caller, called = ("carol", "alice") if presser == "carol" else ("alice", "carol")
    line, other = await call(pbx, caller, called)
    carol, alice = (line, other) if presser == "carol" else (other, line)
    await carol.presses("*5")
    await alice.hears("jingle")
    await alice.hears("carol")


@pytest.mark.parametrize("caller", ["dave", "alice"])
async def test_keys_come_as_tones_in_the_audio(pbx: Pbx, caller: str) -> None:
    await pbx.home.media_tone("jingle", seconds=2)
    doc = pressing(n5=node("play", id="jingle", leg="peer"))
    await pbx.home.user("dave", **doc)
    dave = await pbx.phone(await pbx.home.device("dave", user="dave", number="2004"), dtmf="inband")
    called = "alice" if caller == "dave" else "dave"
    line, other = await call(pbx, caller, called, dave=dave)
    own, far = (line, other) if caller == "dave" else (other, line)
    await own.hushes()
    await own.sounds("*5")
    await far.hears("jingle")
    await own.speaks("dave")
    await far.hears("dave")


def armed(**more: Any) -> dict[str, Any]:
    """Return a document with `*2` and a number for a transfer, and `*5` for a sound."""
    transfer = {TRANSFER: node("transfer", **more)}
    sound = {"5": node("play", id="jingle", leg="self")}
    return {"metaflows": {"patterns": transfer, "numbers": sound}}


async def _both_have_keys(first: Line, second: Line) -> None:
    for line, other in ((first, second), (second, first)):
        before = len(other.heard)
        await line.presses("*5")
        await line.hears("jingle")
        await asyncio.sleep(1)
        assert "jingle" not in other.heard[before:]


async def _everybody_has_keys(pbx: Pbx, **more: Any) -> None:
    await pbx.home.media_tone("jingle", seconds=0.6)
    for name in ("alice", "bob", "carol"):
        await pbx.home.user(name, **armed(**more))
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    await pbx.carol.registered()


@BOTH_WAYS
async def test_keys_after_a_blind_transfer(pbx: Pbx, presser: str) -> None:
    await _everybody_has_keys(pbx)
    who, other = await talk(pbx, presser, armed())
    await who.presses("*22003")
    carol = await pbx.carol.rings()
    await carol.answers()
    await carol.speaks("carol")
    await other.hears("carol")
    await _both_have_keys(other, carol)


@BOTH_WAYS
async def test_keys_after_an_attended_transfer(pbx: Pbx, presser: str) -> None:
    await _everybody_has_keys(pbx, transfer_type="attended")
    who, other = await talk(pbx, presser, armed(transfer_type="attended"))
    await who.presses("*22003")
    carol = await pbx.carol.rings()
    await carol.answers()
    await carol.speaks("carol")
    await who.hears("carol")
    await who.hangs_up()
    await other.hears("carol")
    await _both_have_keys(other, carol)


@BOTH_WAYS
async def test_keys_after_a_move(pbx: Pbx, presser: str) -> None:
    await pbx.home.media_tone("jingle", seconds=0.6)
    flows = pressing(n5=node("play", id="jingle", leg="self"), n6=node("move"))
    await pbx.home.user(voice(presser)[1], **flows)
    who, other = await talk(pbx, presser, flows)
    desk_phone = await pbx.phone(await pbx.home.device("desk", user=presser, number="2010"))
    await desk_phone.registered()
    await who.presses("*6")
    desk = await desk_phone.rings()
    await desk.answers()
    await desk.speaks("desk")
    await other.hears("desk")
    await who.ended()
    await _both_have_keys(desk, other)


async def test_both_press_at_once(pbx: Pbx) -> None:
    # By SIP INFO: two Asterisks that send each other RTP events at a time answer each packet with
    # one, thousands a second, which no telephone does.
    dave = await pbx.phone(await pbx.home.device("dave", user="dave", number="2004"), dtmf="info")
    for name in ("carol", "dave"):
        await pbx.home.media_tone(f"for_{name}", seconds=1)
        await pbx.home.user(name, **pressing(n1=node("play", id=f"for_{name}", leg="self")))
    first, second = await call(pbx, "dave", "carol", dave=dave)
    await asyncio.gather(first.presses("*1"), second.presses("*1"))
    await asyncio.gather(first.hears("for_dave"), second.hears("for_carol"))
    await asyncio.gather(first.hears("carol"), second.hears("dave"))
    assert "for_carol" not in first.heard
    assert "for_dave" not in second.heard
