"""The virtual PBX as one test sees it: an account, telephones, and what was recorded.

Its verbs are those of the real one in tests/live, so that a scenario can be played on both.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from runtime.callflow.action import (
    METAFLOW_ENTRY_POINTS,
    METAFLOW_PACKAGE,
    Action,
    discover,
)
from runtime.callflow.engine import Limits
from runtime.simulator import Delays, Identity, Line, Phone, Script
from runtime.simulator.documents import PlainAccount
from runtime.simulator.house import House, running
from runtime.storage.calls import Trace
from tests.calls.account import Account

SETTLE_SECONDS = 20.0
"""virtual seconds within which all that a call used must be gone"""

_NUMBERS = {"alice": "2001", "bob": "2002", "carol": "2003"}


@cache
def actions() -> Mapping[str, Action]:
    """Return all actions."""
    return discover()


@cache
def metaflow_actions() -> Mapping[str, Action]:
    """Return all actions that keys can start."""
    return discover(METAFLOW_PACKAGE, METAFLOW_ENTRY_POINTS)


class Pbx:
    """One test's PBX; alice, bob and carol are users with a registered phone each."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.errors: list[str] = []
        self.phones: dict[str, Phone] = {}
        self._accounts = 0
        self._tasks_at_start: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Make the account and its phones."""
        self.home = await self.account("home")
        for name, number in _NUMBERS.items():
            await self.home.user(name)
            await self.phone(name, user=name, number=number)
        self._tasks_at_start = asyncio.all_tasks()

    @property
    def alice(self) -> Phone:
        """User alice's telephone, number 2001."""
        return self.phones["alice"]

    @property
    def bob(self) -> Phone:
        """User bob's telephone, number 2002."""
        return self.phones["bob"]

    @property
    def carol(self) -> Phone:
        """User carol's telephone, number 2003."""
        return self.phones["carol"]

    @property
    def carrier(self) -> Phone:
        """The telephone network."""
        if "carrier" not in self.phones:
            shown = Identity("+15551234567", "Outside")
            switch = self.house.asterisk.switch
            self.phones["carrier"] = Phone(switch, "trunk-0", shows=shown, entry=("external",))
        return self.phones["carrier"]

    async def account(self, name: str, **doc: Any) -> Account:
        """Open a further account."""
        self._accounts += 1
        account_id = f"{self._accounts:032x}"
        realm = f"{name}.example"
        self.house.documents.account(
            PlainAccount(account_id, name, realm, {"language": "en-us", **doc})
        )
        return Account(self.house, account_id, realm)

    async def phone(
        self,
        name: str,
        *,
        user: str | None = None,
        number: str | None = None,
        account: Account | None = None,
        registered: bool = True,
        **script: Any,
    ) -> Phone:
        """Make a device and its telephone; `script` is what it does when it is called."""
        owner = account or self.home
        endpoint = await owner.device(name, user=user, number=number)
        phone = Phone(
            self.house.asterisk.switch,
            endpoint,
            shows=Identity(number or name, name.capitalize()),
            variables={"CALLFLOW_ACCOUNT": owner.id, "CALLFLOW_DEVICE": f"{name}_phone"},
        )
        phone.script = Script(**script)
        if registered:
            phone.register(f"127.0.0.1:{6000 + len(self.phones)}")
        self.phones[name] = phone
        return phone

    def dials(self, number: str) -> Line:
        """Let bob call a number."""
        return self.bob.dial(number)

    # What was recorded.

    async def trace_of(self, line: Line) -> Trace:
        """Return the trace of a call, as soon as it tells of the call's end."""
        if line.channel is None:
            raise AssertionError("the phone has not been called")
        async with asyncio.timeout(SETTLE_SECONDS):
            call = await self.house.over(line.channel.id)
        return Trace(call, tuple(self.house.steps_of(call)))

    async def nothing_left(self, within: float = SETTLE_SECONDS) -> None:
        """Wait until nothing of any call is left, in Asterisk or in the runtime."""
        deadline = asyncio.get_running_loop().time() + within
        while left := self._left():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError("left: " + "; ".join(left))
            await asyncio.sleep(0.1)

    def _left(self) -> list[str]:
        switch, ari = self.house.asterisk.switch, self.house.ari
        kinds: dict[str, Mapping[str, object]] = {
            "channel": switch.channels,
            "bridge": switch.bridges,
            "playback": switch.playbacks,
            "recording": switch.recordings,
            "stored recording": switch.stored,
        }
        left = [f"{kind} {name}" for kind, known in kinds.items() for name in known]
        left += [f"subscription to {name}" for name in self._seen() if ari.follows(name)]
        left += ["channel in the view of what lives"] * len(self.house.exchange.orders.live)
        others = asyncio.all_tasks() - self._tasks_at_start - {asyncio.current_task()}
        left += [f"task {task.get_coro()}" for task in others]
        return left

    def _seen(self) -> set[str]:
        seen: set[str] = set()
        for event in self.house.asterisk.wire.log:
            for kind in ("channel", "bridge", "playback", "peer"):
                described = event.get(kind)
                if described is not None:
                    seen.add(described["id"])
            if "recording" in event:
                seen.add(event["recording"]["name"])
        return seen


def walked(trace: Trace) -> list[tuple[str, str | None]]:
    """Return the modules that a call ran and the child each led to."""
    return [(step.module, step.child) for step in trace.steps]


class Errors(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(self.format(record))


@asynccontextmanager
async def opened(
    directory: Path,
    *,
    limits: Limits | None = None,
    delays: Delays | None = None,
    more: Mapping[str, Action] | None = None,
    **settings: bool,
) -> AsyncIterator[Pbx]:
    """Give a scenario a PBX; afterwards nothing may be left and no error have been logged.

    `more` are actions of the test's own, `settings` those of the house.
    """
    known = {**actions(), **(more or {})}
    async with running(
        directory,
        known,
        metaflows=metaflow_actions(),
        limits=limits,
        delays=delays,
        **settings,
    ) as house:
        pbx = Pbx(house)
        handler = Errors(pbx.errors)
        logging.getLogger().addHandler(handler)
        try:
            await pbx.open()
            yield pbx
            for phone in pbx.phones.values():
                for line in phone.lines:
                    line.put_down()
            await pbx.nothing_left()
            assert not pbx.errors, "\n".join(pbx.errors)
        finally:
            logging.getLogger().removeHandler(handler)
