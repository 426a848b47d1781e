"""The walk over the tree, and how calls end."""

from tests.contract.stage import Node, Pbx, node, scenario, tones


@scenario
async def a_jump_comes_back(pbx: Pbx) -> None:
    await tones(pbx, "hours", "back")
    other = await pbx.home.callflow(name="hours", flow=node("play", id="hours"))
    flow = node("callflow", {"_": node("play", id="back")}, id=other)
    await pbx.home.callflow(numbers=["2010"], flow=flow)
    caller = await pbx.bob.dials("2010")
    await caller.hears("back")
    await caller.ended()


@scenario
async def a_jump_to_nowhere_goes_on(pbx: Pbx) -> None:
    await tones(pbx, "back")
    flow = node("callflow", {"_": node("play", id="back")}, id="nowhere")
    await pbx.home.callflow(numbers=["2010"], flow=flow)
    caller = await pbx.bob.dials("2010")
    await caller.hears("back")
    await caller.ended()


@scenario
async def a_hangup_in_a_branched_flow(pbx: Pbx) -> None:
    await tones(pbx, "goodbye", "back")
    flow = node("play", {"_": node("hangup")}, id="goodbye")
    other = await pbx.home.callflow(name="ending", flow=flow)
    flow = node("callflow", {"_": node("play", id="back")}, id=other)
    await pbx.home.callflow(numbers=["2010"], flow=flow)
    caller = await pbx.bob.dials("2010")
    await caller.ended()


@scenario
async def an_answer_alone(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"))
    caller = await pbx.bob.dials("2000")
    await caller.answered()
    await caller.ended()


@scenario
async def nothing_at_all(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("noop"))
    caller = await pbx.bob.dials("2000")
    await caller.ended()


@scenario
async def a_number_that_nobody_has(pbx: Pbx) -> None:
    caller = await pbx.bob.dials("2999")
    await caller.ended()


@scenario
async def a_pattern_and_its_capture(pbx: Pbx) -> None:
    await tones(pbx, "found")
    await pbx.home.callflow(patterns=[r"^3(\d{3})$"], flow=node("play", id="found"))
    caller = await pbx.bob.dials("3123")
    await caller.hears("found")
    await caller.ended()


@scenario
async def the_catch_all(pbx: Pbx) -> None:
    await tones(pbx, "nobody")
    await pbx.home.callflow(numbers=["no_match"], flow=node("play", id="nobody"))
    caller = await pbx.bob.dials("7777")
    await caller.hears("nobody")
    await caller.ended()


@scenario
async def a_flow_that_cannot_be_used(pbx: Pbx) -> None:
    broken: Node = {"module": 5}
    await pbx.home.callflow(numbers=["2000"], flow=broken)
    caller = await pbx.bob.dials("2000")
    await caller.ended()


async def _broken(pbx: Pbx, broken: Node) -> None:
    await tones(pbx, "after")
    flow = {**broken, "children": {"_": node("play", id="after")}}
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("after")
    await caller.ended()


@scenario
async def an_unknown_module(pbx: Pbx) -> None:
    await _broken(pbx, node("teleport"))


@scenario
async def data_of_the_wrong_type(pbx: Pbx) -> None:
    await _broken(pbx, node("sleep", duration="soon"))


@scenario
async def a_flow_that_jumps_in_circles(pbx: Pbx) -> None:
    await pbx.home.callflow(name="circle", numbers=["2000"], flow=node("callflow", id="circle"))
    caller = await pbx.bob.dials("2000")
    await caller.ended()


@scenario
async def a_caller_hangs_up_in_a_sleep(pbx: Pbx) -> None:
    await tones(pbx, "before")
    flow = node("play", {"_": node("sleep", duration=30)}, id="before")
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    caller = await pbx.bob.dials("2000")
    await caller.hears("before")
    await caller.stops_hearing("before", within=2)
    await caller.silence(0.3)
    await caller.hangs_up()
