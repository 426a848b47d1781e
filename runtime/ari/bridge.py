"""A bridge: where channels hear each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from runtime.ari.commands import Commands, given, read
from runtime.ari.data import BridgeData
from runtime.ari.playback import Playback, play
from runtime.ari.recording import IfExists, LiveRecording, TerminateOn, record
from runtime.ari.transport import JsonValue
from runtime.errors import AriRefused, NotOurs

# Without dtmf_events two SIP legs are joined past us: no digits arrive and muting does nothing.
MIXING = "mixing,dtmf_events"
HOLDING = "holding"

Role = Literal["participant", "announcer"]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A bridge by its id; holds no state and need not exist (yet).

    Commands raise Gone when the bridge is no more, NotOurs when it is outside our application,
    AriRefused when Asterisk objects and AriUnavailable when it does not answer.
    """

    commands: Commands
    id: str

    async def create(self, bridge_type: str = MIXING, *, name: str | None = None) -> BridgeData:
        """Make the bridge; an id in use is AriRefused."""
        body = given(type=bridge_type, bridgeId=self.id, name=name)
        response = await self.commands.send("POST", "bridges", body=body)
        return read(BridgeData, response, "bridges")

    async def destroy(self) -> bool:
        """Dissolve the bridge, whose channels stay with us; False when it was no more.

        Asterisk calls a bridge that it is just dissolving one that is not ours.
        """
        try:
            return await self.commands.end("DELETE", "bridges", self.id)
        except NotOurs:
            return False

    async def add(
        self,
        *channel_ids: str,
        role: Role | None = None,
        absorb_dtmf: bool = False,
        mute: bool = False,
        inhibit_connected_line_updates: bool = False,
    ) -> None:
        """Add channels, each leaving the bridge that it is in.

        `absorb_dtmf` keeps their digits from the others, `mute` their voices. Raises Gone when a
        channel or the bridge is no more, NotOurs when a channel is outside our application.
        """
        body: dict[str, JsonValue] = {
            "channel": list(channel_ids),
            "absorbDTMF": absorb_dtmf,
            "mute": mute,
            "inhibitConnectedLineUpdates": inhibit_connected_line_updates,
            **given(role=role),
        }
        await self.commands.send(
            "POST", "bridges", self.id, "addChannel", body=body, blocking=True, gone=(400, 404)
        )

    async def remove(self, channel_id: str) -> bool:
        """Take a channel out; False when it was not in, or it or the bridge is no more."""
        try:
            await self.commands.send(
                "POST",
                "bridges",
                self.id,
                "removeChannel",
                body={"channel": [channel_id]},
                blocking=True,
            )
        except AriRefused as error:
            if error.status in (400, 404, 422):
                return False
            raise
        return True

    async def play(
        self,
        playback_id: str,
        media: Sequence[str],
        *,
        language: str | None = None,
        offset: float | None = None,
    ) -> Playback:
        """Play media to all members; see Channel.play."""
        path = ("bridges", self.id)
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
        """Record all members mixed; see Channel.record."""
        return await record(
            self.commands,
            ("bridges", self.id),
            name,
            audio_format=audio_format,
            max_duration=max_duration,
            max_silence=max_silence,
            if_exists=if_exists,
            beep=beep,
            terminate_on=terminate_on,
        )

    async def start_moh(self, music_class: str | None = None) -> None:
        """Play music on hold to all members."""
        await self.commands.send(
            "POST", "bridges", self.id, "moh", body=given(mohClass=music_class)
        )

    async def stop_moh(self) -> None:
        """Stop the music."""
        await self.commands.send("DELETE", "bridges", self.id, "moh")

    async def details(self) -> BridgeData:
        """Describe the bridge."""
        return await self.commands.ask(BridgeData, "bridges", self.id)

    async def get_variable(self, name: str) -> str | None:
        """Read a variable of the bridge (Asterisk >= 22.10); None when it is not set."""
        return await self.commands.variable("bridges", self.id, name=name)

    async def set_variable(self, name: str, value: str) -> None:
        """Set a variable of the bridge (Asterisk >= 22.10)."""
        await self.commands.send(
            "POST",
            "bridges",
            self.id,
            "variable",
            body={"variable": name, "value": value},
            blocking=True,
        )
