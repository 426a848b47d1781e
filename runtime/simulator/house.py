"""A whole runtime over a virtual Asterisk and documents in memory."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from runtime.ari import AriClient
from runtime.callflow.action import Action
from runtime.callflow.engine import Engine, Limits
from runtime.callflow.exchange import Exchange
from runtime.callflow.facilities import Facilities
from runtime.callflow.live import Live
from runtime.callflow.reception import Reception
from runtime.callflow.step_events import StepEvents
from runtime.callflow.trace import TraceWriter
from runtime.media import Library
from runtime.outward import Errands
from runtime.recording import Archive
from runtime.simulator.asterisk import VirtualAsterisk
from runtime.simulator.desk import Desk
from runtime.simulator.documents import PlainDocuments
from runtime.simulator.mailbox import Mailbox
from runtime.simulator.shelf import Murmur, Pages, Shelf
from runtime.simulator.sounds import Sounds
from runtime.simulator.web import VirtualWeb
from runtime.simulator.wire import Delays
from runtime.storage.calls import CallRow, StepRow
from runtime.storage.cdrs import CdrRow

APP = "callflow"


@dataclass
class House:
    """What runs, what is in it, and what the trace says so far: the last record of each call.

    What is left to chance comes from `random`, always the same after the same seed.
    """

    asterisk: VirtualAsterisk
    ari: AriClient
    exchange: Exchange
    documents: PlainDocuments
    pages: Pages
    random: Random
    recordings: Desk
    archive: Archive
    mailbox: Mailbox
    web: VirtualWeb
    calls: dict[str, CallRow] = field(default_factory=dict)
    steps: list[StepRow] = field(default_factory=list)
    cdrs: dict[str, CdrRow] = field(default_factory=dict)
    taking: asyncio.Task[None] | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def over(self, channel_id: str) -> CallRow:
        """Return the record of a channel's call when it tells of the end."""
        async with self.news:
            while True:
                for call in self.calls.values():
                    if call.channel_id == channel_id and call.ended_at is not None:
                        return call
                await self.news.wait()

    def shut_down(self) -> None:
        """Take no more calls and end those in progress, as at the end of the program."""
        if self.taking is not None:
            self.taking.cancel()

    def steps_of(self, call: CallRow) -> list[StepRow]:
        """Return the steps of a call in order."""
        return [step for step in self.steps if step.call_id == call.id]


@asynccontextmanager
async def running(
    directory: Path,
    actions: Mapping[str, Action],
    *,
    metaflows: Mapping[str, Action] | None = None,
    limits: Limits | None = None,
    delays: Delays | None = None,
    pass_keys_on: bool = True,
    redact_keys: bool = False,
) -> AsyncIterator[House]:
    """Run all parts while the block runs; `directory` keeps audio and may be shared by many."""
    shelf = Shelf(directory)
    plain = PlainDocuments(shelf)
    web = VirtualWeb()
    errands = Errands(web)
    pages = Pages(shelf, web)
    asterisk = VirtualAsterisk(APP, sounds=Sounds(shelf.find), delays=delays)
    ari = AriClient(asterisk, APP)

    async def write(calls: Sequence[CallRow], steps: Sequence[StepRow]) -> None:
        async with house.news:
            house.steps += steps
            house.calls |= {call.id: call for call in calls}
            house.news.notify_all()

    async def write_cdrs(rows: Sequence[CdrRow]) -> None:
        house.cdrs |= {row.id: row for row in rows}

    live = Live()
    trace = TraceWriter(write, write_cdrs=write_cdrs, observe=StepEvents(live.bus).traced)
    library = Library(shelf, Murmur(), pages, plain.documents, plain.content)
    random = Random(0)  # noqa: S311 - a play must be the same each time
    desk = Desk()
    archive = Archive(ari, desk.keep, desk, random=random)
    mailbox = Mailbox()
    facilities = Facilities(
        ari,
        plain.routing,
        plain.documents,
        library,
        trace,
        random=random,
        archive=archive,
        post=mailbox,
        live=live,
        pass_keys_on=pass_keys_on,
        redact_keys=redact_keys,
        metaflows=metaflows or {},
        actions=actions,
        web=web,
        errands=errands,
    )
    engine = Engine(actions, limits or Limits())
    exchange = Exchange(facilities, engine, Reception(facilities, plain.account_of_number))
    house = House(asterisk, ari, exchange, plain, pages, random, desk, archive, mailbox, web)
    house.taking = asyncio.create_task(exchange.run())
    others = [
        asyncio.create_task(work) for work in (ari.run(), trace.run(), archive.run(), errands.run())
    ]
    running = [*others, house.taking]
    try:
        await ari.wait_connected()
        yield house
    finally:
        for task in reversed(running):
            task.cancel()
            await asyncio.wait({task})
