"""What a channel's party hears and says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from runtime.ari.commands import Commands, given
from runtime.ari.playback import Playback, play
from runtime.ari.recording import IfExists, LiveRecording, TerminateOn, record
from runtime.ari.transport import JsonObject

Direction = Literal["in", "out", "both"]


@dataclass(frozen=True, slots=True)
class ChannelMedia:
    """The media of a channel; the base of Channel."""

    commands: Commands
    id: str

    async def play(
        self,
        playback_id: str,
        media: Sequence[str],
        *,
        language: str | None = None,
        offset: float | None = None,
    ) -> Playback:
        """Play media one after the other to this channel; `offset` seconds into the first.

        Success means queued. A last medium of an unknown scheme, or a recording that does not
        exist, never finishes.
        """
        path = ("channels", self.id)
        return await play(self.commands, path, playback_id, media, language, offset)

    async def record(
        self,
        name: str,
        *,
        audio_format: str = "wav",
        max_duration: float | None = None,
        max_silence: float | None = None,
        if_exists: IfExists = "fail",
        beep: bool = False,
        terminate_on: TerminateOn = "none",
    ) -> LiveRecording:
        """Record what this channel says; durations in seconds, rounded up to whole ones.

        Success means queued: RecordingStarted or RecordingFailed tells more. A name in use is
        AriRefused with 409, an unknown format with 422.
        """
        return await record(
            self.commands,
            ("channels", self.id),
            name,
            audio_format=audio_format,
            max_duration=max_duration,
            max_silence=max_silence,
            if_exists=if_exists,
            beep=beep,
            terminate_on=terminate_on,
        )

    async def start_moh(self, music_class: str | None = None) -> None:
        """Play music on hold; an unknown class plays the default one."""
        await self._post("moh", body=given(mohClass=music_class))

    async def stop_moh(self) -> None:
        """Stop the music."""
        await self._delete("moh")

    async def start_silence(self) -> None:
        """Send silence, so that routers and RTP timers on the way keep the call alive."""
        await self._post("silence")

    async def stop_silence(self) -> None:
        """Send nothing again."""
        await self._delete("silence")

    async def mute(self, direction: Direction = "both") -> None:
        """Silence the channel: `in` is what it says, `out` what it hears."""
        await self._post("mute", body={"direction": direction})

    async def unmute(self, direction: Direction = "both") -> None:
        """Undo `mute` of the same direction."""
        await self._delete("mute", query={"direction": direction})

    async def hold(self) -> None:
        """Put the party on hold: it hears music."""
        await self._post("hold")

    async def unhold(self) -> None:
        """Take the party off hold."""
        await self._delete("hold")

    async def _post(
        self, command: str, *, body: JsonObject | None = None, blocking: bool = False
    ) -> None:
        await self.commands.send("POST", "channels", self.id, command, body=body, blocking=blocking)

    async def _delete(self, command: str, *, query: Mapping[str, str] | None = None) -> None:
        await self.commands.send("DELETE", "channels", self.id, command, query=query)
