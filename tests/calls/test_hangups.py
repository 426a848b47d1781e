"""Callers who hang up: when somebody has just answered, and how the trace tells it."""

from pathlib import Path
from typing import Any

import pytest

from runtime.simulator import Delays
from tests.calls.account import node
from tests.calls.pbx import SETTLE_SECONDS, Pbx
from tests.calls.racing import Race, caller_hangs_up
from tests.calls.records import one_of_each_channel
from tests.calls.scenes import Scene

# To stop the other phone takes longer than the news of the caller's end.
SLOW_ANSWERS = Delays(request=0.001, answer=0.003, event=0.0001)


async def _patient_phones(pbx: Pbx) -> None:
    # They hang up by themselves only after all that a call left behind was looked for.
    await pbx.home.user("team")
    for name, seconds in (("desk", 0.5), ("mobile", 0.52)):
        await pbx.phone(name, user="team", answers_after=seconds, talks_for=2 * SETTLE_SECONDS)


def test_nobody_who_has_just_answered_is_left_alone(audio: Path) -> None:
    scene = Scene("phones that are answered", node("user", id="team"), {}, _patient_phones)
    assert Race(scene, audio, delays=SLOW_ANSWERS).run_all(caller_hangs_up, most=1000) > 50


@pytest.mark.asyncio(loop_scope="function")
async def test_a_hangup_that_gives_no_reason_is_normal_clearing(pbx: Pbx) -> None:
    await pbx.home.media_tone("music", seconds=60)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="music"))
    caller = pbx.dials("2000")
    await caller.hears("music")
    caller.put_down()
    call = (await pbx.trace_of(caller)).call
    assert (call.outcome, call.reason, call.cause) == ("caller_hung_up", "NORMAL_CLEARING", 16)


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.parametrize(
    ("module", "data", "cause"),
    [
        ("answer", {}, (16, "NORMAL_CLEARING")),
        ("response", {"code": 486}, (17, "USER_BUSY")),
        ("response", {"code": 503}, (34, "NORMAL_CIRCUIT_CONGESTION")),
    ],
)
async def test_the_record_has_the_cause_with_which_the_flow_hangs_up(
    pbx: Pbx, module: str, data: dict[str, Any], cause: tuple[int, str]
) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node(module, **data))
    await pbx.dials("2000").ended()
    await one_of_each_channel(pbx)
    [record] = pbx.house.cdrs.values()
    assert (record.cause, record.cause_name) == cause
