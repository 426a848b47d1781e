"""Listens to the keys of two who talk, and starts what their metaflows make of them.

Source of the behaviour: Kazoo's metaflow listener. Each endpoint of the account has a collector of
its own; whoever is outside has none, for only the account's own phones may act on a call.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from runtime.callflow.facilities import Facilities
from runtime.callflow.talk import Talk
from runtime.errors import StorageError
from runtime.metaflow import Collected, Collector, Metaflows, merged, metaflows_of
from runtime.phones.station import owner_of
from runtime.telephony import Leg, Sheet

logger = logging.getLogger(__name__)

CALLER: Final = "caller"
PARTY: Final = "party"
ROLES: Final = (CALLER, PARTY)

Heard = Callable[[Leg, Metaflows, Collected, float], None]
"""Told of each complete sequence: who pressed it, by which metaflows it counts, and when (s, of the
loop's clock) it was complete.
"""


@dataclass(frozen=True, slots=True)
class _Key:
    """A key that was pressed, and when (s, of the monotonic clock) we read of it."""

    role: str
    digit: str
    arrived: float


@dataclass(frozen=True)
class _Ear:
    """The collector of one endpoint, its own role, and the roles whose keys it hears."""

    sheet: Sheet
    role: str
    metaflows: Metaflows
    collector: Collector
    roles: frozenset[str]


class Listening:
    """Hears both parties of a conversation as long as `run` runs."""

    def __init__(
        self,
        talk: Talk,
        facilities: Facilities,
        account: tuple[str, Any],
        heard: Heard,
    ) -> None:
        self._talk = talk
        self._documents = facilities.documents
        self._account_id, self._account_doc = account
        self._heard = heard
        self._delays = facilities.key_delays
        self._ears: list[_Ear] = []
        self._news: asyncio.Queue[_Key | None] = asyncio.Queue()
        self._sheets: dict[str, Sheet] = {}
        self._hears: dict[Leg, Callable[[str, float], None]] = {}

    async def run(self) -> None:
        """Listen until cancelled."""
        loop = asyncio.get_running_loop()
        self._talk.on_changed = partial(self._news.put_nowait, None)
        try:
            await self._arm()
            while True:
                deadlines = [ear.collector.deadline for ear in self._ears]
                due = min((at for at in deadlines if at is not None), default=None)
                try:
                    async with asyncio.timeout_at(due):
                        news = await self._news.get()
                except TimeoutError:
                    self._expire(loop.time())
                    continue
                if news is None:
                    await self._arm()
                else:
                    self._press(news, loop.time())
                    self._delays("heard", time.monotonic() - news.arrived)
                    await self._pass_on(news)
        finally:
            self._talk.on_changed = None
            self._deafen()

    def _press(self, key: _Key, at: float) -> None:
        self._talk.conversation.quiet(self._leg(key.role))
        for ear in self._ears:
            if key.role in ear.roles:
                due = ear.collector.deadline
                self._tell(ear, ear.collector.press(key.role, key.digit, at), due)

    async def _pass_on(self, key: _Key) -> None:
        """Let the other hear it where it is kept from him, unless it is part of a sequence."""
        collected = any(ear.collector.leg == key.role for ear in self._ears)
        if not collected and not self._talk.busy:
            await self._talk.conversation.pass_on(key.digit, self._leg(key.role))

    def _expire(self, at: float) -> None:
        for ear in self._ears:
            due = ear.collector.deadline
            self._tell(ear, ear.collector.expire(at), due)

    def _tell(self, ear: _Ear, collected: Collected | None, due: float | None) -> None:
        if collected is not None:
            complete = collected.at if due is None else due
            self._heard(self._leg(collected.leg), ear.metaflows, collected, complete)

    def _leg(self, role: str) -> Leg:
        caller, party = self._talk.conversation.legs
        return caller if role == CALLER else party

    async def _arm(self) -> None:
        """Hear those who talk now; whoever was here before goes on with what he has begun."""
        self._deafen()
        legs = self._talk.conversation.legs
        sheets = {role: leg.sheet for role, leg in zip(ROLES, legs, strict=True)}
        for role, leg in zip(ROLES, legs, strict=True):
            self._hears[leg] = leg.digits.overheard = partial(self._pressed, role)
        ears = [ear for role in ROLES if (ear := await self._ear(role, sheets[role])) is not None]
        for role in ROLES:
            if sheets[role] is not self._sheets.get(role):
                for ear in ears:
                    ear.collector.forget(role)
        self._ears, self._sheets = ears, sheets

    async def _ear(self, role: str, sheet: Sheet) -> _Ear | None:
        """Return the ear of whoever is in a role: the one he had, if it is still right."""
        metaflows = await self._metaflows(sheet)
        if metaflows is None:
            return None
        for ear in self._ears:
            if (ear.sheet, ear.role) == (sheet, role) and ear.metaflows == metaflows:
                return ear
        other = PARTY if role == CALLER else CALLER
        roles = {"self": {role}, "peer": {other}, "both": {role, other}}
        collector = Collector(metaflows.binding_digit, metaflows.digit_timeout)
        return _Ear(sheet, role, metaflows, collector, frozenset(roles[metaflows.listen_on]))

    def _pressed(self, role: str, digit: str, arrived: float) -> None:
        self._news.put_nowait(_Key(role, digit, arrived))

    def _deafen(self) -> None:
        for leg, hears in self._hears.items():
            if leg.digits.overheard is hears:  # and not another conversation's, to which it went
                leg.digits.overheard = None
        self._hears = {}

    async def _metaflows(self, sheet: Sheet) -> Metaflows | None:
        """Return what the account, the phone and its user have set, the user's word last."""
        if sheet.device_id is None or not sheet.has_metaflows:
            return None
        try:
            device = await self._documents.get(self._account_id, "device", sheet.device_id)
            user = None if device is None else await owner_of(self._documents, device)
        except StorageError as error:
            logger.warning("device %s: no metaflows: %s", sheet.device_id, error)
            return None
        documents = [None if each is None else each.doc for each in (device, user)]
        return metaflows_of(merged(self._account_doc, *documents))
