"""Ringing users and devices by scripted phones."""

import asyncio
from typing import Any

import pytest

from runtime.simulator import Script
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

BRANCHES = ("USER_BUSY", "CALL_REJECTED", "NO_ANSWER", "NO_USER_RESPONSE", "UNALLOCATED_NUMBER")


async def extension(
    pbx: Pbx, children: dict[str, Node] | None = None, module: str = "user", **data: Any
) -> None:
    """Put alice on 2001; every failure leads to a sound of its name, `_` to «nobody»."""
    branches = {}
    for name in BRANCHES:
        await pbx.home.media_tone(name, seconds=1)
        branches[name] = node("play", id=name)
    await pbx.home.media_tone("nobody", seconds=1)
    target = {"id": "alice" if module == "user" else "alice_phone", **data}
    flow = node(module, {"_": node("play", id="nobody"), **branches, **(children or {})}, **target)
    await pbx.home.callflow(numbers=["2001"], flow=flow)


@pytest.mark.parametrize("module", ["user", "device"])
@pytest.mark.parametrize("answers_after", [0.0, 0.01, 0.05, 2, 19.5])
@pytest.mark.parametrize("talks_for", [0.005, 5, 3600])
async def test_a_talk_of_any_length(
    pbx: Pbx, module: str, answers_after: float, talks_for: float
) -> None:
    await extension(pbx, module=module)
    pbx.alice.script = Script(answers_after=answers_after, talks_for=talks_for, says="hello")
    caller = pbx.dials("2001")
    await caller.ended(within=4000)
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [(module, None)]
    assert trace.steps[0].outcome == "stop"
    inputs = trace.steps[0].inputs or {}
    # One who hangs up in the moment of the answer has hardly talked at all.
    assert inputs["talked"] == pytest.approx(talks_for, abs=0.02)
    if talks_for > 1:
        assert caller.heard == ["hello"]


@pytest.mark.parametrize(
    ("status", "branch"),
    [
        (486, "USER_BUSY"),
        (600, "USER_BUSY"),
        (603, "CALL_REJECTED"),
        (403, "CALL_REJECTED"),
        (480, "NO_USER_RESPONSE"),
        (404, "UNALLOCATED_NUMBER"),
        (488, "nobody"),
        (500, "nobody"),
        (503, "nobody"),
    ],
)
@pytest.mark.parametrize("after", [0.0, 0.05, 3])
async def test_a_refusal_has_its_branch(pbx: Pbx, status: int, branch: str, after: float) -> None:
    await extension(pbx)
    pbx.alice.script = Script(rejects=status, rejects_after=after)
    caller = pbx.dials("2001")
    await caller.hears(branch)
    await caller.ended()
    assert caller.heard == [branch]


@pytest.mark.parametrize("seconds", [1, 5, 20, 60])
@pytest.mark.parametrize("rings_after", [None, 0.05])
async def test_nobody_answers_in_time(pbx: Pbx, seconds: int, rings_after: float | None) -> None:
    await extension(pbx, timeout=seconds)
    pbx.alice.script = Script(rings_after=rings_after)
    began = asyncio.get_running_loop().time()
    caller = pbx.dials("2001")
    await caller.hears("NO_ANSWER", within=seconds + 1)
    assert asyncio.get_running_loop().time() - began == pytest.approx(seconds, abs=0.3)


@pytest.mark.parametrize(
    ("desk", "mobile", "who"),
    [(1, 2, "desk"), (2, 1, "mobile"), (None, 3, "mobile"), (1, 1, None), (1, 1.0003, None)],
)
async def test_the_first_of_two_phones_wins(
    pbx: Pbx, desk: float | None, mobile: float, who: str | None
) -> None:
    await pbx.home.user("team")
    await pbx.home.callflow(numbers=["2100"], flow=node("user", id="team"))
    phones = {
        "desk": await pbx.phone("desk", user="team", answers_after=desk, says="desk"),
        "mobile": await pbx.phone("mobile", user="team", answers_after=mobile, says="mobile"),
    }
    caller = pbx.dials("2100")
    await caller.answered()
    await asyncio.sleep(1)
    [heard] = caller.heard
    assert who in (heard, None)
    loser = phones["mobile" if heard == "desk" else "desk"].lines[0]
    await loser.ended(within=0.1)
    await caller.hangs_up()


@pytest.mark.parametrize("count", [3, 10])
async def test_many_phones_of_one_user(pbx: Pbx, count: int) -> None:
    await pbx.home.user("team")
    await pbx.home.callflow(numbers=["2100"], flow=node("user", id="team"))
    for number in range(count):
        await pbx.phone(f"phone{number}", user="team", answers_after=9 - number / 2, talks_for=1)
    caller = pbx.dials("2100")
    await caller.ended()
    trace = await pbx.trace_of(caller)
    assert (trace.steps[0].inputs or {})["answered_by"] == f"phone{count - 1}_phone"


async def test_two_contacts_of_one_device_both_ring(pbx: Pbx) -> None:
    await extension(pbx)
    pbx.alice.register("127.0.0.1:6999")
    caller = pbx.dials("2001")
    first, second = await pbx.alice.rings(), await pbx.alice.rings()
    await second.answers()
    await first.ended()
    await second.speaks("hello")
    await caller.hears("hello")


async def test_a_phone_that_is_not_registered(pbx: Pbx) -> None:
    await extension(pbx, {"USER_NOT_REGISTERED": node("response", code=480)})
    pbx.alice.unregister()
    caller = pbx.dials("2001")
    assert (await caller.ended()).sip_status == 480


async def test_a_phone_that_unregisters_while_it_is_looked_up(pbx: Pbx) -> None:
    await extension(pbx, {"USER_NOT_REGISTERED": node("response", code=480)})
    caller = pbx.dials("2001")
    asyncio.get_running_loop().call_later(0.003, pbx.alice.unregister)
    await caller.ended(within=60)


async def test_both_hear_each_other_and_nobody_else(pbx: Pbx) -> None:
    await extension(pbx)
    pbx.alice.script = Script(answers_after=1, says="alice's voice")
    caller = pbx.dials("2001")
    caller.speak("bob's voice")
    await caller.hears("alice's voice")
    line = pbx.alice.lines[0]
    assert line.heard == ["bob's voice"]
    await caller.presses("5")
    await asyncio.sleep(1)
    assert line.keys_received == "5"
    await caller.hangs_up()
    await line.ended()


async def test_the_phone_shows_who_calls(pbx: Pbx) -> None:
    await extension(pbx, custom_sip_headers={"X-Department": "sales"})
    caller = pbx.dials("2001")
    alice = await pbx.alice.rings()
    assert (alice.caller_id.name, alice.caller_id.number) == ("Bob", "2002")
    assert await alice.header("X-Department") == "sales"
    await caller.hangs_up()


async def test_a_caller_id_can_be_kept_secret(pbx: Pbx) -> None:
    await extension(pbx, suppress_clid=True)
    caller = pbx.dials("2001")
    alice = await pbx.alice.rings()
    assert "2002" not in f"{alice.caller_id}"
    await caller.hangs_up()


@pytest.mark.parametrize("strategy", ["simultaneous", "single"])
async def test_one_refusal_can_count_for_all(pbx: Pbx, strategy: str) -> None:
    await extension(pbx, fail_on_single_reject=True, strategy=strategy)
    mobile = await pbx.phone("mobile", user="alice")
    pbx.alice.script = Script(rejects=486)
    caller = pbx.dials("2001")
    await caller.hears("USER_BUSY")
    assert strategy == "simultaneous" or mobile.is_quiet


async def test_phones_ring_one_after_another(pbx: Pbx) -> None:
    await extension(pbx, strategy="single", timeout=2)
    mobile = await pbx.phone("mobile", user="alice", answers_after=1, says="mobile")
    caller = pbx.dials("2001")
    first = await pbx.alice.rings()
    assert mobile.is_quiet
    await first.ended()
    await caller.hears("mobile")


async def test_a_caller_from_outside_hears_that_it_rings(pbx: Pbx) -> None:
    await extension(pbx)
    pbx.house.documents.numbers["+15550002001"] = pbx.home.id
    await pbx.home.callflow(numbers=["+15550002001"], flow=node("user", id="alice"))
    caller = await pbx.carrier.dials("+15550002001")
    await pbx.alice.rings()
    assert caller.is_told_ringing
    assert not caller.is_answered
    await caller.hangs_up()
