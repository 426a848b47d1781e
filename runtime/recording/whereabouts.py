"""In which bridge a leg is, as events tell it."""

import asyncio

from runtime.ari import (
    AriClient,
    ChannelData,
    ChannelEnteredBridge,
    ChannelLeftBridge,
    Event,
    Gap,
)
from runtime.telephony import Leg

MIXING = "mixing"

# Never announced to anybody: it only wakes whoever waits for events.
_STIR = Gap(first=True)


class Whereabouts:
    """The bridges of some legs. `events` are the legs' and those of what is added to it."""

    def __init__(self, ari: AriClient) -> None:
        self.events = ari.subscribe()
        self._bridges: dict[str, str] = {}

    def close(self) -> None:
        """Take no more events."""
        self.events.close()

    def follow(self, leg: Leg, bridge_id: str | None) -> None:
        """Take note of a leg from here on; it is in this bridge now."""
        self.events.add(leg.id)
        if bridge_id is not None:
            self._bridges[leg.id] = bridge_id

    def of(self, leg: Leg) -> str | None:
        """Return the bridge in which a leg talks; None for none."""
        return self._bridges.get(leg.id)

    def stir(self) -> None:
        """Wake whoever waits for the next event."""
        self.events.put(_STIR)

    def catch_up(self) -> None:
        """Take note of all that has happened so far."""
        while (event := self.events.get_nowait()) is not None:
            self._note(event)

    async def next(self) -> Event | None:
        """Wait for an event and take note of it; None when it was only `stir`."""
        event = await self.events.get()
        self._note(event)
        return None if event is _STIR else event

    def _note(self, event: Event) -> None:
        match event:
            case ChannelEnteredBridge(channel=ChannelData() as channel, bridge=bridge):
                self._bridges.pop(channel.id, None)
                if bridge.bridge_type == MIXING:
                    self._bridges[channel.id] = bridge.id
            case ChannelLeftBridge(channel=ChannelData() as channel, bridge=bridge):
                if self._bridges.get(channel.id) == bridge.id:
                    del self._bridges[channel.id]
            case _:
                pass

    async def news(self, leg: Leg, seconds: float) -> bool:
        """Wait for something to happen to a leg; False when nothing has in so many seconds."""
        getting = asyncio.create_task(self.next())
        waiting: set[asyncio.Future[object]] = {getting, leg.ended}  # type: ignore[arg-type]
        try:
            done, _ = await asyncio.wait(
                waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            getting.cancel()
            await asyncio.wait({getting})
        return bool(done)
