"""The PBX as one test sees it: an account of its own, telephones, and what was recorded."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from runtime.storage import calls
from runtime.storage.calls import Trace
from tests.live.account import Account
from tests.live.line import SOON, Line
from tests.live.phones import Credentials, Dtmf, Phone
from tests.live.plant import Plant
from tests.live.tones import Tones

_STEP = 0.05
"""seconds between two looks at what has no event"""


class Pbx:
    """One test's part of the plant: an account of its own with three telephones."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.tones = Tones()
        self._home: Account | None = None
        self._phones: dict[str, Phone] = {}
        self._plugged: list[Phone] = []
        self._expected: list[re.Pattern[str]] = []
        self._logged_before = Counter(plant.complaints())

    # Accounts.

    @property
    def home(self) -> Account:
        """The test's own account, in which alice, bob and carol are."""
        if self._home is None:
            raise AssertionError("the PBX is not open")
        return self._home

    @property
    def alice(self) -> Phone:
        """User alice's telephone, number 2001."""
        return self._phones["alice"]

    @property
    def bob(self) -> Phone:
        """User bob's telephone, number 2002."""
        return self._phones["bob"]

    @property
    def carol(self) -> Phone:
        """User carol's telephone, number 2003; it sends keys as SIP INFO."""
        return self._phones["carol"]

    @property
    def carrier(self) -> Phone:
        """The telephone network."""
        if "carrier" not in self._phones:
            self._phones["carrier"] = self.plant.telephones.carrier(self.tones)
            self._plugged.append(self._phones["carrier"])
        return self._phones["carrier"]

    async def open(self) -> None:
        """Make the test's account and connect its three telephones."""
        self._home = await self.account("home")
        for name, number in (("alice", "2001"), ("bob", "2002"), ("carol", "2003")):
            await self.home.user(name)
            credentials = await self.home.device(name, user=name, number=number)
            dtmf: Dtmf = "info" if name == "carol" else "rfc4733"
            self._phones[name] = await self.phone(credentials, dtmf=dtmf)

    async def close(self) -> None:
        """End the calls, disconnect the telephones, and look whether anything is left."""
        if any(line.gave_up for phone in self._plugged for line in phone.lines):
            # Asterisk says so when somebody hangs up while it plays, or while it answers.
            self.expects_log("Playback failed for|Session already DISCONNECTED")
        for phone in self._plugged:
            await self.plant.telephones.unplug(phone)
        await self.nothing_left()
        unexpected = [
            line
            for line in Counter(self.plant.complaints()) - self._logged_before
            if not any(pattern.search(line) for pattern in self._expected)
        ]
        assert not unexpected, "in the logs:\n" + "\n".join(unexpected)

    async def account(self, name: str, *, domain: bool = True, **doc: Any) -> Account:
        """Open a further account."""
        return await Account.open(self.plant.db, name, self.tones, doc, domain=domain)

    async def phone(self, credentials: Credentials, *, dtmf: Dtmf = "rfc4733") -> Phone:
        """Connect a telephone with these credentials."""
        phone = await self.plant.telephones.plug_in(credentials, self.tones, dtmf=dtmf)
        self._plugged.append(phone)
        return phone

    def forget(self, phone: Phone) -> None:
        """Take note that the test itself has disconnected a telephone."""
        self._plugged.remove(phone)

    # What was recorded.

    async def sql(self, statement: str, *values: Any) -> Sequence[Any]:
        """Run SQL as an operator would; return the rows."""
        async with self.plant.db.connection() as connection:
            return await connection.fetch(statement, *values)

    async def trace_of(self, line: Line, within: float = SOON) -> Trace:
        """Return the trace of a call, as soon as it tells of the call's end."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            call = await calls.by_sip_call_id(self.plant.db, line.sip_call_id)
            if call is not None and call.ended_at is not None:
                trace = await calls.trace(self.plant.db, call.id)
                if trace is not None:
                    return trace
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"no end of the call in the trace: {call}")
            await asyncio.sleep(_STEP)

    async def nothing_left(self, within: float = SOON) -> None:
        """Wait until the PBX has neither a channel nor a bridge."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            channels = await self.plant.watcher.channels()
            bridges = await self.plant.watcher.bridges()
            if not channels and not bridges:
                return
            if asyncio.get_running_loop().time() > deadline:
                left = [f"{c.name} {c.state} {c.dialplan}" for c in channels]
                left += [f"bridge {b.id} {b.channels}" for b in bridges]
                raise AssertionError("left in the PBX: " + "; ".join(left))
            await asyncio.sleep(_STEP)

    def recordings(self) -> list[str]:
        """Return the names of the recordings on the PBX's disk."""
        directory = self.plant.asterisk.recordings
        return sorted(str(path.relative_to(directory)) for path in directory.rglob("*.wav"))

    def expects_log(self, pattern: str) -> None:
        """Allow warnings and errors with this text in the logs: the test provokes them."""
        self._expected.append(re.compile(pattern))

    def log_of_runtime(self) -> str:
        """Return the last lines of the runtime's log."""
        return "\n".join(self.plant.runtime.log.read_text(errors="replace").splitlines()[-40:])


@asynccontextmanager
async def opened(plant: Plant) -> AsyncIterator[Pbx]:
    """Give a test its part of the plant, and look afterwards whether anything is left."""
    pbx = Pbx(plant)
    try:
        await pbx.open()
        yield pbx
    finally:
        await pbx.close()


def walked(trace: Trace) -> list[tuple[str, str | None]]:
    """Return the modules that a call ran and the child each led to."""
    return [(step.module, step.child) for step in trace.steps]


def noted(trace: Trace, step: int = 0) -> dict[str, Any]:
    """Return what a step noted for the trace: digits, matches, problems."""
    return trace.steps[step].inputs or {}
