"""What sound files are, and how those that only ffmpeg reads are converted."""

import os
import stat
from pathlib import Path
from typing import Final

import lameenc
import pytest

from runtime.errors import MediaError
from runtime.media.audio import MAX_SECONDS, SAMPLE_RATE, to_telephone_wav, wav
from runtime.media.container import CONTAINERS, container_of

SOUNDS: Final = Path(__file__).parents[1] / "web" / "sounds"
OPUS: Final = b"OggS\0\x02" + bytes(22) + b"OpusHead"
MP4: Final = b"\0\0\0\x1cftypisom\0\0\x02\0"

# Stands for ffmpeg: says what it was asked for, and answers a second of silence, or fails.
_PROGRAM = """#!/bin/sh
echo "$@" > {told}
for word in "$@"; do case $word in file:*) cp "${{word#file:}}" {told}.file;; esac; done
{act}
"""
_SILENCE = "head -c 16000 /dev/zero"


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for ffmpeg in PATH; return the file in which it says what it was asked."""
    return install(tmp_path, monkeypatch, _SILENCE)


def install(directory: Path, monkeypatch: pytest.MonkeyPatch, act: str) -> Path:
    told = directory / "told"
    program = directory / "ffmpeg"
    program.write_text(_PROGRAM.format(told=told, act=act))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
    return told


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (wav(b"\0\0"), "audio/wav"),
        ((SOUNDS / "tone.mp3").read_bytes(), "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xf3\x40\xc0", "audio/mpeg"),
        ((SOUNDS / "tone.ogg").read_bytes(), "audio/ogg"),
        (OPUS, "audio/ogg"),
        (b"fLaC\0\0\0\x22", "audio/flac"),
        (MP4, "video/mp4"),
        (b"\x1aE\xdf\xa3\x01", "video/webm"),
        (b"\xff\xf1\x50\x80", None),
        (b"<html>", None),
        (b"#EXTM3U\nhttp://127.0.0.1/", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(data: bytes, content_type: str | None) -> None:
    found = container_of(data)
    assert (None if found is None else found.content_type) == content_type
    assert found is None or found in CONTAINERS


@pytest.mark.parametrize("name", ["tone.mp3", "tone.ogg"])
def test_a_tone_of_half_a_second_is_converted(name: str) -> None:
    converted = to_telephone_wav((SOUNDS / name).read_bytes(), name)
    assert abs(len(converted) - SAMPLE_RATE) < 1500


def test_a_small_file_of_many_hours_is_refused_before_it_is_unpacked() -> None:
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(8000)
    encoder.set_channels(1)
    encoder.set_bit_rate(8)
    encoder.silence()
    minute = bytes(encoder.encode(bytes(2 * 60 * SAMPLE_RATE)))
    with pytest.raises(MediaError, match=f"long: longer than {MAX_SECONDS} s"):
        to_telephone_wav(minute * 90, "long")


def test_a_file_that_crashes_its_decoder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MediaError, match=r"x: not audio .* \(it is damaged\)"):
        to_telephone_wav((SOUNDS / "damaged.ogg").read_bytes(), "x")


@pytest.mark.parametrize(("data", "demuxer"), [(OPUS, "ogg"), (MP4, "mov")])
def test_ffmpeg_converts_the_rest(ffmpeg: Path, data: bytes, demuxer: str) -> None:
    assert to_telephone_wav(data, "x") == wav(bytes(16000))
    asked = ffmpeg.read_text().split()
    assert ffmpeg.with_suffix(".file").read_bytes() == data
    # Neither another format nor the network is left to its choice.
    assert asked[asked.index("-f") + 1] == demuxer
    assert asked[asked.index("-protocol_whitelist") + 1] == "file"
    assert asked[asked.index("-ar") + 1] == str(SAMPLE_RATE)


def test_ffmpeg_is_not_asked_for_what_is_no_sound(ffmpeg: Path) -> None:
    with pytest.raises(MediaError, match="x: not audio"):
        to_telephone_wav(b"#EXTM3U\nhttp://127.0.0.1/", "x")
    assert not ffmpeg.exists()


def test_what_ffmpeg_complains_of_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "echo 'moov atom not found' >&2; exit 1")
    with pytest.raises(MediaError, match=r"x: not audio that can be played \(moov atom not found"):
        to_telephone_wav(MP4, "x")


def test_without_ffmpeg_the_rest_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MediaError, match="use WAV, MP3, FLAC or Ogg Vorbis"):
        to_telephone_wav(OPUS, "x")
