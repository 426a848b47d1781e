"""A dialplan written by hand asks over FastAGI, and gets its calls back from their flows."""

from tests.live.account import node
from tests.live.line import Line
from tests.live.pbx import Pbx, walked

VARIABLES = ("FOUND", "ID", "NAME", "BY", "PATTERN", "CAPTURE", "REASON", "OUTCOME")


async def told(pbx: Pbx, line: Line) -> dict[str, str]:
    """Return what the dialplan knows while it speaks to the caller."""
    await line.hears_speech()
    channels = await pbx.plant.watcher.channels()
    (ours,) = (c for c in channels if c.protocol_id == line.sip_call_id)
    assert ours.dialplan.context == "own"
    channel = pbx.plant.watcher.channel(ours.id)
    known = {name: await channel.get_variable(f"CALLFLOW_{name}") for name in VARIABLES}
    known["AGISTATUS"] = await channel.get_variable("AGISTATUS")
    return {name: value for name, value in known.items() if value}


async def asked(pbx: Pbx, number: str) -> dict[str, str]:
    """Return what the dialplan knows of a call of bob's that it does not give to a flow."""
    caller = await pbx.bob.dials(number)
    known = await told(pbx, caller)
    await caller.hangs_up()
    return known


async def test_the_dialplan_asks_where_a_number_leads(pbx: Pbx) -> None:
    nasty = 'The "sales" \\ desk,\nCALLFLOW ${CHANNEL}'
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"), name="sales")
    await pbx.home.callflow(patterns=[r"^3(\d{3})$"], flow=node("answer"), name="rooms")
    await pbx.home.callflow(numbers=["no_match"], flow=node("answer"), name="rest")
    await pbx.sql(
        "update callflows set doc = doc || jsonb_build_object('name', $2::text)"
        " where account_id = $1 and id = 'sales'",
        pbx.home.id,
        nasty,
    )
    found = {"FOUND": "1", "AGISTATUS": "SUCCESS"}
    number = {"ID": "sales", "NAME": nasty.replace("\n", " "), "BY": "number"}
    pattern = {"ID": "rooms", "BY": "pattern", "PATTERN": r"^3(\d{3})$", "CAPTURE": "123"}
    assert await asked(pbx, "712000") == found | number
    assert await asked(pbx, "713123") == found | pattern
    assert await asked(pbx, "717777") == found | {"ID": "rest", "BY": "no_match"}
    assert await asked(pbx, "727777") == {
        "FOUND": "0",
        "REASON": "no callflow for 7777",
        "AGISTATUS": "SUCCESS",
    }


async def test_a_call_goes_through_its_flow_and_comes_back(pbx: Pbx) -> None:
    await pbx.home.media_tone("hello", seconds=0.5)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="hello"))
    caller = await pbx.bob.dials("732000")
    await caller.hears("hello")
    known = await told(pbx, caller)
    assert (known["OUTCOME"], known["AGISTATUS"]) == ("completed", "SUCCESS")
    trace = await pbx.trace_of(caller)
    assert walked(trace) == [("play", "_")]
    assert (trace.call.number, trace.call.outcome) == ("2000", "completed")
    assert trace.call.reason == "given back to the dialplan"
    await caller.hangs_up()


async def test_a_call_goes_through_two_flows_one_after_the_other(pbx: Pbx) -> None:
    await pbx.home.media_tone("hello", seconds=0.5)
    await pbx.home.callflow(
        numbers=["2000"], flow=node("play", {"_": node("sleep", duration=1)}, id="hello")
    )
    caller = await pbx.bob.dials("742000")
    await caller.hears("hello")
    await caller.stops_hearing("hello", within=2)
    await caller.hears("hello")
    assert (await told(pbx, caller))["OUTCOME"] == "completed"
    await caller.hangs_up()


async def test_without_agi_the_call_comes_back_too(pbx: Pbx) -> None:
    await pbx.home.media_tone("hello", seconds=0.5)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="hello"))
    caller = await pbx.bob.dials("752000")
    await caller.hears("hello")
    assert (await told(pbx, caller))["OUTCOME"] == "completed"
    await caller.hangs_up()
    caller = await pbx.bob.dials("757777")
    assert await told(pbx, caller) == {"OUTCOME": "not_found", "REASON": "no callflow for 7777"}
    await caller.hangs_up()


async def test_after_a_conversation_the_caller_is_back_in_the_dialplan(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    caller = await pbx.bob.dials("732001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("alice's voice")
    await caller.hears("alice's voice")
    await alice.hangs_up()
    assert (await told(pbx, caller))["OUTCOME"] == "completed"
    await caller.hangs_up()


async def test_the_action_hangup_hangs_up(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer", {"_": node("hangup")}))
    caller = await pbx.bob.dials("732000")
    await caller.answered()
    assert (await caller.ended()).cause == 16
    await pbx.nothing_left(within=2)


async def test_a_response_reaches_the_caller(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("response", code=486))
    caller = await pbx.bob.dials("732000")
    assert (await caller.ended()).sip_status == 486


async def test_a_caller_hangs_up_in_the_middle_of_the_flow(pbx: Pbx) -> None:
    await pbx.home.media_tone("music", seconds=8)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="music"))
    caller = await pbx.bob.dials("732000")
    await caller.hears("music")
    await caller.hangs_up()
    await pbx.nothing_left(within=2)
    trace = await pbx.trace_of(caller)
    assert (trace.call.outcome, trace.steps[-1].outcome) == ("caller_hung_up", "hung_up")


async def test_a_number_without_a_callflow_stays_with_the_dialplan(pbx: Pbx) -> None:
    assert await asked(pbx, "737777") == {
        "FOUND": "0",
        "REASON": "no callflow for 7777",
        "OUTCOME": "not_found",
        "AGISTATUS": "SUCCESS",
    }


async def test_an_unknown_script_is_a_failure_that_the_dialplan_sees(pbx: Pbx) -> None:
    assert await asked(pbx, "76") == {"AGISTATUS": "FAILURE"}


async def test_without_the_runtime_the_dialplan_goes_on_alone(pbx: Pbx) -> None:
    pbx.expects_log("Connecting to '127.0.0.1:[0-9]+' failed|FastAGI")
    await pbx.plant.runtime.stop()
    try:
        assert await asked(pbx, "732000") == {"AGISTATUS": "FAILURE"}
    finally:
        await pbx.plant.runtime.start()
