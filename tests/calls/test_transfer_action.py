"""A callflow that sends its caller to another number for good."""

from typing import Any

import pytest

from runtime.simulator import Line
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

UNAUTHORIZED = "cf-unauthorized_call"
OVER: Node = node("play", id="over")


async def sent(pbx: Pbx, **data: Any) -> Line:
    """Let bob call 2100, which sends him elsewhere; «over» is heard where a flow goes on."""
    await furnish(pbx, **data)
    return pbx.dials("2100")


async def furnish(pbx: Pbx, **data: Any) -> None:
    """Put alice on 2001 and the transfer on 2100, and on 2101 a flow that branches to it."""
    await pbx.home.media_tone("over", seconds=0.5)
    await pbx.home.prompt_tone(UNAUTHORIZED, seconds=0.5)
    away = await pbx.home.callflow(
        numbers=["2100"], flow=node("transfer", {"_": OVER}, **data), name="away"
    )
    await pbx.home.callflow(numbers=["2101"], flow=node("callflow", {"_": OVER}, id=away))
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"), name="alice")


@pytest.mark.parametrize(
    "data",
    [
        {"target": "2001"},
        {"target": 2001},
        {"target": "2001", "captures": ["2999"]},
        {"captures": ["2001"]},
        {"target": "2001", "leg": "self"},
        {"target": "2001", "leg": "bleg"},
        {"target": "2001", "transfer_type": "attended"},
    ],
    ids=str,
)
async def test_the_caller_is_sent_to_a_number_for_good(pbx: Pbx, data: dict[str, Any]) -> None:
    caller = await sent(pbx, **data)
    alice = await pbx.alice.rings()
    await alice.answers()
    await caller.answered()
    await alice.hangs_up()
    await caller.ended()
    assert caller.heard == []
    assert walked(await pbx.trace_of(caller)) == [("transfer", "alice"), ("user", None)]


async def test_no_flow_that_branched_here_gets_the_call_back(pbx: Pbx) -> None:
    await furnish(pbx, target="2001")
    caller = pbx.dials("2101")
    alice = await pbx.alice.rings()
    await alice.answers()
    await caller.answered()
    await alice.hangs_up()
    await caller.ended()
    assert caller.heard == []


async def test_what_the_new_number_captures_is_what_counts(pbx: Pbx) -> None:
    await furnish(pbx, target="*7123")
    await pbx.home.callflow(patterns=[r"^\*7(\d+)$"], flow=node("branch_bnumber", {"123": OVER}))
    caller = pbx.dials("2100")
    await caller.hears("over")


async def test_a_number_that_leads_nowhere_ends_the_call(pbx: Pbx) -> None:
    caller = await sent(pbx, target="2999")
    assert (await caller.ended()).sip_status == 404
    step = (await pbx.trace_of(caller)).steps[0]
    assert (step.inputs or {})["problem"] == "no callflow for 2999"


@pytest.mark.parametrize(
    "data", [{}, {"target": ""}, {"target": "no_match"}, {"captures": []}], ids=str
)
async def test_without_a_number_the_flow_goes_on(pbx: Pbx, data: dict[str, Any]) -> None:
    caller = await sent(pbx, **data)
    await caller.hears("over")
    await caller.ended()
    assert "data.target is missing" in str((await pbx.trace_of(caller)).steps[0].error)


async def test_an_unknown_type_goes_on(pbx: Pbx) -> None:
    caller = await sent(pbx, target="2001", transfer_type="warm")
    await caller.hears("over")
    assert pbx.alice.is_quiet


async def test_a_caller_of_the_account_is_sent_outside(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="carol"))
    await sent(pbx, target="4158867900")
    await pbx.carol.rings()


async def test_a_caller_from_outside_is_not_sent_outside(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="carol"))
    pbx.house.documents.numbers["+15550002100"] = pbx.home.id
    flow = node("transfer", {"_": OVER}, target="4158867900")
    await pbx.home.callflow(numbers=["+15550002100"], flow=flow)
    caller = pbx.carrier.dial("+15550002100")
    assert (await caller.ended()).sip_status == 404
    assert pbx.carol.is_quiet


async def test_nobody_is_sent_where_he_may_not_call(pbx: Pbx) -> None:
    await pbx.home.user("bob", call_restriction={"did_us": {"action": "deny"}})
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="carol"))
    caller = await sent(pbx, target="4158867900")
    await caller.ended()
    assert caller.heard == [UNAUTHORIZED]
    assert pbx.carol.is_quiet


async def test_a_ring_of_transfers_ends(pbx: Pbx) -> None:
    caller = await sent(pbx, target="2100")
    await caller.ended()
    assert (await pbx.trace_of(caller)).call.outcome == "branch_limit"
