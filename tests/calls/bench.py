"""A client of a virtual Asterisk without a runtime: what its commands and events are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.ari import AriClient, Channel
from runtime.simulator import Identity, Line, Phone, Sounds, VirtualAsterisk


class Bench:
    """A client of a virtual Asterisk, with one phone and no runtime."""

    def __init__(self) -> None:
        self.sounds = Sounds()
        self.asterisk = VirtualAsterisk("app", sounds=self.sounds)
        self.ari = AriClient(self.asterisk, "app")
        self.phone = Phone(self.asterisk.switch, "alice", shows=Identity("100", "Alice"))
        self.phone.register("127.0.0.1:5070")

    async def caller(self) -> tuple[Line, Channel]:
        """Let somebody call and answer him."""
        line = self.phone.dial("2000")
        arrival = await self.ari.arrivals.get()
        arrival.events.close()
        channel = self.ari.channel(arrival.start.channel.id)
        await channel.answer()
        return line, channel

    def events(self, *, without: tuple[str, ...] = ("ChannelVarset",)) -> list[str]:
        """Return the types of all events so far."""
        kinds = [event["type"] for event in self.asterisk.wire.log]
        return [kind for kind in kinds if kind not in without]

    async def leg(self, name: str = "leg") -> Channel:
        """Make a leg to the phone and dial it."""
        leg = self.ari.channel(name)
        await leg.create("PJSIP/alice")
        await asyncio.sleep(0.01)
        await leg.dial(timeout=20)
        return leg


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """Run a client."""
    here = Bench()
    running = asyncio.create_task(here.ari.run())
    await here.ari.wait_connected()
    yield here
    running.cancel()
    await asyncio.wait({running})


async def soon(seconds: float = 0.1) -> None:
    """Let events arrive."""
    await asyncio.sleep(seconds)
