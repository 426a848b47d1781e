"""Running SIPp, and reading what it measured."""

import asyncio
import csv
import shutil
import socket
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runtime.errors import MachineError
from runtime.machine.command import CommandFailed, run
from runtime.machine.packages import Archive, fetch
from runtime.machine.program import Unpacked
from runtime.machine.progress import ShowProgress
from runtime.settings import Settings
from tests.bench.stopwatch import stopwatch
from tests.ports import CARRIER_ADDRESS, free_port

HERE = Path(__file__).parent
PACKAGE = "sip-tester"


@dataclass(frozen=True)
class Measured:
    """INVITE to 200 of the calls that were answered, in ms and in order; and the others' number.

    `times` as in Stopwatch.
    """

    milliseconds: tuple[float, ...]
    calls: int
    failed: int
    times: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def percentile(self, share: float) -> float:
        """Return the time below which that share of the answered calls lies; infinite if none."""
        return percentile(self.milliseconds, share)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which that share of the ordered values lies; infinite if none."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("inf")


@dataclass(frozen=True)
class Load:
    """Calls to make: so many at all, so many each second, each lasting so many ms.

    `caller` is the number they come from; SIPp's `[call_number]` in it makes each unlike.
    """

    number: str
    calls: int
    rate: float
    lasting: int = 1000
    press: bool = False
    caller: str = "bench"


async def provide_sipp(settings: Settings, progress: ShowProgress) -> tuple[str, ...]:
    """Return the command that runs SIPp: the one in PATH, else an unpacked package."""
    if (path := shutil.which("sipp")) is not None:
        return (path,)
    archive = Archive(settings.debian_mirror.rstrip("/"))
    root = Unpacked(await fetch(settings.cache_dir, "sipp", (PACKAGE,), archive, progress))
    return root.command("usr/bin/sipp")


async def place(sipp: tuple[str, ...], load: Load, sip_port: int) -> Measured:
    """Place the calls and return what was measured."""
    async with stopwatch(("127.0.0.1", sip_port)) as watch:
        with tempfile.TemporaryDirectory() as directory:
            failed = await _place(sipp, load, watch.port, Path(directory))
        return Measured(tuple(sorted(watch.milliseconds)), load.calls, failed, dict(watch.times))


async def _place(sipp: tuple[str, ...], load: Load, port: int, directory: Path) -> int:
    scenario = directory / "call.xml"
    await asyncio.to_thread(_write, scenario, load)
    seconds = load.calls / load.rate + load.lasting / 1000 + 30
    command = [
        *sipp, f"{CARRIER_ADDRESS}:{port}", "-sf", str(scenario), "-s", load.number,
        "-i", CARRIER_ADDRESS, "-mi", CARRIER_ADDRESS, "-p", str(free_port(socket.SOCK_DGRAM)),
        "-m", str(load.calls), "-r", f"{load.rate:g}", "-d", str(load.lasting),
        "-l", "2000", "-timer_resol", "1", "-recv_timeout", "10000", "-nostdin",
        "-timeout", f"{seconds:.0f}s", "-trace_stat", "-stf", str(directory / "stat.csv"),
        "-fd", "1",
    ]  # fmt: skip
    try:
        await run(*command)
    except CommandFailed as error:
        # 1: some calls failed, which is a measurement; anything else is not.
        if "status 1:" not in str(error):
            raise MachineError(f"SIPp: {error}") from None
    return load.calls - await asyncio.to_thread(successful, directory / "stat.csv")


def _write(scenario: Path, load: Load) -> None:
    key = (HERE / "key.xml").read_text() if load.press else ""
    call = (HERE / "call.xml").read_text()
    scenario.write_text(call.replace("KEY\n", key).replace("CALLER", load.caller))


def successful(file: Path) -> int:
    """Return how many calls went as the scenario says, from SIPp's statistics."""
    with file.open(newline="") as rows:
        last = list(csv.DictReader(rows, delimiter=";"))[-1]
    return int(last["SuccessfulCall(C)"])
