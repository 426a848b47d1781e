"""Many callers from the telephone network: SIPp, with one line for each call."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.machine import ProgressLines
from runtime.machine.command import CommandFailed, run
from runtime.settings import Settings, load
from tests.bench.sipp import provide_sipp, successful
from tests.ports import CARRIER_ADDRESS, free_port

_SPARE_SECONDS = 60.0
"""How much longer than planned it may take on a busy machine."""

_ANSWER_MS = 60_000


@dataclass(frozen=True)
class Called:
    """One call: the number that is dialled, and the times (ms) that its scenario asks for."""

    number: str
    times: tuple[int, ...] = ()


class Callers:
    """SIPp at a carrier's address, calling the PBX."""

    def __init__(self, command: tuple[str, ...], settings: Settings) -> None:
        self._command = command
        self._pbx = f"127.0.0.1:{settings.sip_port}"

    @classmethod
    async def of(cls, settings: Settings) -> "Callers":
        """Return the callers of this PBX."""
        return cls(await provide_sipp(load(), ProgressLines(sys.stderr)), settings)

    async def call(
        self, name: str, scenario: str, calls: Sequence[Called], *, rate: float, longest: float
    ) -> None:
        """Place the calls, so many per second; returns when the last one is over.

        The n-th has the SIP Call-ID `name-n`, from 1. None may last longer than `longest` s.
        Raises AssertionError when a call did not go as the scenario says.
        """
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary)
            (directory / "scenario.xml").write_text(scenario)
            lines = (";".join((call.number, *map(str, call.times))) for call in calls)
            (directory / "calls.csv").write_text("\n".join(("SEQUENTIAL", *lines, "")))
            seconds = len(calls) / rate + longest + _SPARE_SECONDS
            try:
                await run(
                    *self._arguments(directory, len(calls), rate, seconds),
                    *("-cid_str", f"{name}-%u"),
                )
                said = ""
            except CommandFailed as error:
                said = str(error)
            errors = directory / "errors.log"
            if errors.exists():
                said += "\n" + errors.read_text(errors="replace")[:4000]
            good = await asyncio.to_thread(successful, directory / "statistics.csv")
        assert good == len(calls), f"{len(calls) - good} of {len(calls)} calls failed: {said}"

    def _arguments(self, directory: Path, calls: int, rate: float, seconds: float) -> list[str]:
        return [
            *self._command, self._pbx,
            "-sf", str(directory / "scenario.xml"), "-inf", str(directory / "calls.csv"),
            "-i", CARRIER_ADDRESS, "-mi", CARRIER_ADDRESS,
            "-p", str(free_port(socket.SOCK_DGRAM)),
            "-m", str(calls), "-r", f"{rate:g}", "-l", str(calls),
            "-recv_timeout", str(_ANSWER_MS), "-timeout", f"{seconds:.0f}s", "-nostdin",
            "-trace_stat", "-stf", str(directory / "statistics.csv"), "-fd", "1",
            "-trace_err", "-error_file", str(directory / "errors.log"),
        ]  # fmt: skip
