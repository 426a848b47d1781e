"""A playback: media that Asterisk plays to a channel or a bridge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from runtime.ari.commands import Commands, given, milliseconds
from runtime.ari.data import PlaybackData

Operation = Literal["restart", "pause", "unpause", "reverse", "forward"]


@dataclass(frozen=True, slots=True)
class Playback:
    """A playback by its id."""

    commands: Commands
    id: str

    async def stop(self) -> bool:
        """Stop the whole list; False when it had already ended."""
        return await self.commands.end("DELETE", "playbacks", self.id)

    async def control(self, operation: Operation) -> None:
        """Pause, go on, wind; raises Gone when it ended, AriRefused (409) before it began."""
        await self.commands.send(
            "POST", "playbacks", self.id, "control", body={"operation": operation}
        )

    async def details(self) -> PlaybackData:
        """Describe the playback; raises Gone when it ended."""
        return await self.commands.ask(PlaybackData, "playbacks", self.id)


async def play(
    commands: Commands,
    target: tuple[str, str],
    playback_id: str,
    media: Sequence[str],
    language: str | None,
    offset: float | None,
) -> Playback:
    """Play to a channel or a bridge, `target` being its path."""
    # In the body: Asterisk splits a query's media at commas, which tones and URLs contain.
    body = given(media=list(media), lang=language, offsetms=milliseconds(offset))
    await commands.send("POST", *target, "play", playback_id, body=body)
    return Playback(commands, playback_id)
