"""Recordings: those that run and those that are stored."""

import math
from dataclasses import dataclass
from typing import Literal

from runtime.ari.commands import Commands, given, read
from runtime.ari.data import RecordingData, StoredRecordingData
from runtime.errors import AriRefused

IfExists = Literal["fail", "overwrite", "append"]
TerminateOn = Literal["none", "any", "*", "#"]

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class LiveRecording:
    """A running recording by its name."""

    commands: Commands
    name: str

    async def stop(self) -> bool:
        """End the recording and keep it; False when it had already ended."""
        try:
            return await self.commands.end("POST", "recordings", "live", self.name, "stop")
        except AriRefused as error:
            # For a moment after its end a recording can still be found, but not be stopped.
            if error.status == CONFLICT:
                return False
            raise

    async def discard(self) -> bool:
        """End the recording and throw it away; False when it had already ended."""
        return await self.commands.end("DELETE", "recordings", "live", self.name)

    async def pause(self) -> None:
        """Leave out what follows; raises Gone when it ended."""
        await self.commands.send("POST", "recordings", "live", self.name, "pause")

    async def unpause(self) -> None:
        """Record again what follows."""
        await self.commands.send("DELETE", "recordings", "live", self.name, "pause")

    async def mute(self) -> None:
        """Record silence instead of what follows."""
        await self.commands.send("POST", "recordings", "live", self.name, "mute")

    async def unmute(self) -> None:
        """Record what follows as it is."""
        await self.commands.send("DELETE", "recordings", "live", self.name, "mute")

    async def details(self) -> RecordingData:
        """Describe the recording; raises Gone when it ended."""
        return await self.commands.ask(RecordingData, "recordings", "live", self.name)


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A recording on Asterisk's disk by its name."""

    commands: Commands
    name: str

    async def details(self) -> StoredRecordingData:
        """Describe the recording; raises Gone when there is no file."""
        return await self.commands.ask(StoredRecordingData, "recordings", "stored", self.name)

    async def file(self) -> bytes:
        """Fetch the file; raises Gone when there is none."""
        response = await self.commands.send(
            "GET", "recordings", "stored", self.name, "file", blocking=True
        )
        return response.content

    async def copy(self, name: str) -> StoredRecordingData:
        """Copy to a new name; raises Gone, or AriRefused (409) when the name is in use."""
        path = ("recordings", "stored", self.name, "copy")
        response = await self.commands.send("POST", *path, body={"destinationRecordingName": name})
        return read(StoredRecordingData, response, "/".join(path))

    async def delete(self) -> bool:
        """Delete the file; False when there was none."""
        return await self.commands.end("DELETE", "recordings", "stored", self.name)


async def record(  # noqa: PLR0913 - the parts of one command
    commands: Commands,
    target: tuple[str, str],
    name: str,
    *,
    audio_format: str,
    max_duration: float | None,
    max_silence: float | None,
    if_exists: IfExists,
    beep: bool,
    terminate_on: TerminateOn,
) -> LiveRecording:
    """Record a channel or a bridge, `target` being its path."""
    body = given(
        name=name,
        format=audio_format,
        maxDurationSeconds=None if max_duration is None else math.ceil(max_duration),
        maxSilenceSeconds=None if max_silence is None else math.ceil(max_silence),
        ifExists=if_exists,
        beep=beep,
        terminateOn=terminate_on,
    )
    await commands.send("POST", *target, "record", body=body)
    return LiveRecording(commands, name)
