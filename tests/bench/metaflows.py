"""How long the runtime takes for keys: many conversations, keys in each of them every second."""

import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from runtime.storage import Database
from tests.bench.called import called_phone
from tests.bench.key_delays import KeyDelays
from tests.bench.system import ACCOUNT, CALLED, RINGING, System
from tests.live.tones import sine
from tests.live.ulaw import encoded
from tests.storm.callers import Called, Callers
from tests.storm.gauges import Gauges
from tests.storm.scenario import presses_again_and_again

CONVERSATIONS = (20, 100)
SEQUENCES = 30
EVERY_MS = 1000
_PER_SECOND = 10.0
_STAGES = {
    "heard": "a key arrives, and its collector has it",
    "acted": "a sequence is complete, and the action asks Asterisk for something",
}

# The called phone's metaflows listen to the caller, for only the account's own phones have some.
_METAFLOWS = {
    "listen_on": "peer",
    "digit_timeout": 500,
    "numbers": {"1": {"module": "audio_level", "data": {"mode": "read", "level": 1}}},
}
_SET = """
update documents set doc = doc || jsonb_build_object('metaflows', $3::jsonb)
where account_id = $1 and kind = 'device' and doc #>> '{sip,username}' = $2
"""


async def measure(system: System, sipp: tuple[str, ...]) -> dict[str, Any]:
    """Measure with each number of conversations; times in ms, CPU in ms per sequence of keys."""
    url = system.settings.database_url
    async with Database(url.get_secret_value() if url else "") as db, db.connection() as connection:
        await connection.execute(_SET, ACCOUNT, CALLED, _METAFLOWS)
    with tempfile.TemporaryDirectory() as directory:
        speech = Path(directory) / "speech.ulaw"
        speech.write_bytes(encoded(sine(440, 1.0)))
        return {str(many): await _with(many, system, sipp, speech) for many in CONVERSATIONS}


async def _with(many: int, system: System, sipp: tuple[str, ...], speech: Path) -> dict[str, Any]:
    gauges = Gauges(system.settings)
    presses = presses_again_and_again(["*1"] * SEQUENCES, every=EVERY_MS, speech=str(speech))
    asterisk = ("127.0.0.1", system.settings.sip_port)
    async with called_phone(CALLED, system.called_password, asterisk):
        before, used = await gauges.key_delays(), system.usage()
        await Callers(sipp, system.settings).call(
            "keys",
            presses,
            [Called(RINGING)] * many,
            rate=_PER_SECOND,
            longest=(SEQUENCES + 5) * EVERY_MS / 1000,
        )
        after, delays = system.usage(), (await gauges.key_delays()).since(before)
    pressed = many * SEQUENCES
    cpu = {
        name: round((after[name].cpu - used[name].cpu) / pressed, 3)
        for name in ("asterisk", "runtime")
    }
    return {
        "pressed": pressed,
        "acted_upon": delays.count("acted"),
        "stages": {stage: _percentiles(delays, stage) for stage in _STAGES},
        "cpu_ms_per_sequence": cpu,
    }


def _percentiles(delays: KeyDelays, stage: str) -> dict[str, float]:
    return {f"p{n}_ms": round(delays.percentile(stage, n / 100), 3) for n in (50, 95, 99)}


def show(console: Console, result: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(title="Keys pressed in conversations: our own time in ms", box=None)
    for heading in ("", "conversations", "p50", "p95", "p99", "acted upon", "CPU ms/sequence"):
        table.add_column(heading, justify="left" if not heading else "right")
    for many, at in result.items():
        cpu = ", ".join(f"{name} {ms:g}" for name, ms in at["cpu_ms_per_sequence"].items())
        for stage, meaning in _STAGES.items():
            times = at["stages"][stage]
            table.add_row(
                *(meaning, many),
                *(f"{times[p]:.2f}" for p in ("p50_ms", "p95_ms", "p99_ms")),
                f"{at['acted_upon']} of {at['pressed']}",
                cpu,
            )
    console.print(table)
