"""A hundred conversations at a time, in each of which somebody presses keys every second."""

from pathlib import Path

import pytest

from tests.bench.system import usage_of
from tests.live.account import node
from tests.live.pbx import Pbx
from tests.live.tones import sine
from tests.live.ulaw import encoded
from tests.storm.callers import Called, Callers
from tests.storm.gauges import Gauges
from tests.storm.scenario import presses_again_and_again
from tests.storm.town import publish, somebody_at, traces_of

pytestmark = pytest.mark.xdist_group("storm")

CONVERSATIONS = 100
PER_SECOND = 10
SEQUENCES = 30
EVERY_MS = 1000
DIGIT_TIMEOUT_MS = 500
"""Much longer than the keys of a sequence are apart, and over long before the next one begins: on a
busy machine the telephones' keys are late.
"""
NUMBER = "+15550003010"


async def test_each_sequence_acts_once(
    pbx: Pbx, callers: Callers, figures: list[str], tmp_path: Path
) -> None:
    louder = {str(n): node("audio_level", mode="read", level=n % 3) for n in range(10)}
    flows = {"listen_on": "peer", "digit_timeout": DIGIT_TIMEOUT_MS, "numbers": louder}
    await pbx.home.user("alice", metaflows=flows)
    await publish(pbx, NUMBER, node("user", id="alice"))
    await pbx.alice.registered()
    speech = tmp_path / "speech.ulaw"
    speech.write_bytes(encoded(sine(440, 1.0)))
    sequences = [f"*{n % 10}" for n in range(SEQUENCES)]
    presses = presses_again_and_again(sequences, every=EVERY_MS, speech=str(speech))
    gauges = Gauges(pbx.plant.settings)
    before, used = await gauges.key_delays(), _cpu(pbx)
    async with somebody_at(pbx.alice, answers_after=0.1):
        await callers.call(
            "keys",
            presses,
            [Called(NUMBER)] * CONVERSATIONS,
            rate=PER_SECOND,
            longest=(SEQUENCES + 5) * EVERY_MS / 1000,
        )
        traces = await traces_of(pbx, "keys", CONVERSATIONS, within=30)
    delays = (await gauges.key_delays()).since(before)
    took = [
        f"{stage} {percent} of 100 within {delays.percentile(stage, percent / 100):.2f} ms"
        for stage in ("heard", "acted")
        for percent in (50, 99)
    ]
    cpu = [f"{name} {(ms - used[name]) / 1000:.1f} s" for name, ms in _cpu(pbx).items()]
    figures.append(
        f"{CONVERSATIONS} conversations with {SEQUENCES} sequences of keys each:"
        f" {', '.join(took)}; CPU of {', '.join(cpu)}"
    )
    for trace in traces:
        acted = [(s.path, s.module, s.outcome) for s in trace.steps if s.path.startswith("*")]
        assert acted == [(keys, "audio_level", "continue") for keys in sequences]
    assert delays.count("heard") == CONVERSATIONS * len("".join(sequences))
    assert delays.count("acted") == CONVERSATIONS * SEQUENCES


def _cpu(pbx: Pbx) -> dict[str, float]:
    """Return the ms of CPU that each program has used."""
    pids = {"asterisk": pbx.plant.asterisk.pid, "runtime": pbx.plant.runtime.pid}
    return {name: usage_of(pid).cpu for name, pid in pids.items() if pid is not None}
