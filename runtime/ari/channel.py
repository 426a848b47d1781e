"""A channel: what can be asked of one, and the ways to make one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from runtime.ari.channel_media import ChannelMedia, Direction
from runtime.ari.commands import app_args, given, milliseconds, read
from runtime.ari.data import ChannelData
from runtime.ari.transport import JsonObject, JsonValue
from runtime.errors import Gone

Progress = Literal[
    "channel_progress", "channel_answered", "channel_unavailable", "channel_declined"
]


@dataclass(frozen=True, slots=True)
class Channel(ChannelMedia):
    """A channel by its id; holds no state and need not exist (yet).

    Commands raise Gone when the channel has hung up, NotOurs when it is outside our application,
    AriRefused when Asterisk objects and AriUnavailable when it does not answer.

    While a channel plays or records, `answer` and setting its variables wait for the end, and
    `mute`, `hold`, `start_moh`, `dtmf`, `redirect`, `move` and `continue_in_dialplan` return at
    once but take effect only then: stop the media first.
    """

    async def create(
        self,
        endpoint: str,
        *,
        args: Sequence[str] = (),
        other_channel_id: str | None = None,
        originator: str | None = None,
        formats: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> ChannelData:
        """Make the channel without dialling; its StasisStart comes at once, state Down.

        `originator` is the channel on whose behalf this one is made. An endpoint that is unknown
        or not registered, like an id in use, is AriRefused; do not tell them apart by the status,
        because Asterisk answers 409 to the former after it once met the latter.
        """
        body = given(
            endpoint=endpoint,
            app=self.commands.app,
            appArgs=app_args(args),
            channelId=self.id,
            otherChannelId=other_channel_id,
            originator=originator,
            formats=",".join(formats) or None,
            variables=variables,
        )
        return await self._make(body, "channels", "create")

    async def originate(  # noqa: PLR0913 - Asterisk's parameters
        self,
        endpoint: str,
        *,
        args: Sequence[str] = (),
        dialplan: tuple[str, str] | None = None,
        caller_id: str | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - Asterisk's timer, not ours
        other_channel_id: str | None = None,
        originator: str | None = None,
        formats: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> ChannelData:
        """Make the channel and dial; its StasisStart comes when it answers.

        `dialplan` is (context, extension) to run instead of our application; `timeout` in seconds.
        """
        body = given(
            endpoint=endpoint,
            channelId=self.id,
            otherChannelId=other_channel_id,
            callerId=caller_id,
            timeout=math.ceil(timeout),
            originator=originator,
            formats=",".join(formats) or None,
            variables=variables,
        )
        if dialplan is None:
            body |= {"app": self.commands.app, "appArgs": app_args(args)}
        else:
            body |= {"context": dialplan[0], "extension": dialplan[1], "priority": 1}
        return await self._make(body, "channels")

    async def external_media(  # noqa: PLR0913 - Asterisk's parameters
        self,
        host: str,
        audio_format: str,
        *,
        encapsulation: Literal["rtp", "audiosocket", "none"] = "rtp",
        transport: Literal["udp", "tcp", "websocket"] = "udp",
        connection_type: Literal["client", "server"] = "client",
        data: str | None = None,
        transport_data: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> ChannelData:
        """Make the channel a pipe for raw audio to and from a program.

        `host` is `address:port`, or INCOMING for a WebSocket server, whose path is then in
        `channelvars["MEDIA_WEBSOCKET_CONNECTION_ID"]`; `data` is AudioSocket's uuid.
        """
        body = given(
            app=self.commands.app,
            channelId=self.id,
            external_host=host,
            format=audio_format,
            encapsulation=encapsulation,
            transport=transport,
            connection_type=connection_type,
            data=data,
            transport_data=transport_data,
            variables=variables,
        )
        return await self._make(body, "channels", "externalMedia")

    async def snoop(
        self,
        snoop_id: str,
        *,
        spy: Direction | Literal["none"] = "none",
        whisper: Direction | Literal["none"] = "none",
        args: Sequence[str] = (),
    ) -> ChannelData:
        """Make a channel that hears (`spy`) or speaks into (`whisper`) this one.

        `in` is what this channel says, `out` what it hears. The new channel sends a StasisStart.
        """
        body = given(app=self.commands.app, appArgs=app_args(args), spy=spy, whisper=whisper)
        return await self._make(body, "channels", self.id, "snoop", snoop_id)

    async def dial(
        self,
        *,
        timeout: float,  # noqa: ASYNC109 - Asterisk's timer, not ours
        caller: str | None = None,
    ) -> None:
        """Dial a created channel for so many seconds; never twice, which kills it.

        Await its StasisStart first: before that, Asterisk finds it NotOurs.
        `caller` is the channel whose identity the called party sees.
        """
        await self._post("dial", body=given(timeout=math.ceil(timeout), caller=caller))

    async def answer(self, *, idle: bool = False) -> None:
        """Answer; harmless when it is answered.

        `idle` promises that nothing was ever played or recorded here, so the answer cannot have to
        wait: then it takes the faster way, on which requests wait for each other.
        """
        await self._post("answer", blocking=not idle)

    async def ring(self) -> None:
        """Tell the caller that it rings (SIP 180)."""
        await self._post("ring")

    async def ring_stop(self) -> None:
        """Take the ringing back."""
        await self._delete("ring")

    async def progress(self) -> None:
        """Open early media (SIP 183) without an answer; Asterisk >= 22.6."""
        await self._post("progress")

    async def hangup(self, reason_code: int | None = None, *, reason: str | None = None) -> bool:
        """Hang up; False when it had already.

        `reason_code` is a Q.850 cause (0 to 127), `reason` one of Asterisk's words such as
        `answered_elsewhere`; without either an unanswered caller gets SIP 603.
        """
        query = {"reason_code": str(reason_code)} if reason_code is not None else {}
        if reason is not None:
            query = {"reason": reason}
        return await self.commands.end("DELETE", "channels", self.id, query=query)

    async def redirect(self, endpoint: str) -> None:
        """Send the phone elsewhere: SIP 302 before the answer, REFER after it."""
        await self._post("redirect", body={"endpoint": endpoint})

    async def transfer_progress(self, state: Progress) -> None:
        """Tell the phone that asked for a transfer how it goes."""
        await self._post("transfer_progress", body={"states": state})

    async def continue_in_dialplan(
        self,
        context: str,
        extension: str,
        priority: int = 1,
        *,
        label: str | None = None,
    ) -> None:
        """Leave our application for the dialplan; `label` counts instead of the priority.

        An extension that does not exist is no error: the channel is hung up.
        """
        place = {"priority": priority} if label is None else {"label": label}
        await self._post("continue", body={"context": context, "extension": extension, **place})

    async def leave(self) -> None:
        """Leave our application for the dialplan, behind what let the channel in.

        That is the next priority; where an AGI program had run Stasis, it runs on.
        """
        await self._post("continue")

    async def move(self, app: str, args: Sequence[str] = ()) -> None:
        """Hand the channel to another Stasis application."""
        await self._post("move", body={"app": app, "appArgs": app_args(args)})

    async def dtmf(self, digits: str, *, between: float = 0.1, duration: float = 0.1) -> None:
        """Send digits to the phone; durations in seconds, `w` is a pause of half a second."""
        await self._post(
            "dtmf",
            body=given(dtmf=digits, between=milliseconds(between), duration=milliseconds(duration)),
        )

    async def details(self) -> ChannelData:
        """Describe the channel."""
        return await self.commands.ask(ChannelData, "channels", self.id)

    async def get_variable(self, name: str) -> str | None:
        """Read a variable or function; None when it is not set or the channel is gone."""
        return await self.commands.variable("channels", self.id, name=name)

    async def set_variable(self, name: str, value: str, *, report: bool = False) -> None:
        """Set a variable or function.

        `report` makes it part of `channelvars` in every later event (Asterisk >= 22.10).
        """
        body: dict[str, JsonValue] = {"variable": name, "value": value}
        if report:
            body["report_events"] = True
        await self._post("variable", body=body, blocking=True)

    async def set_variables(
        self, variables: Mapping[str, str], *, report: bool = False, idle: bool = False
    ) -> None:
        """Set several variables: at once (Asterisk >= 22.10) or else one after the other.

        See `set_variable` for `report` and `answer` for `idle`.
        """
        values: dict[str, JsonValue] = {
            name: {"value": value, "report_events": True} if report else value
            for name, value in variables.items()
        }
        try:
            await self._post("variables", body={"variables": values}, blocking=not idle)
        except Gone:
            # An older Asterisk has no such resource, which is a 404 too.
            for name, value in variables.items():
                await self.set_variable(name, value, report=report)

    async def _make(self, body: JsonObject, *segments: str) -> ChannelData:
        response = await self.commands.send("POST", *segments, body=body, blocking=True)
        return read(ChannelData, response, "/".join(segments))
