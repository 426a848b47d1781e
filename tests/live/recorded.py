"""Listening to recordings: which tones are in them, and when."""

import asyncio
from array import array
from dataclasses import dataclass

import miniaudio

from runtime.objects import Contents, opened
from runtime.storage import recordings
from runtime.storage.recordings import RecordingRow
from tests.live.pbx import Pbx
from tests.live.tones import RATE as TELEPHONE_RATE
from tests.live.tones import Tones, loudness, share

_SLICE_SECONDS = 0.1
_PART = 0.1
"""of the energy of a slice, what a tone must have: several may sound at once"""
_QUIET = 150.0
_STEP = 0.1


@dataclass(frozen=True)
class Recorded:
    """A recording and its sound."""

    row: RecordingRow
    samples: "array[int]"
    rate: int
    tones: Tones

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    def lasts(self, *names: str) -> float:
        """Return for how many seconds all these tones sound together."""
        return _SLICE_SECONDS * sum(set(names) <= heard for heard in self._slices())

    def silent(self) -> float:
        """Return for how many seconds there is silence."""
        return _SLICE_SECONDS * sum(not heard for heard in self._slices())

    def story(self) -> str:
        """Say what is in it, for people."""
        parts: list[tuple[str, float]] = []
        for heard in self._slices():
            what = " + ".join(sorted(heard)) or "silence"
            before = parts.pop()[1] if parts and parts[-1][0] == what else 0.0
            parts.append((what, before + _SLICE_SECONDS))
        return ", ".join(f"{what} {seconds:.1f} s" for what, seconds in parts)

    def _slices(self) -> list[set[str]]:
        size = round(_SLICE_SECONDS * self.rate)
        starts = range(0, len(self.samples) - size + 1, size)
        return [self._heard(self.samples[at : at + size]) for at in starts]

    def _heard(self, piece: "array[int]") -> set[str]:
        if loudness(piece) < _QUIET:
            return set()
        # Goertzel's frequencies are a part of the sampling rate.
        scale = TELEPHONE_RATE / self.rate
        return {
            tone.name
            for tone in self.tones.known()
            if all(share(piece, hertz * scale) >= _PART for hertz in tone.hertz)
        } or {"something"}


def sound_of(content: bytes) -> "tuple[array[int], int]":
    """Return the samples of an MP3 or WAV file, and how many there are in a second."""
    if content.startswith(b"RIFF"):
        rate = miniaudio.wav_get_info(content).sample_rate
    else:
        rate = miniaudio.mp3_get_info(content).sample_rate
    decoded = miniaudio.decode(
        content, output_format=miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=rate
    )
    return array("h", decoded.samples), rate


async def recorded(pbx: Pbx, count: int = 1, within: float = 10.0) -> list[Recorded]:
    """Wait until the account has so many recordings; return them in the order of their begin."""
    db, account = pbx.plant.db, pbx.home.id
    deadline = asyncio.get_running_loop().time() + within
    while len(rows := await recordings.recent(db, account)) < count:
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"{len(rows)} recordings instead of {count}")
        await asyncio.sleep(_STEP)  # what another process writes has no event here
    found = []
    for row in reversed(rows):
        content = await _content(pbx, row.id)
        samples, rate = sound_of(content) if content else (array("h"), TELEPHONE_RATE)
        found.append(Recorded(row, samples, rate, pbx.tones))
    return found


async def _content(pbx: Pbx, recording_id: str) -> bytes | None:
    db, settings = pbx.plant.db, pbx.plant.settings
    found = await recordings.sound(db, pbx.home.id, recording_id)
    if found is None:
        return None
    contents = Contents(db, opened(settings.objects_url, settings.state_dir / "objects"))
    return await contents.read(found.data, found.object)


async def all_taken_away(pbx: Pbx, within: float = 5.0) -> None:
    """Wait until nothing is left of recordings on the PBX's disk."""
    deadline = asyncio.get_running_loop().time() + within
    while left := pbx.recordings():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"left on the PBX's disk: {left}")
        await asyncio.sleep(_STEP)
