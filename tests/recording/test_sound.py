"""Takes of Asterisk become files that others can play."""

import io
import math
import struct
import wave
from array import array

import miniaudio
import pytest

from runtime.errors import MediaError
from runtime.recording.sound import encoded, joined

RATE = 8000


def take(seconds: float, *, rate: int = RATE, channels: int = 1, width: int = 2) -> bytes:
    """Return a WAV file with a tone of 440 Hz."""
    step = 2 * math.pi * 440 / rate
    samples = array("h", (round(9000 * math.sin(step * n)) for n in range(round(seconds * rate))))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def test_takes_are_joined_in_their_order() -> None:
    first, second = take(1), take(0.5)
    sound = joined([first, second])
    assert sound.seconds == 1.5
    assert sound.samples == first[44:] + second[44:]


def test_what_asterisk_did_not_finish_counts_as_far_as_it_goes() -> None:
    finished = take(1)
    unfinished = finished[:4] + struct.pack("<I", 36) + finished[8:40] + bytes(4) + finished[44:]
    assert joined([unfinished]).seconds == 1
    assert joined([finished[:-4001]]).seconds == pytest.approx(0.75, abs=0.001)


def test_a_recording_of_nothing_has_no_length() -> None:
    assert joined([take(0)]).seconds == 0
    assert joined([take(0), take(1)]).seconds == 1


@pytest.mark.parametrize(
    "file",
    [b"", b"RIFF", b"ID3" + bytes(100), take(1)[:40], take(1, channels=2), take(1, width=1)],
    ids=["empty", "torn", "mp3", "no sound", "stereo", "8 bit"],
)
def test_what_is_no_take_is_refused(file: bytes) -> None:
    with pytest.raises(MediaError):
        joined([file])


def test_takes_of_different_rates_do_not_fit() -> None:
    with pytest.raises(MediaError, match="8000, 16000"):
        joined([take(1), take(1, rate=16000)])


def test_chunks_that_are_not_known_are_passed_over() -> None:
    file = take(1)
    with_more = file[:12] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + file[12:]
    assert joined([with_more]).seconds == 1


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_wav_is_as_it_was(rate: int) -> None:
    file = take(1, rate=rate)
    assert encoded(joined([file]), "wav") == file


@pytest.mark.parametrize("rate", [8000, 16000])
def test_an_mp3_sounds_the_same_and_is_small(rate: int) -> None:
    seconds = 130  # more than is encoded at a time
    mp3 = encoded(joined([take(seconds, rate=rate)]), "mp3")
    assert len(mp3) < seconds * 6200
    decoded = miniaudio.mp3_read_s16(mp3)
    assert (decoded.nchannels, decoded.sample_rate) == (1, rate)
    assert decoded.duration == pytest.approx(seconds, abs=0.3)
    crossings = sum(
        before < 0 <= after
        for before, after in zip(decoded.samples, decoded.samples[1:], strict=False)
    )
    assert crossings / decoded.duration == pytest.approx(440, rel=0.01)
