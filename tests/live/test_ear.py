"""The ear itself: what it must hear, and what it must not."""

import asyncio

import pytest

from tests.live.ear import Ear
from tests.live.tones import RINGBACK, Tones, loudest, share, sine

FRAME = 320


def say(ear: Ear, audio: bytes) -> None:
    for start in range(0, len(audio), FRAME):
        ear.packet(audio[start : start + FRAME])


@pytest.fixture
def tones() -> Tones:
    tones = Tones()
    tones.define("low", 700)
    tones.define("next", 750)
    return tones


async def test_a_tone_is_heard_and_its_neighbour_is_not(tones: Tones) -> None:
    ear = Ear(tones)
    say(ear, sine(700, 0.5))
    with pytest.raises(AssertionError, match=r"«next» was not heard .* low 0.48 s"):
        await ear.hears("next", within=0.05)
    ear = Ear(tones)
    say(ear, sine(700, 0.5))
    await ear.hears("low", within=0.05)


async def test_tones_are_heard_in_their_order(tones: Tones) -> None:
    ear = Ear(tones)
    say(ear, sine(750, 0.3) + sine(700, 0.3))
    await ear.hears("low", within=0.05)
    with pytest.raises(AssertionError, match="«next» was not heard"):
        await ear.hears("next", within=0.05)


async def test_a_tone_that_goes_on_is_complained_of(tones: Tones) -> None:
    ear = Ear(tones)
    began = asyncio.get_running_loop().time()
    say(ear, sine(700, 0.2))
    await ear.stops_hearing("low", since=began, within=0.5)
    await asyncio.sleep(0.3)
    say(ear, sine(700, 0.2))
    with pytest.raises(AssertionError, match="still heard"):
        await ear.stops_hearing("low", since=began, within=0.2)


async def test_silence_is_broken_by_any_sound(tones: Tones) -> None:
    ear = Ear(tones)
    say(ear, sine(700, 0.3))
    await ear.hears_nothing(0.1)
    listening = asyncio.create_task(ear.hears_nothing(1))
    await asyncio.sleep(0)
    say(ear, bytes(960) + sine(1234, 0.3))
    with pytest.raises(AssertionError, match="silence was expected"):
        await listening


async def test_a_call_that_ends_ends_the_waiting(tones: Tones) -> None:
    ear = Ear(tones)
    listening = asyncio.create_task(ear.hears("low", within=5))
    await asyncio.sleep(0)
    ear.close("the call ended")
    with pytest.raises(AssertionError, match="no audio at all; then the call ended"):
        await listening


async def test_a_tone_is_no_speech(tones: Tones) -> None:
    ear = Ear(tones)
    say(ear, sine(700, 1))
    with pytest.raises(AssertionError, match="speech was not heard"):
        await ear.hears_speech(0.3, within=0.05)


def test_frequencies_are_measured() -> None:
    samples = memoryview(sine(1000, 0.06)).cast("h").tolist()
    assert share(samples, 1000) > 0.99
    assert share(samples, 1050) < 0.2
    assert loudest(samples)[0] == 1000
    assert not RINGBACK.is_in(samples)
