"""What phones show that are rung after an action has chosen the caller id, or hidden it."""

import asyncio
from typing import Any

import pytest

from runtime.simulator import Line
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

ALICE: Node = node("user", id="alice")

ACCEPTED = "tone_stream://%(250,0,440)"
REJECTED = "dynamic-cid-invalid_using_default"


async def dials(pbx: Pbx, *actions: Node, number: str = "2100", outside: bool = False) -> Line:
    """Let bob, or somebody outside, dial 2100, on which the actions run and then alice rings."""
    flow = ALICE
    for action in reversed(actions):
        flow = {**action, "children": {"_": flow, **action["children"]}}
    public = {"2100": "+15550002100"}[number] if outside else number
    await pbx.home.callflow(numbers=[public], flow=flow)
    pbx.house.documents.numbers[public] = pbx.home.id
    return (pbx.carrier if outside else pbx.bob).dial(public)


async def shown(pbx: Pbx) -> tuple[str, str]:
    """Return the name and the number that alice's phone shows."""
    line = await pbx.alice.rings()
    return line.caller_id.name, line.caller_id.number


# set_cid


async def test_a_set_caller_id_is_shown(pbx: Pbx) -> None:
    data: dict[str, Any] = {"caller_id_name": "Front desk", "caller_id_number": 4000}
    await dials(pbx, node("set_cid", **data))
    assert await shown(pbx) == ("Front desk", "4000")


async def test_it_is_set_for_a_caller_from_outside_too(pbx: Pbx) -> None:
    caller = await dials(pbx, node("set_cid", caller_id_name="Sales line"), outside=True)
    assert await shown(pbx) == ("Sales line", "+15551234567")
    assert caller.channel is not None
    assert caller.channel.caller.name == "Outside"


async def test_an_empty_value_takes_back_what_was_set_before(pbx: Pbx) -> None:
    both = node("set_cid", caller_id_name="Front desk", caller_id_number="4000")
    await dials(pbx, both, node("set_cid", caller_id_name="Sales"))
    assert await shown(pbx) == ("Sales", "2002")


async def test_it_is_stronger_than_prefixes_and_a_chosen_caller_id(pbx: Pbx) -> None:
    chosen = {"name": "Chosen", "number": "+15550001111"}
    await dials(
        pbx,
        node("set_cid", caller_id_number="4000"),
        node("prepend_cid", caller_id_name_prefix="VIP ", caller_id_number_prefix="9"),
        node("dynamic_cid", action="static", caller_id=chosen),
    )
    assert await shown(pbx) == ("VIP Chosen", "4000")


async def test_it_lasts_for_the_whole_call(pbx: Pbx) -> None:
    busy = node("user", {"_": ALICE}, id="carol", timeout=1)
    await dials(pbx, node("set_cid", caller_id_name="Front desk"), busy)
    carol = await pbx.carol.rings()
    assert carol.caller_id.name == "Front desk"
    await carol.rejects()
    assert (await shown(pbx))[0] == "Front desk"


async def test_it_cannot_break_out_of_a_header(pbx: Pbx) -> None:
    data: dict[str, Any] = {"caller_id_name": 'Eve" <sip:x>\r\nX: y', "caller_id_number": "40;00"}
    await dials(pbx, node("set_cid", **data))
    assert await shown(pbx) == ("Eve sip:xX: y", "4000")


# prepend_cid


async def test_prefixes_stand_before_the_name_and_the_number(pbx: Pbx) -> None:
    data: dict[str, Any] = {"caller_id_name_prefix": "Sales: ", "caller_id_number_prefix": "9"}
    await dials(pbx, node("prepend_cid", **data), outside=True)
    assert await shown(pbx) == ("Sales: Outside", "9+15551234567")


async def test_a_new_prefix_goes_before_those_that_are_there(pbx: Pbx) -> None:
    await dials(
        pbx,
        node("prepend_cid", caller_id_name_prefix="EN "),
        node("prepend_cid", caller_id_name_prefix="Sales ", apply_to="current"),
    )
    assert await shown(pbx) == ("Sales EN Bob", "2002")


async def test_a_prefix_of_the_original_takes_the_place_of_those_that_are_there(pbx: Pbx) -> None:
    await dials(
        pbx,
        node("prepend_cid", caller_id_name_prefix="EN ", caller_id_number_prefix="1"),
        node("prepend_cid", caller_id_name_prefix="Sales ", apply_to="original"),
    )
    assert await shown(pbx) == ("Sales Bob", "2002")


async def test_prefixes_are_taken_away(pbx: Pbx) -> None:
    data: dict[str, Any] = {"caller_id_name_prefix": "EN ", "caller_id_number_prefix": "1"}
    await dials(pbx, node("prepend_cid", **data), node("prepend_cid", action="reset", **data))
    assert await shown(pbx) == ("Bob", "2002")


@pytest.mark.parametrize("wrong", [{"action": "append"}, {"caller_id_name_prefix": ["x"]}])
async def test_prefixes_that_make_no_sense_change_nothing(pbx: Pbx, wrong: dict[str, Any]) -> None:
    caller = await dials(pbx, node("prepend_cid", **{"caller_id_name_prefix": "x", **wrong}))
    assert await shown(pbx) == ("Bob", "2002")
    await caller.hangs_up()
    assert "data." in str((await pbx.trace_of(caller)).steps[0].error)


# privacy


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, ("Anonymous", "anonymous")),
        ({"mode": "full"}, ("Anonymous", "anonymous")),
        ({"mode": "yes"}, ("Anonymous", "anonymous")),
        ({"mode": "kazoo"}, ("Anonymous", "anonymous")),
        ({"mode": "whatever"}, ("Anonymous", "anonymous")),
        ({"mode": "name"}, ("Anonymous", "2002")),
        ({"mode": "hide_name"}, ("Anonymous", "2002")),
        ({"mode": "number"}, ("Bob", "anonymous")),
        ({"mode": "hide_number"}, ("Bob", "anonymous")),
        ({"mode": "none"}, ("Bob", "2002")),
        ({"endpoint_strategy": "merge"}, ("Anonymous", "anonymous")),
    ],
    ids=str,
)
async def test_privacy_hides(pbx: Pbx, data: dict[str, Any], expected: tuple[str, str]) -> None:
    await dials(pbx, node("privacy", **data))
    assert await shown(pbx) == expected


async def test_privacy_of_a_caller_from_outside(pbx: Pbx) -> None:
    caller = await dials(pbx, node("privacy"), outside=True)
    assert await shown(pbx) == ("Anonymous", "anonymous")
    assert caller.channel is not None
    assert caller.channel.variables["CCV_privacy_hide_name"] == "true"
    assert caller.channel.variables["CCV_privacy_hide_number"] == "true"


async def test_privacy_is_taken_back(pbx: Pbx) -> None:
    await dials(pbx, node("privacy"), node("privacy", mode="none"))
    assert await shown(pbx) == ("Bob", "2002")


async def test_an_unknown_strategy_hides_nothing(pbx: Pbx) -> None:
    await dials(pbx, node("privacy", endpoint_strategy="append"))
    assert await shown(pbx) == ("Bob", "2002")


async def withheld(pbx: Pbx) -> None:
    """Put privacy on *67<number>, with a survey after the call."""
    await pbx.home.media_tone("survey", seconds=1)
    flow = node("privacy", {"_": node("play", id="survey")})
    await pbx.home.callflow(patterns=[r"^\*67([0-9]+)$"], flow=flow)


async def test_privacy_calls_the_captured_number_and_comes_back(pbx: Pbx) -> None:
    await withheld(pbx)
    await pbx.home.callflow(numbers=["2001"], flow=ALICE)
    caller = pbx.dials("*672001")
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == "anonymous"
    await alice.answers()
    await caller.answered()
    await alice.hangs_up()
    await caller.hears("survey")
    await caller.ended()
    assert walked(await pbx.trace_of(caller))[0] == ("privacy", "flow2")


async def test_the_captured_number_may_be_the_catch_alls(pbx: Pbx) -> None:
    await withheld(pbx)
    await pbx.home.callflow(numbers=["no_match"], flow=ALICE)
    pbx.dials("*674158867900")
    assert await shown(pbx) == ("Anonymous", "anonymous")


async def test_a_captured_number_that_leads_nowhere_ends_the_call(pbx: Pbx) -> None:
    await withheld(pbx)
    caller = pbx.dials("*672999")
    assert (await caller.ended()).sip_status == 480
    assert caller.heard == []


# set_alert_info


async def test_the_ringtone_is_chosen(pbx: Pbx) -> None:
    await pbx.home.user("alice", ringtones={"internal": "usual"})
    caller = await dials(pbx, node("set_alert_info", alert_info="<http://pbx>;info=external"))
    alice = await pbx.alice.rings()
    assert await alice.header("Alert-Info") == "<http://pbx>;info=external"
    assert caller.channel is not None
    assert caller.channel.variables["CCV_alert_info"] == "<http://pbx>;info=external"


@pytest.mark.parametrize("data", [{}, {"alert_info": ""}, {"alert_info": None}], ids=str)
async def test_no_ringtone_leaves_the_usual_one(pbx: Pbx, data: dict[str, Any]) -> None:
    await pbx.home.user("alice", ringtones={"internal": "usual"})
    await dials(pbx, node("set_alert_info", **data))
    assert await (await pbx.alice.rings()).header("Alert-Info") == "usual"


# dynamic_cid: keyed in and static


async def keys_in(pbx: Pbx, keys: str, **data: Any) -> Line:
    """Let bob dial 2100 and key in a number when he is asked for one."""
    for prompt in ("dynamic-cid-enter_cid", REJECTED):
        await pbx.home.prompt_tone(prompt, seconds=1)
    caller = await dials(pbx, node("dynamic_cid", **data))
    await caller.hears("dynamic-cid-enter_cid")
    if keys:
        await caller.presses(keys)
    return caller


async def test_a_number_that_is_keyed_in_is_shown(pbx: Pbx) -> None:
    caller = await keys_in(pbx, "5551234567")
    assert await shown(pbx) == ("Bob", "5551234567")
    assert caller.heard == ["dynamic-cid-enter_cid", ACCEPTED]


@pytest.mark.parametrize("action", ["manual", "whatever", "list", "lists"])
async def test_whatever_is_asked_for_without_a_captured_key_it_is_keyed_in(
    pbx: Pbx, action: str
) -> None:
    await keys_in(pbx, "5551234567", action=action, id="managers")
    assert (await shown(pbx))[1] == "5551234567"


@pytest.mark.parametrize(
    ("keys", "data"),
    [
        ("", {}),
        ("#", {}),
        ("555123456#", {}),
        ("5551234567", {"whitelist_regex": "^4"}),
        ("5551234567", {"whitelist_regex": "("}),
        ("55#", {"min_digits": 3, "max_digits": 5}),
    ],
    ids=str,
)
async def test_a_number_that_cannot_be_shown_leaves_the_usual_one(
    pbx: Pbx, keys: str, data: dict[str, Any]
) -> None:
    caller = await keys_in(pbx, keys, **data)
    await caller.hears(REJECTED)
    assert await shown(pbx) == ("Bob", "2002")


async def test_how_long_a_number_may_be_and_how_it_looks(pbx: Pbx) -> None:
    data: dict[str, Any] = {"min_digits": 2, "max_digits": 4, "whitelist_regex": "^4"}
    await keys_in(pbx, "4711", **data)
    assert (await shown(pbx))[1] == "4711"


@pytest.mark.parametrize(
    ("interdigit", "number"),
    [(3000, "5551234567"), (3, "5551234567"), (2000, "2002"), (2, "2002")],
)
async def test_the_time_between_digits_is_in_milliseconds_or_in_seconds(
    pbx: Pbx, interdigit: int, number: str
) -> None:
    caller = await keys_in(pbx, "55512", interdigit_timeout=interdigit)
    await asyncio.sleep(0.9 + 2.5)  # the last key is released after 0.9 s
    await caller.presses("34567")
    assert (await shown(pbx))[1] == number


async def test_the_prompt_can_be_another(pbx: Pbx) -> None:
    await pbx.home.media_tone("which", seconds=1)
    caller = await dials(pbx, node("dynamic_cid", media_id="which"))
    await caller.hears("which")
    await caller.presses("5551234567")
    assert (await shown(pbx))[1] == "5551234567"


async def test_a_chosen_caller_id_is_the_callers_from_there_on(pbx: Pbx) -> None:
    chosen = {"name": "Chosen", "number": "+15550001111"}
    caller = await dials(pbx, node("dynamic_cid", action="static", caller_id=chosen))
    assert await shown(pbx) == ("Chosen", "+15550001111")
    assert caller.channel is not None
    assert caller.channel.caller.number == "+15550001111"
    assert caller.channel.caller.name == "Chosen"


async def test_a_number_alone_keeps_the_name(pbx: Pbx) -> None:
    chosen = {"number": 4711}
    await dials(pbx, node("dynamic_cid", action="static", caller_id=chosen))
    assert await shown(pbx) == ("Bob", "4711")


@pytest.mark.parametrize("chosen", [{}, {"name": "Chosen"}], ids=str)
async def test_no_number_is_told_and_leaves_the_usual_one(pbx: Pbx, chosen: dict[str, str]) -> None:
    await pbx.home.prompt_tone(REJECTED, seconds=1)
    caller = await dials(pbx, node("dynamic_cid", action="static", caller_id=chosen))
    await caller.hears(REJECTED)
    assert await shown(pbx) == ("Bob", "2002")


async def test_what_was_captured_is_what_is_called(pbx: Pbx) -> None:
    await pbx.home.user("dave")
    dave = await pbx.phone("dave", user="dave")
    there = node("user", id="dave")
    flow = node("dynamic_cid", {"_": there}, action="static", caller_id={"number": "4711"})
    await pbx.home.callflow(patterns=[r"^\*31(\d+)$"], flow=flow)
    pbx.dials("*314158867900")
    line = await dave.rings()
    assert line.caller_id.number == "4711"
    assert line.channel is not None
    # What the caller is shown of a phone that has no number of its own: what he called.
    assert line.channel.caller.number == "+14158867900"
