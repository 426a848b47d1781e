"""Audio: what documents name and what Asterisk is given for it."""

import asyncio
import io
import math
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from runtime.errors import MediaError
from runtime.media import prompts
from runtime.media.audio import to_telephone_wav, wav
from runtime.media.store import Store
from runtime.media.tones import silence_media, tone_stream


def tone(hz: float, rate: int, channels: int) -> bytes:
    samples = array("h")
    for i in range(rate):
        samples.extend([int(8000 * math.sin(2 * math.pi * hz * i / rate))] * channels)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return buffer.getvalue()


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16000, 1), (22050, 1), (44100, 2)])
def test_any_wav_becomes_8_khz_mono(rate: int, channels: int) -> None:
    converted = to_telephone_wav(tone(440, rate, channels), "tone")
    with wave.open(io.BytesIO(converted)) as found:
        assert (found.getframerate(), found.getnchannels(), found.getsampwidth()) == (8000, 1, 2)
        assert abs(found.getnframes() - 8000) < 50
        samples = array("h", found.readframes(8000))
    crossings = sum(1 for a, b in pairwise(samples) if a < 0 <= b)
    assert abs(crossings - 440) < 5


def test_what_is_no_audio_is_named_with_the_remedy() -> None:
    with pytest.raises(MediaError, match=r"media x: .*use WAV, MP3"):
        to_telephone_wav(b"<html>", "media x")
    with pytest.raises(MediaError):
        to_telephone_wav(wav(b""), "empty")


def test_a_tone_that_never_ends_is_asterisks() -> None:
    stream = tone_stream("tone_stream://%(2000,4000,440,480);loops=-1")
    assert stream.loops == 0
    assert stream.media == "tone:440+480/2000,0/4000"


@pytest.mark.parametrize(
    ("stream", "seconds"),
    [
        ("tone_stream://%(500,0,440)", 0.5),
        ("tone_stream://%(500,500,480,620);loops=25", 25.0),
        ("tone_stream://v=-7;%(100,0,350);%(200,0,440)", 0.3),
        ("tone_stream://%(999999,0,350);loops=999999", 60.0),
    ],
)
def test_a_tone_that_ends_is_a_sound_of_its_length(stream: str, seconds: float) -> None:
    with wave.open(io.BytesIO(tone_stream(stream).wav())) as found:
        assert found.getnframes() / found.getframerate() == seconds


def test_a_tone_that_is_none_is_an_error() -> None:
    with pytest.raises(MediaError):
        tone_stream("tone_stream://ring")


@pytest.mark.parametrize(
    ("stream", "media"),
    [
        ("silence_stream://500", ["sound:silence/1"]),
        ("silence_stream://12000,1400", ["sound:silence/10", "sound:silence/2"]),
        ("silence_stream://20000", ["sound:silence/10"] * 2),
    ],
)
def test_silence_of_freeswitch(stream: str, media: list[str]) -> None:
    assert silence_media(stream) == media


def test_no_prompt_is_both_a_sound_and_a_text() -> None:
    assert not set(prompts.SOUNDS) & set(prompts.SPOKEN)


async def test_the_store_makes_each_audio_once(tmp_path: Path) -> None:
    store = Store(tmp_path, "http://host")
    made = 0

    async def make() -> bytes:
        nonlocal made
        made += 1
        await asyncio.sleep(0)
        return b"audio"

    urls = await asyncio.gather(*(store.url(b"source", make) for _ in range(5)))
    assert made == 1
    name = urls[0].rpartition("/")[2]
    path = store.path(name)
    assert path is not None
    assert path.read_bytes() == b"audio"
    await store.url(b"source", make)
    assert made == 1


async def test_a_failure_to_make_is_told_to_all_and_tried_again(tmp_path: Path) -> None:
    store = Store(tmp_path, "http://host")

    async def fail() -> bytes:
        raise MediaError("broken")

    async def make() -> bytes:
        return b"audio"

    for result in await asyncio.gather(
        *(store.url(b"s", fail) for _ in range(3)), return_exceptions=True
    ):
        assert isinstance(result, MediaError)
    assert (await store.url(b"s", make)).startswith("http://host/media/")


@pytest.mark.parametrize("name", ["../secret.wav", "a.wav", "x" * 64 + ".wav", ".wav"])
def test_the_store_serves_nothing_else(tmp_path: Path, name: str) -> None:
    assert Store(tmp_path, "http://host").path(name) is None
