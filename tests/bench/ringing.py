"""What ringing somebody costs: a calls b through the runtime's `user`, and through `Dial()`."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.called import CalledPhone, called_phone
from tests.bench.sipp import Load, Measured, percentile, place
from tests.bench.system import CALLED, NATIVE_RINGING, RINGING, System

RATES = (20.0, 50.0)
_WARM_UP_SECONDS = 2.0
_CALLER = "7[call_number]"

DIAL, USER = "dialplan Dial()", "runtime, user"
_WAYS = ((DIAL, NATIVE_RINGING, ()), (USER, RINGING, ("runtime",)))


async def measure(system: System, sipp: tuple[str, ...], seconds: float) -> dict[str, Any]:
    """Measure both ways at each rate; times in ms, the answered calls only."""
    result: dict[str, Any] = {name: {} for name, _, _ in _WAYS}
    asterisk = ("127.0.0.1", system.settings.sip_port)
    for rate in RATES:
        for name, number, programs in _WAYS:
            async with called_phone(CALLED, system.called_password, asterisk) as phone:
                await _place(system, sipp, number, rate, _WARM_UP_SECONDS)
                phone.calls.clear()
                before = system.usage()
                measured = await _place(system, sipp, number, rate, seconds)
                after = system.usage()
            result[name][f"{rate:g}"] = _figures(measured, phone) | {
                "cpu_ms_per_call": {
                    program: round((after[program].cpu - before[program].cpu) / measured.calls, 3)
                    for program in ("asterisk", *programs)
                }
            }
    return result


def show(console: Console, result: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(title="Ringing a phone, in ms: INVITE to INVITE, and 200 to 200", box=None)
    for heading in ("", "calls/s", "p50", "p95", "p99", "p50", "p95", "p99", "failed", "ratios"):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_column("CPU ms/call")
    for name, rates in result.items():
        for rate, at in rates.items():
            least = result[DIAL][rate]
            parts = ("invite", "answer")
            ratios = [at[part]["p50_ms"] / least[part]["p50_ms"] for part in parts]
            cpu = ", ".join(f"{program} {ms:g}" for program, ms in at["cpu_ms_per_call"].items())
            table.add_row(
                *(name, rate),
                *(f"{at[part][p]:.2f}" for part in parts for p in ("p50_ms", "p95_ms", "p99_ms")),
                f"{at['failed']} of {at['calls']}",
                ", ".join(f"{ratio:.2f}" for ratio in ratios),
                cpu,
            )
    console.print(table)


async def _place(
    system: System, sipp: tuple[str, ...], number: str, rate: float, seconds: float
) -> Measured:
    load = Load(number, max(1, round(rate * seconds)), rate, caller=_CALLER)
    return await place(sipp, load, system.settings.sip_port)


def _figures(measured: Measured, phone: CalledPhone) -> dict[str, Any]:
    invites, answers = [], []
    for caller, (sent, answered) in measured.times.items():
        if (rung := phone.calls.get(caller)) is not None:
            invites.append((rung.invited - sent) / 1e6)
            answers.append((answered - rung.answered) / 1e6)
    return {
        "calls": measured.calls,
        "failed": measured.calls - len(invites),
        "invite": _percentiles(invites),
        "answer": _percentiles(answers),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {f"p{n}_ms": round(percentile(ordered, n / 100), 3) for n in (50, 95, 99)}
