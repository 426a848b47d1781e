"""How far it reaches what a callflow chose for the caller: later phones of this call only."""

from pathlib import Path
from typing import Any

import pytest

from runtime.callflow import ActionData, Call, Continue
from runtime.callflow.action import Action
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, opened, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

BOB = ("Bob", "2002")
RINGTONE = "<http://pbx.example>;info=external"
SET = node("set_cid", caller_id_name="Sales", caller_id_number="4000")
PREPEND = node("prepend_cid", caller_id_name_prefix="A ", caller_id_number_prefix="9")


def chain(*nodes: Node) -> Node:
    """Return the first of the nodes, each leading to the next by its `_`."""
    *before, last = nodes
    for one in reversed(before):
        last = {**one, "children": {**one["children"], "_": last}}
    return last


async def before_alice(pbx: Pbx, *nodes: Node) -> None:
    """Put nodes before a call to alice on 2000."""
    flow = chain(*nodes, node("user", id="alice"))
    await pbx.home.callflow(numbers=["2000"], flow=flow, name="main")


async def shown(pbx: Pbx, *nodes: Node) -> tuple[str, str]:
    """Let bob call alice over these nodes, and return the name and number that her phone shows."""
    await before_alice(pbx, *nodes)
    bob = pbx.dials("2000")
    alice = await pbx.alice.rings()
    await bob.hangs_up()
    await alice.ended()
    return alice.caller_id.name, alice.caller_id.number


async def test_it_counts_more_than_the_documents(pbx: Pbx) -> None:
    await pbx.home.user("bob", caller_id={"internal": {"name": "Robert", "number": "7000"}})
    assert await shown(pbx) == ("Robert", "7000")
    assert await shown(pbx, PREPEND) == ("A Robert", "97000")
    assert await shown(pbx, PREPEND, SET) == ("Sales", "4000")
    assert await shown(pbx, SET, node("set_cid")) == ("Robert", "7000")


async def test_the_callers_own_channel_and_record_keep_his_caller_id(pbx: Pbx) -> None:
    await before_alice(pbx, SET, PREPEND, node("privacy"))
    bob = pbx.dials("2000")
    await pbx.alice.rings()
    assert bob.channel is not None
    assert (bob.channel.caller.name, bob.channel.caller.number) == BOB
    await bob.hangs_up()
    trace = await pbx.trace_of(bob)
    assert (trace.call.caller_name, trace.call.caller_number) == BOB
    assert walked(trace)[:2] == [("set_cid", "_"), ("prepend_cid", "_")]


async def test_another_call_is_not_touched(pbx: Pbx) -> None:
    await before_alice(pbx, SET, node("set_alert_info", alert_info=RINGTONE))
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    first = pbx.dials("2000")
    assert (await pbx.alice.rings()).caller_id.number == "4000"
    second = await pbx.carol.dials("2001")
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == "2003"
    assert await alice.header("Alert-Info") is None
    await first.hangs_up()
    await second.hangs_up()


async def test_every_phone_of_a_group_shows_it_and_rings_so(pbx: Pbx) -> None:
    members = [{"endpoint_type": "user", "id": name} for name in ("alice", "carol")]
    ringing = node("ring_group", endpoints=members)
    flow = chain(SET, node("set_alert_info", alert_info=RINGTONE), ringing)
    await pbx.home.callflow(numbers=["2000"], flow=flow)
    bob = pbx.dials("2000")
    for phone in (pbx.alice, pbx.carol):
        line = await phone.rings()
        assert line.caller_id.number == "4000"
        assert await line.header("Alert-Info") == RINGTONE
        assert line.channel is not None
        assert line.channel.variables["CCV_alert_info"] == RINGTONE
    await bob.hangs_up()


async def test_the_number_to_which_a_phone_forwards_shows_it_too(pbx: Pbx) -> None:
    said = {"enabled": True, "number": "2003", "require_keypress": False, "keep_caller_id": True}
    await pbx.home.device("alice", user="alice", number="2001", call_forward=said)
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    await before_alice(pbx, SET)
    bob = pbx.dials("2000")
    carol = await pbx.carol.rings()
    assert (carol.caller_id.name, carol.caller_id.number) == ("Sales", "4000")
    await bob.hangs_up()


async def test_a_later_ringtone_takes_the_place_of_an_earlier_one(pbx: Pbx) -> None:
    later = node("set_alert_info", alert_info="second")
    await before_alice(pbx, node("set_alert_info", alert_info=RINGTONE), later)
    bob = pbx.dials("2000")
    assert await (await pbx.alice.rings()).header("Alert-Info") == "second"
    await bob.hangs_up()


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        ({}, False),
        ({"endpoint_strategy": "overwrite"}, False),
        ({"endpoint_strategy": "merge"}, True),
        ({"mode": "none"}, True),
    ],
    ids=str,
)
async def test_whether_what_the_documents_withhold_outside_counts_beside_it(
    audio: Path,
    data: dict[str, Any],
    counts: bool,  # noqa: FBT001
) -> None:
    known: list[bool] = []

    async def look(call: Call, _data: ActionData) -> Continue:
        known.append(call.party.endpoint_privacy)
        return Continue()

    async with opened(audio, more={"look": Action("look", ActionData, look)}) as pbx:
        flow = chain(node("look"), node("privacy", **data), node("look"))
        await pbx.home.callflow(numbers=["2000"], flow=flow)
        await pbx.dials("2000").ended()
    assert known == [True, counts]


@pytest.mark.parametrize(
    ("module", "data"),
    [
        ("intercom", {}),
        ("privacy", {}),
        ("transfer", {"target": "2600"}),
        ("dynamic_cid", {"action": "lists", "id": "cities", "permit_custom_callflow": True}),
    ],
)
async def test_a_number_of_another_account_is_not_called(
    pbx: Pbx, module: str, data: dict[str, Any]
) -> None:
    other = await pbx.account("other")
    stranger = await pbx.phone("stranger", account=other)
    for number in ("2600", "00"):
        await other.callflow(numbers=[number], flow=node("device", id="stranger_phone"))
    entry = {"list_id": "cities", "capture_group_key": "26", "number": "4000"}
    await pbx.home.document("list", "cities", {"name": "Cities"})
    await pbx.home.document("list_entry", "berlin", entry)
    await pbx.home.callflow(patterns=[r"^\*5(\d+)$"], flow=node(module, **data))
    bob = pbx.dials("*52600")
    await bob.ended()
    assert stranger.is_quiet
    assert not stranger.lines
