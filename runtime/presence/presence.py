"""Keeps the lamps in Asterisk true: to the telephones, and to the documents."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence

from runtime.ari import AriClient, Event, Transport
from runtime.errors import AriError, AriUnavailable, StorageError
from runtime.presence.board import Board, is_ours
from runtime.presence.state import State
from runtime.presence.telephones import EVENTS, TECHNOLOGY, Telephones
from runtime.storage.lamps import LampRow

logger = logging.getLogger(__name__)

EVERY_ACCOUNT = "*"
GATHER_SECONDS = 0.1
RETRY_SECONDS = 2.0

LISTED = 63
"""Characters of a device state's name in Asterisk's list of them; longer ones are cut."""

Fetch = Callable[[str | None], Awaitable[Sequence[LampRow]]]
"""The lamps of an account, or for None of all; raises StorageError."""


class Presence:
    """The lamps of all accounts in one Asterisk.

    It is an application of its own, that takes no calls: Asterisk's events about all telephones
    come here, also of calls that the runtime has nothing to do with. Asterisk's device states would
    tell the same, but an application that subscribes to them can deadlock it (its issue 2170).
    """

    def __init__(self, transport: Transport, app: str, fetch: Fetch) -> None:
        self._ari = AriClient(transport, app, events=EVENTS, observe=self._hear)
        self._fetch = fetch
        self._telephones = Telephones()
        self._board = Board(self._telephones.state)
        self._loaded = False
        self._shown: dict[str, str] = {}
        self._stale: dict[str, None] = {}
        self._to_show = asyncio.Event()
        self._changed: set[str] = set()
        self._to_fetch = asyncio.Event()
        self._contexts: frozenset[str] | None = None
        self._to_reload = asyncio.Event()

    def changed(self, account_id: str = EVERY_ACCOUNT) -> None:
        """Take note that the documents of an account changed."""
        self._changed.add(account_id)
        self._to_fetch.set()

    async def run(self) -> None:
        """Keep the lamps true for ever; Asterisk and PostgreSQL may come and go."""
        self.changed()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ari.run())
            group.create_task(self._follow_gaps())
            group.create_task(self._follow_documents())
            group.create_task(self._reload())
            group.create_task(self._publish())

    # What the telephones do.

    def _hear(self, event: Event) -> None:
        for endpoint in self._telephones.hear(event):
            self._show(self._board.showing(endpoint))

    async def _follow_gaps(self) -> None:
        while True:
            await self._ari.gaps.get()
            while self._ari.is_connected:
                try:
                    await self._catch_up()
                    break
                except AriError as error:
                    logger.warning("the lamps could not be looked through: %s", error)
                    await asyncio.sleep(RETRY_SECONDS)

    async def _catch_up(self) -> None:
        """Learn what is the case now; what is shown may be of an earlier run, or an earlier day."""
        self._telephones.asked()
        await self._ari.watch(f"endpoint:{TECHNOLOGY}")
        channels = await self._ari.channels()
        self._telephones.listed(channels, await self._ari.endpoints(TECHNOLOGY))
        states = await self._ari.device_states()
        self._shown = {s.name: s.state for s in states if is_ours(s.name) and len(s.name) < LISTED}
        if self._loaded:  # PostgreSQL may be away
            self._show(self._board.lamps | set(self._shown))
        # Of Asterisk's contexts we know nothing: it may have started before an account was there.
        self._contexts = None
        self.changed()

    # What the documents say.

    async def _follow_documents(self) -> None:
        told = False
        while True:
            await self._to_fetch.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._to_fetch.clear()
            changed, self._changed = self._changed, set()
            try:
                await self._read(changed)
                told = False
            except StorageError as error:
                if not told:
                    logger.warning("the lamps' documents cannot be read, still trying: %s", error)
                told = True
                self._changed |= changed
                self._to_fetch.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def _read(self, changed: set[str]) -> None:
        if EVERY_ACCOUNT in changed or not self._loaded:
            self._show(self._board.replace_all(await self._fetch(None)))
            self._loaded = True
            self._show(self._shown)
        else:
            for account_id in changed:
                self._show(self._board.replace(account_id, await self._fetch(account_id)))
        if self._contexts != self._board.accounts:
            self._to_reload.set()

    async def _reload(self) -> None:
        """Give new accounts their context in the dialplan.

        Asterisk reads the contexts from PostgreSQL, and loses them all if that does not answer: so
        only after it has just answered us.
        """
        while True:
            await self._to_reload.wait()
            await self._ari.wait_connected()
            self._to_reload.clear()
            accounts = self._board.accounts
            try:
                await self._ari.reload_module("pbx_config.so")
            except AriError as error:
                logger.warning("the lamps' contexts could not be read: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                self._to_reload.set()
            else:
                self._contexts = accounts
                await asyncio.sleep(GATHER_SECONDS)

    # What is shown.

    def _show(self, lamps: Iterable[str]) -> None:
        self._stale |= dict.fromkeys(lamps)
        if self._stale:
            self._to_show.set()

    async def _publish(self) -> None:
        while True:
            await self._to_show.wait()
            await self._ari.wait_connected()
            self._to_show.clear()
            while self._stale and self._ari.is_connected:
                lamp = next(iter(self._stale))
                del self._stale[lamp]
                try:
                    await self._set(lamp, self._board.state(lamp))
                except AriUnavailable as error:
                    # Whatever is missed now is caught up with when the connection is there again.
                    logger.info("lamp %s: %s", lamp, error)
                except AriError as error:
                    logger.warning("lamp %s could not be set: %s", lamp, error)

    async def _set(self, lamp: str, state: State | None) -> None:
        device = self._ari.device_state(lamp)
        shown = self._shown.get(lamp)
        if state is None:
            # Who still watches it sees it go out.
            if shown not in (None, State.IDLE):
                await device.set(State.IDLE)
            if self._shown.pop(lamp, None) is not None:
                await device.delete()
            return
        # A lamp that was never set is out anyway.
        never = shown is None and len(lamp) < LISTED
        if state != (State.IDLE if never else shown):
            await device.set(state)
            self._shown[lamp] = state
