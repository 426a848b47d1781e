"""Where all events arrive: given to those who follow a channel, or announced as a new call."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from runtime.ari.commands import Commands, read
from runtime.ari.data import InfoData
from runtime.ari.events import Event, Gap, StasisStart, parse
from runtime.ari.subscriptions import Router, Subscription
from runtime.ari.transport import AppTaken, RawEvent
from runtime.errors import AriRefused

# Asterisk filters its answers to requests over the WebSocket like events: without it, silence.
_ALWAYS = frozenset({"RESTResponse", "ApplicationReplaced"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A channel that came to us by itself, and its events after this one."""

    start: StasisStart
    events: Subscription


class Reception:
    """The sink of a client's transport; `open` is set while events come in and are filtered."""

    def __init__(
        self,
        commands: Commands,
        events: Iterable[str],
        observe: Callable[[Event], None] | None = None,
    ) -> None:
        self.router = Router()
        self.arrivals: asyncio.Queue[Arrival] = asyncio.Queue()
        self.gaps: asyncio.Queue[Gap] = asyncio.Queue()
        self.open = asyncio.Event()
        self._commands = commands
        self._observe = observe
        self._allowed = sorted({*events, *_ALWAYS})
        self._started_at: datetime | None = None

    def event(self, raw: RawEvent) -> None:
        """See Sink.event."""
        kind = raw.get("type")
        if kind == "ApplicationReplaced":
            raise AppTaken(
                f"another program connected to Asterisk as {self._commands.app!r} and has taken "
                "its calls; give each program its own application name"
            )
        if self._observe is not None and (event := parse(raw)) is not None:
            self._observe(event)
        if self.router.route(raw) or kind != "StasisStart":
            return
        start = parse(raw)
        if isinstance(start, StasisStart):
            events = self.router.open(start.channel.id)
            self.arrivals.put_nowait(Arrival(start, events))

    async def connected(self, *, first: bool) -> None:
        """See Sink.connected."""
        # By HTTP: a filter that an earlier run left behind may swallow answers on the WebSocket.
        await self._commands.send(
            "PUT",
            "applications",
            self._commands.app,
            "eventFilter",
            body={"allowed": [{"type": kind} for kind in self._allowed]},
            blocking=True,
        )
        before, self._started_at = self._started_at, await self._startup()
        restarted = before is not None and self._started_at not in (None, before)
        gap = Gap(first=first, restarted=restarted)
        if not first:
            self.router.announce(gap)
        self.gaps.put_nowait(gap)
        self.open.set()

    async def _startup(self) -> datetime | None:
        try:
            response = await self._commands.send(
                "GET", "asterisk", "info", query={"only": "status"}, blocking=True
            )
            return read(InfoData, response, "asterisk/info").status.startup_time
        except AriRefused:
            return None

    def disconnected(self, reason: str) -> None:  # noqa: ARG002 - the transport logs it
        """See Sink.disconnected."""
        self.open.clear()
