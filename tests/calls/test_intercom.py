"""Calls that the called phones answer by themselves."""

import pytest

from tests.calls.account import node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

NOT_AS_DIALLED = "fault-can_not_be_completed_as_dialed"


async def intercom(pbx: Pbx, **data: object) -> None:
    """Put intercom on *0<extension>; alice is 2001; afterwards «over» is heard."""
    await pbx.home.prompt_tone(NOT_AS_DIALLED, seconds=0.5)
    await pbx.home.media_tone("over", seconds=0.5)
    flow = node("intercom", {"_": node("play", id="over")}, **data)
    await pbx.home.callflow(numbers=["*0"], patterns=[r"^\*0([0-9*]+)$"], flow=flow)
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"), name="alice")


async def test_the_phone_is_asked_to_answer_by_itself(pbx: Pbx) -> None:
    await intercom(pbx)
    await pbx.home.user("alice", ringtones={"internal": "usual"})
    caller = pbx.dials("*02001")
    alice = await pbx.alice.rings()
    assert await alice.header("Alert-Info") == "intercom"
    assert await alice.header("Call-Info") == f"<sip:{pbx.home.realm}>;answer-after=0"
    assert alice.channel is not None
    assert alice.channel.variables["CCV_auto_answer_suppress_notify"] == "true"
    await alice.answers()
    await caller.answered()
    await alice.hangs_up()
    await caller.hears("over")
    await caller.ended()
    assert walked(await pbx.trace_of(caller))[0] == ("intercom", "alice")


async def test_phones_that_talk_may_be_asked_to_interrupt_that(pbx: Pbx) -> None:
    await intercom(pbx, barge_calls=True)
    pbx.dials("*02001")
    alice = await pbx.alice.rings()
    assert alice.channel is not None
    assert alice.channel.variables["CCV_auto_answer_suppress_notify"] == "false"


async def test_it_is_so_for_all_that_the_flow_rings(pbx: Pbx) -> None:
    await intercom(pbx)
    members = [{"endpoint_type": "user", "id": name} for name in ("alice", "carol")]
    flow = node("ring_group", endpoints=members, ringtones={"internal": "group"})
    await pbx.home.callflow(numbers=["2005"], flow=flow)
    pbx.dials("*02005")
    for phone in (pbx.alice, pbx.carol):
        line = await phone.rings()
        assert await line.header("Alert-Info") == "intercom"
        assert await line.header("Call-Info") is not None


async def test_an_ordinary_call_is_not_answered_by_itself(pbx: Pbx) -> None:
    await intercom(pbx)
    pbx.dials("2001")
    alice = await pbx.alice.rings()
    assert await alice.header("Alert-Info") is None
    assert await alice.header("Call-Info") is None


async def test_without_an_extension_it_cannot_be_completed(pbx: Pbx) -> None:
    await intercom(pbx)
    caller = pbx.dials("*0")
    await caller.ended()
    assert caller.heard == [NOT_AS_DIALLED]


@pytest.mark.parametrize("number", ["*02999", "*0*99"])
async def test_a_number_that_leads_nowhere_goes_on(pbx: Pbx, number: str) -> None:
    await intercom(pbx)
    caller = pbx.dials(number)
    await caller.hears("over")


async def test_nobody_outside_is_called_so(pbx: Pbx) -> None:
    await intercom(pbx)
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="alice"))
    caller = pbx.dials("*04158867900")
    await caller.hears("over")
    assert pbx.alice.is_quiet


async def test_the_number_is_written_as_the_account_does(pbx: Pbx) -> None:
    await intercom(pbx)
    await pbx.home.callflow(numbers=["+14158867900"], flow=node("user", id="alice"))
    pbx.dials("*04158867900")
    assert await (await pbx.alice.rings()).header("Alert-Info") == "intercom"
