"""The walk over the tree in whole calls, many of them at once, and how they end."""

import asyncio

import pytest

from runtime.simulator import Identity, Phone
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, actions, walked
from tests.contract import flows, forwards, groups, keys, menus, ringing, sounds
from tests.contract.stage import SCENARIOS

pytestmark = pytest.mark.asyncio(loop_scope="function")

CHAPTERS = (flows, forwards, groups, keys, menus, ringing, sounds)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
async def test_the_scenarios_of_the_contract(pbx: Pbx, name: str) -> None:
    assert SCENARIOS[name].__module__ in {chapter.__name__ for chapter in CHAPTERS}
    await SCENARIOS[name](pbx)


@pytest.mark.parametrize("depth", [1, 2, 10, 49])
async def test_flows_that_branch_return_in_their_order(pbx: Pbx, depth: int) -> None:
    for level in range(depth):
        await pbx.home.media_tone(f"back{level}", seconds=0.1)
        jump = node("callflow", {"_": node("play", id=f"back{level}")}, id=f"level{level + 1}")
        await pbx.home.callflow(name=f"level{level}", flow=jump)
    await pbx.home.callflow(name=f"level{depth}", flow=node("noop"))
    await pbx.home.callflow(numbers=["2000"], flow=node("callflow", id="level0"))
    caller = pbx.dials("2000")
    await caller.ended()
    assert caller.heard == [f"back{level}" for level in reversed(range(depth))]


@pytest.mark.parametrize("module", sorted(actions()))
async def test_every_action_without_data_leads_somewhere(pbx: Pbx, module: str) -> None:
    await pbx.home.media_tone("after", seconds=1)
    flow = node(module, {"_": node("play", id="after")})
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = pbx.dials("2000")
    asyncio.get_running_loop().call_later(300, caller.put_down)
    await caller.ended(within=301)
    trace = await pbx.trace_of(caller)
    assert trace.steps[0].module == module
    assert trace.call.outcome in ("completed", "caller_hung_up")


@pytest.mark.parametrize(
    "broken",
    [
        node("teleport"),
        node("sleep", duration="soon"),
        node("play", id="after", loop_count=0),
        node("tts"),
    ],
    ids=["unknown module", "wrong type", "out of range", "missing field"],
)
async def test_a_node_that_cannot_run_is_traced_and_passed(pbx: Pbx, broken: Node) -> None:
    await pbx.home.media_tone("after", seconds=0.5)
    flow = {**broken, "children": {"_": node("play", id="after")}}
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = pbx.dials("2000")
    await caller.hears("after")
    await caller.ended()
    assert (await pbx.trace_of(caller)).steps[0].outcome == "failed"


@pytest.mark.parametrize("count", [10, 100])
async def test_many_callers_in_one_menu_do_not_disturb_each_other(pbx: Pbx, count: int) -> None:
    await pbx.home.media_tone("welcome", seconds=8)
    choices = {}
    for key in range(10):
        await pbx.home.media_tone(f"choice{key}", seconds=1)
        choices[str(key)] = node("play", id=f"choice{key}")
    await pbx.home.menu("main", greeting="welcome", max_extension_length=1)
    await pbx.home.callflow(numbers=["2000"], flow=node("menu", choices, id="main"))
    callers = [pbx.dials("2000") for _ in range(count)]
    for number, caller in enumerate(callers):
        caller.type(str(number % 10), seconds=1 + number / 37)
    for number, caller in enumerate(callers):
        await caller.ended()
        assert caller.heard == ["welcome", f"choice{number % 10}"]


async def test_accounts_do_not_see_each_other(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await pbx.home.callflow(numbers=["2000"], flow=node("response", code=486))
    await other.callflow(numbers=["2000"], flow=node("response", code=503))
    stranger = await pbx.phone("stranger", account=other)
    assert (await pbx.dials("2000").ended()).sip_status == 486
    assert (await stranger.dial("2000").ended()).sip_status == 503


async def test_a_phone_without_account_is_refused(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"))
    phone = Phone(pbx.house.asterisk.switch, "nobody", shows=Identity("1", "Nobody"))
    line = phone.dial("2000")
    assert (await line.ended()).sip_status == 403
    assert (await pbx.trace_of(line)).call.outcome == "refused"


async def test_a_number_that_is_dialled_while_the_connection_is_away(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"))
    pbx.house.asterisk.cut(5)
    await asyncio.sleep(1)
    assert (await pbx.dials("2000").ended()).sip_status == 503
    await asyncio.sleep(5)
    assert (await pbx.dials("2000").ended()).sip_status is None


async def test_a_change_of_a_callflow_is_for_the_next_call(pbx: Pbx) -> None:
    await pbx.home.callflow(name="main", numbers=["2000"], flow=node("response", code=486))
    assert (await pbx.dials("2000").ended()).sip_status == 486
    await pbx.home.callflow(name="main", numbers=["2000"], flow=node("response", code=404))
    assert (await pbx.dials("2000").ended()).sip_status == 404


async def test_the_same_call_is_the_same_every_time(pbx: Pbx) -> None:
    await pbx.home.media_tone("news", seconds=3)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="news"))
    stories = set()
    for _ in range(5):
        caller = pbx.dials("2000")
        await caller.ended()
        stories.add(caller.story())
        assert walked(await pbx.trace_of(caller)) == [("play", "_")]
    assert len(stories) == 1
