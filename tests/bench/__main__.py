"""Measures four ways to answer a call on the same Asterisk, in one run; see `make bench`."""

import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table

from runtime.machine import ProgressLines, provide_asterisk
from runtime.settings import load
from tests.bench import api, metaflows, ringing
from tests.bench.sipp import Load, Measured, place, provide_sipp
from tests.bench.system import BAREST, MENU, NATIVE, ONE_NODE, System, running

RESULT = Path("build") / "bench.json"
RATES = (20.0, 100.0, 200.0)
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
KNEE_START, KNEE_END, KNEE_STEP = 50.0, 800.0, 1.25
KNEE_SECONDS = 4.0
KNEE_P95 = 100.0
"""A rate is beyond the knee when 95 of 100 callers wait longer than so many ms, or a call fails."""
CONCURRENT = 500


@dataclass(frozen=True)
class Way:
    """One way to answer: its name, the number that is dialled, the program behind it."""

    name: str
    number: str
    program: str | None
    press: bool = False


WAYS = (
    Way("native dialplan", NATIVE, None),
    Way("barest ARI application", BAREST, "barest"),
    Way("runtime, one node", ONE_NODE, "runtime"),
    Way("runtime, menu and key", MENU, "runtime", press=True),
)


async def main() -> None:
    """Measure, print a table, and write build/bench.json."""
    settings = load()
    progress = ProgressLines(sys.stderr)
    program = await provide_asterisk(settings, progress)
    sipp = await provide_sipp(settings, progress)
    with tempfile.TemporaryDirectory(prefix="callflow-bench-") as state:
        async with running(program, Path(state)) as system:
            result = await _measure(system, sipp)
            print("a calls b, by Dial() and by the runtime", file=sys.stderr)
            result["ringing"] = await ringing.measure(system, sipp, SECONDS)
            print("keys pressed in conversations", file=sys.stderr)
            result["metaflows"] = await metaflows.measure(system, sipp)
        print("the API, and lookups among a million callflows", file=sys.stderr)
        result["api"] = await api.measure(Path(state), SECONDS)
    result["asterisk"] = str(program.version)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2))
    _print(result)


async def _measure(system: System, sipp: tuple[str, ...]) -> dict[str, Any]:
    ways: dict[str, Any] = {}
    for way in WAYS:
        # Caches are filled and connections made before anything counts.
        await _place(system, sipp, way, 10.0, 2.0)
        ways[way.name] = {"rates": {}}
    # One rate after the other for all ways, so that what else this machine does hits all alike.
    for rate in RATES:
        for way in WAYS:
            print(f"{way.name}: {rate:g} calls/s", file=sys.stderr)
            ways[way.name]["rates"][f"{rate:g}"] = await _at(system, sipp, way, rate)
    for way in WAYS:
        print(f"{way.name}: searching the knee", file=sys.stderr)
        ways[way.name]["knee"] = await _knee(system, sipp, way)
        print(f"{way.name}: {CONCURRENT} calls at a time", file=sys.stderr)
        ways[way.name]["memory_kb_per_call"] = await _memory(system, sipp, way)
    return {"ways": ways, "seconds": SECONDS, "knee_p95_ms": KNEE_P95}


async def _place(
    system: System, sipp: tuple[str, ...], way: Way, rate: float, seconds: float
) -> Measured:
    load_ = Load(way.number, max(1, round(rate * seconds)), rate, press=way.press)
    return await place(sipp, load_, system.settings.sip_port)


async def _at(system: System, sipp: tuple[str, ...], way: Way, rate: float) -> dict[str, Any]:
    before = system.usage()
    measured = await _place(system, sipp, way, rate, SECONDS)
    after = system.usage()
    cpu = {
        name: round((after[name].cpu - before[name].cpu) / measured.calls, 3)
        for name in ("asterisk", *([way.program] if way.program else []))
    }
    return _figures(measured) | {"cpu_ms_per_call": cpu}


def _figures(measured: Measured) -> dict[str, Any]:
    return {
        "calls": measured.calls,
        "failed": measured.failed,
        "p50_ms": round(measured.percentile(0.50), 3),
        "p95_ms": round(measured.percentile(0.95), 3),
        "p99_ms": round(measured.percentile(0.99), 3),
    }


async def _knee(system: System, sipp: tuple[str, ...], way: Way) -> dict[str, Any]:
    """Raise the rate until callers wait or calls fail; return the last good rate."""
    good: dict[str, Any] = {"calls_per_second": 0.0}
    rate = KNEE_START
    while rate <= KNEE_END:
        measured = await _place(system, sipp, way, rate, KNEE_SECONDS)
        if measured.failed or measured.percentile(0.95) > KNEE_P95:
            break
        good = {"calls_per_second": round(rate, 1)} | _figures(measured)
        rate *= KNEE_STEP
    return good


async def _memory(system: System, sipp: tuple[str, ...], way: Way) -> dict[str, float]:
    """Hold many calls at a time and return the memory that each takes."""
    before = system.usage()
    load_ = Load(way.number, CONCURRENT, 50.0, lasting=CONCURRENT // 50 * 1000 + 3000)
    placing = asyncio.create_task(place(sipp, load_, system.settings.sip_port))
    await asyncio.sleep(CONCURRENT / 50 + 1.5)  # the moment at which all are up
    during = system.usage()
    await placing
    names = ("asterisk", *([way.program] if way.program else []))
    return {n: round((during[n].memory - before[n].memory) / CONCURRENT, 2) for n in names}


def _print(result: dict[str, Any]) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=160)
    least = result["ways"][WAYS[1].name]
    table = Table(title=f"INVITE to 200 in ms, Asterisk {result['asterisk']}", box=None)
    for heading in ("", "calls/s", "p50", "p95", "p99", "failed", "p50 / barest", "CPU ms/call"):
        table.add_column(heading, justify="left" if not heading else "right")
    for way in WAYS:
        for rate, at in result["ways"][way.name]["rates"].items():
            ratio = at["p50_ms"] / least["rates"][rate]["p50_ms"]
            cpu = ", ".join(f"{name} {ms:g}" for name, ms in at["cpu_ms_per_call"].items())
            table.add_row(
                way.name,
                *(rate, *(f"{at[p]:.2f}" for p in ("p50_ms", "p95_ms", "p99_ms"))),
                *(f"{at['failed']} of {at['calls']}", f"{ratio:.2f}", cpu),
            )
    console.print(table)
    knees = Table(title="The knee, and memory", box=None)
    for heading in ("", "calls/s at the knee", "kB/call at 500 calls"):
        knees.add_column(heading)
    for way in WAYS:
        found = result["ways"][way.name]
        memory = ", ".join(f"{name} {kb:g}" for name, kb in found["memory_kb_per_call"].items())
        knees.add_row(way.name, f"{found['knee']['calls_per_second']:g}", memory)
    console.print(knees)
    ringing.show(console, result["ringing"])
    metaflows.show(console, result["metaflows"])
    api.show(console, result["api"])
    console.print(f"All figures: {RESULT}")


if __name__ == "__main__":
    uvloop.run(main())
