"""Operation: too many calls, the end of the runtime, gaps, what is left, and metrics."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import aiohttp
import pytest

from runtime.ari import new_id
from runtime.errors import MachineError
from runtime.machine import AsteriskProgram
from tests.ari.relay import Relay
from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx, opened
from tests.live.plant import Plant, plant

pytestmark = pytest.mark.xdist_group("outage")

FIFTY = 50

CRASHED = "Playback failed for|Web socket closed abruptly|WebSocket read error|from web socket"


@pytest.fixture(scope="module")
async def own_plant(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Plant]:
    """Yield a plant of which no other test is disturbed by what breaks."""
    async with plant(asterisk_program, tmp_path_factory.mktemp("operations"), None) as running:
        yield running


@pytest.fixture
async def pbx(own_plant: Plant) -> AsyncIterator[Pbx]:
    async with opened(own_plant) as pbx:
        yield pbx


async def office(pbx: Pbx) -> None:
    await pbx.home.media_tone("music", seconds=60)
    await pbx.home.media_tone("hello", seconds=0.5)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="hello"))
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.home.callflow(numbers=["2009"], flow=node("play", id="music"))
    await pbx.home.callflow(
        numbers=["2008"], flow=node("answer", {"_": node("sleep", duration=60)})
    )
    await pbx.alice.registered()


async def listens(pbx: Pbx) -> Line:
    caller = await pbx.bob.dials("2009")
    await caller.hears("music")
    return caller


async def hello(pbx: Pbx) -> None:
    caller = await pbx.bob.dials("2000")
    await caller.hears("hello")
    await caller.ended()


async def restarted(pbx: Pbx, **settings: object) -> None:
    await pbx.plant.runtime.stop()
    await pbx.plant.runtime.start(**settings)


async def metrics(pbx: Pbx) -> dict[str, float]:
    url = f"http://127.0.0.1:{pbx.plant.settings.http_port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        lines = (await response.text()).splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def readiness(pbx: Pbx) -> int:
    url = f"http://127.0.0.1:{pbx.plant.settings.http_port}/health/ready"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.02)


async def draining(pbx: Pbx) -> bool:
    return await readiness(pbx) == 503


async def spooled(pbx: Pbx) -> bool:
    return (await metrics(pbx))["callflow_trace_spool_bytes"] > 0


def terminate(pbx: Pbx) -> None:
    assert pbx.plant.runtime.pid is not None
    os.kill(pbx.plant.runtime.pid, signal.SIGTERM)


async def test_more_calls_than_the_limit_get_a_503_and_disturb_nobody(pbx: Pbx) -> None:
    await office(pbx)
    await restarted(pbx, MAX_CALLS=1)
    try:
        caller = await listens(pbx)
        refused = await pbx.carol.dials("2000")
        assert (await refused.ended()).sip_status == 503
        call = (await pbx.trace_of(refused)).call
        assert (call.outcome, call.cause) == ("overload", 34)
        assert call.reason == "1 calls are in progress"
        await caller.hears("music")
        await caller.hangs_up()
        await pbx.trace_of(caller)
        await hello(pbx)
    finally:
        await restarted(pbx)


async def test_an_account_above_its_limit_gets_the_callflow_that_it_chose(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.home.media_tone("all-lines-busy", seconds=0.5)
    await pbx.home.callflow(name="busy", flow=node("play", id="all-lines-busy"))
    async with pbx.plant.db.connection() as connection:
        await connection.execute(
            """update accounts set doc = doc || '{"overload": {"callflow": "busy"}}'
            where id = $1""",
            pbx.home.id,
        )
    other = await pbx.account("other")
    dora = await pbx.phone(await other.device("dora"))
    await other.media_tone("hello", seconds=0.5)
    await other.callflow(numbers=["2000"], flow=node("play", id="hello"))
    await restarted(pbx, MAX_CALLS_PER_ACCOUNT=1)
    try:
        caller = await listens(pbx)
        diverted = await pbx.carol.dials("2000")
        await diverted.hears("all-lines-busy")
        await diverted.ended()
        call = (await pbx.trace_of(diverted)).call
        assert (call.callflow_id, call.outcome) == ("busy", "completed")
        assert call.reason == "overload: 1 calls of this account are in progress"
        free = await dora.dials("2000")
        await free.hears("hello")
        await free.ended()
        await caller.hangs_up()
    finally:
        await restarted(pbx)


async def test_new_calls_per_second_are_limited(pbx: Pbx) -> None:
    await office(pbx)
    await restarted(pbx, MAX_CALLS_PER_SECOND=0.1)
    try:
        caller = await listens(pbx)
        refused = await pbx.carol.dials("2000")
        assert (await refused.ended()).sip_status == 503
        reason = (await pbx.trace_of(refused)).call.reason
        assert reason == "more than 0.1 new calls per second"
        await caller.hangs_up()
    finally:
        await restarted(pbx)


async def test_a_runtime_that_is_to_stop_lets_its_calls_end(pbx: Pbx) -> None:
    await office(pbx)
    await restarted(pbx, DRAIN_SECONDS=30)
    try:
        caller = await listens(pbx)
        assert await readiness(pbx) == 200
        terminate(pbx)
        refused = await pbx.carol.dials("2000")
        assert (await refused.ended()).sip_status == 503
        assert await readiness(pbx) == 503
        await caller.hears("music")
        await caller.hangs_up()
        await pbx.plant.runtime.gone()
    finally:
        await pbx.plant.runtime.start()
    assert (await pbx.trace_of(caller)).call.outcome == "caller_hung_up"
    assert (await pbx.trace_of(refused)).call.outcome == "draining"


async def test_a_second_signal_ends_the_calls_at_once(pbx: Pbx) -> None:
    await office(pbx)
    pbx.expects_log("Playback failed for")
    await restarted(pbx, DRAIN_SECONDS=30)
    try:
        caller = await listens(pbx)
        terminate(pbx)
        await until(lambda: draining(pbx))
        terminate(pbx)
        await caller.ended()
        await pbx.plant.runtime.gone()
    finally:
        await pbx.plant.runtime.start()
    assert (await pbx.trace_of(caller)).call.outcome == "shut_down"


async def test_after_the_set_time_the_calls_are_ended(pbx: Pbx) -> None:
    await office(pbx)
    pbx.expects_log("Playback failed for")
    await restarted(pbx, DRAIN_SECONDS=0.5)
    try:
        caller = await listens(pbx)
        terminate(pbx)
        await caller.ended()
        await pbx.plant.runtime.gone()
    finally:
        await pbx.plant.runtime.start()
    assert (await pbx.trace_of(caller)).call.outcome == "shut_down"


async def test_callers_of_a_runtime_that_died_hear_an_apology_and_are_traced(pbx: Pbx) -> None:
    await office(pbx)
    pbx.expects_log(CRASHED)
    listening = await listens(pbx)
    silent = await pbx.bob.dials("2008")
    await silent.silence(0.5)
    talking = await pbx.carol.dials("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await talking.answered()
    ringing = await pbx.bob.dials("2001")
    second = await pbx.alice.rings()
    await ringing.silence(0.3)
    gone = await listens(pbx)
    await pbx.plant.runtime.crash()
    await gone.hangs_up()
    await pbx.plant.runtime.start()
    await asyncio.gather(*(line.hears_speech(within=2) for line in (listening, talking, alice)))
    for line in (listening, silent, talking, alice, second):
        await line.ended(within=10)
    assert (await ringing.ended()).sip_status == 503
    for line in (listening, silent, talking, ringing, gone):
        call = (await pbx.trace_of(line)).call
        assert (call.outcome, call.reason) == ("aborted", "runtime_restarted")
        assert call.account_id == pbx.home.id
        assert call.ended_at is not None
    await pbx.nothing_left()
    await hello(pbx)


async def test_what_no_person_listens_to_is_taken_down(pbx: Pbx) -> None:
    await office(pbx)
    pbx.expects_log(CRASHED)
    caller = await listens(pbx)
    watcher, app = pbx.plant.watcher, pbx.plant.settings.ari_app
    [channel] = await watcher.channels()
    orphans = {"app": app, "appArgs": "leg"}
    await watcher.commands.send(
        "POST", "channels", channel.id, "snoop", new_id("snoop"), body={"spy": "both", **orphans}
    )
    await watcher.commands.send(
        "POST", "channels", body={"endpoint": "Local/s@unavailable", **orphans}
    )
    await watcher.bridge(new_id("bridge")).create(name=app)
    await pbx.plant.runtime.crash()
    await pbx.plant.runtime.start()
    await caller.ended(within=10)
    await pbx.nothing_left()


async def test_calls_end_with_an_asterisk_that_is_restarted(pbx: Pbx) -> None:
    await office(pbx)
    caller = await listens(pbx)
    silent = await pbx.carol.dials("2008")
    await silent.silence(0.5)
    assert pbx.plant.asterisk.pid is not None
    os.kill(pbx.plant.asterisk.pid, signal.SIGKILL)
    with suppress(MachineError):  # which tells that it has ended
        await pbx.plant.asterisk.watch()
    await pbx.plant.asterisk.start()
    started = asyncio.get_running_loop().time()
    await pbx.plant.runtime.ready()
    assert asyncio.get_running_loop().time() - started < 2
    for line in (caller, silent):
        call = (await pbx.trace_of(line)).call
        assert (call.outcome, call.reason) == ("aborted", "asterisk_restarted")
    await hello(pbx)


async def test_the_trace_of_a_long_absence_of_postgresql_survives_a_crash(pbx: Pbx) -> None:
    assert pbx.plant.postgres is not None
    await office(pbx)
    pbx.expects_log("(?i)postgres|pgsql|sorcery realtime|config.c")
    pbx.expects_log(CRASHED)
    await hello(pbx)
    await (await listens(pbx)).hangs_up()
    await pbx.plant.postgres.stop()
    callers = []
    try:
        for _ in range(5):
            caller = await pbx.bob.dials("2000")
            await caller.hears("hello")
            await caller.ended()
            callers.append(caller)
        last = await listens(pbx)
        await until(lambda: spooled(pbx))
        await pbx.plant.runtime.crash()
    finally:
        await pbx.plant.postgres.start()
    await pbx.plant.runtime.start()
    for caller in callers:
        trace = await pbx.trace_of(caller, within=15)
        assert trace.call.outcome == "completed"
        assert [step.module for step in trace.steps] == ["play"]
    trace = await pbx.trace_of(last)
    assert (trace.call.outcome, trace.call.reason) == ("aborted", "runtime_restarted")
    assert (await metrics(pbx))["callflow_trace_spool_bytes"] == 0


async def test_metrics_count_calls_and_steps_without_ids(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.home.callflow(numbers=["2007"], flow=node("abracadabra"))
    await restarted(pbx)
    await hello(pbx)
    strange = await pbx.bob.dials("2007")
    await strange.ended()
    caller = await listens(pbx)
    found = await metrics(pbx)
    assert found["callflow_calls_in_progress"] == 1
    assert found['callflow_calls_total{outcome="completed"}'] == 2
    assert found['callflow_steps_total{module="play",outcome="continue"}'] == 1
    assert found['callflow_steps_total{module="unknown",outcome="failed"}'] == 1
    assert found["callflow_lookup_seconds_count"] == 3
    playing = '{method="POST",resource="channels/play"}'
    assert found[f"callflow_ari_request_seconds_count{playing}"] == 2
    assert found["callflow_loop_lag_seconds_count"] > 0
    assert not [name for name in found if pbx.home.id in name or "channels/1" in name]
    await caller.hangs_up()


async def test_fifty_callers_of_a_runtime_that_died_are_not_left_in_silence(pbx: Pbx) -> None:
    await office(pbx)
    pbx.expects_log(CRASHED)
    callers = [await pbx.bob.dials("2008") for _ in range(FIFTY)]
    await asyncio.gather(*(caller.answered() for caller in callers))
    await pbx.plant.runtime.crash()
    await pbx.plant.runtime.start()
    await asyncio.gather(*(caller.hears_speech(0.1, within=2) for caller in callers))
    await asyncio.gather(*(caller.ended(within=10) for caller in callers))
    for caller in callers:
        assert (await pbx.trace_of(caller)).call.outcome == "aborted"
    await pbx.nothing_left()
    await hello(pbx)


async def test_a_call_outlives_a_lost_connection_and_one_that_ends_meanwhile_is_noticed(
    pbx: Pbx,
) -> None:
    await office(pbx)
    pbx.expects_log(CRASHED)
    nap = node("sleep", {"_": node("play", id="hello")}, duration=1)
    await pbx.home.callflow(numbers=["2006"], flow=node("answer", {"_": nap}))
    async with Relay(pbx.plant.settings.ari_base_url).open() as relay:
        await restarted(pbx, ARI_URL=relay.url)
        try:
            await hello(pbx)
            staying, leaving = await listens(pbx), await listens(pbx)
            napping = await pbx.carol.dials("2006")
            await napping.answered()
            relay.down = True
            relay.cut()
            await leaving.hangs_up()
            await napping.silence(1.5)  # his next node would begin now
            relay.down = False
            call = (await pbx.trace_of(leaving)).call
            assert (call.outcome, call.reason) == ("aborted", "gap")
            await napping.hears("hello")
            await napping.ended()
            await staying.hears("music")
            await staying.hangs_up()
            assert (await pbx.trace_of(staying)).call.outcome == "caller_hung_up"
            assert (await pbx.trace_of(napping)).call.outcome == "completed"
        finally:
            await restarted(pbx)
