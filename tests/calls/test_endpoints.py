"""Which phones of a device or user ring, what they show, and what the caller hears meanwhile."""

import asyncio
from typing import Any

import pytest

from runtime.simulator import Identity, Line, Phone, Script
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

BRANCHES = ("USER_BUSY", "NO_ANSWER", "PROGRESS_TIMEOUT", "USER_NOT_REGISTERED")


async def extension(pbx: Pbx, module: str = "user", **data: Any) -> None:
    """Put alice on 2001; failures lead to a sound of their name, `_` to «nobody»."""
    for name in (*BRANCHES, "nobody"):
        await pbx.home.media_tone(name, seconds=1)
    branches: dict[str, Node] = {name: node("play", id=name) for name in BRANCHES}
    target = "alice" if module == "user" else "alice_phone"
    flow = node(module, {"_": node("play", id="nobody"), **branches}, **{"id": target, **data})
    await pbx.home.callflow(numbers=["2001"], flow=flow, name="extension")


async def device(pbx: Pbx, **doc: Any) -> None:
    """Change alice's device."""
    await pbx.home.device("alice", user="alice", number="2001", **doc)


async def left_out(pbx: Pbx, caller: Line) -> dict[str, str]:
    """Return whom the first step left out, and why."""
    inputs = (await pbx.trace_of(caller)).steps[0].inputs or {}
    told: dict[str, str] = inputs.get("left_out", {})
    return told


# Checks: none of them makes a failure branch.


@pytest.mark.parametrize("module", ["device", "user"])
@pytest.mark.parametrize(
    ("doc", "reason"),
    [
        ({"enabled": False}, "device is disabled"),
        ({"do_not_disturb": {"enabled": True}}, "do not disturb (device)"),
        ({"sip": {"username": ""}}, "device has no sip.username"),
    ],
)
async def test_a_device_that_may_not_ring_leads_to_the_default(
    pbx: Pbx, module: str, doc: dict[str, Any], reason: str
) -> None:
    await extension(pbx, module)
    await device(pbx, **doc)
    caller = pbx.dials("2001")
    await caller.hears("nobody")
    await caller.ended()
    assert pbx.alice.is_quiet
    assert await left_out(pbx, caller) == {"alice_phone": reason}


@pytest.mark.parametrize("module", ["device", "user"])
@pytest.mark.parametrize("data", [{"id": None}, {"id": "nobody_at_all"}])
async def test_without_a_document_there_is_nobody_to_ring(
    pbx: Pbx, module: str, data: dict[str, Any]
) -> None:
    await extension(pbx, module, **data)
    caller = pbx.dials("2001")
    await caller.hears("nobody")
    await caller.ended()


@pytest.mark.parametrize("doc", [{"enabled": False}, {"do_not_disturb": {"enabled": True}}])
async def test_a_user_who_may_not_be_rung(pbx: Pbx, doc: dict[str, Any]) -> None:
    await extension(pbx)
    await pbx.home.user("alice", **doc)
    caller = pbx.dials("2001")
    await caller.hears("nobody")
    assert pbx.alice.is_quiet


@pytest.mark.parametrize("module", ["device", "user"])
async def test_the_accounts_do_not_disturb_silences_all(pbx: Pbx, module: str) -> None:
    quiet = await pbx.account("quiet", do_not_disturb={"enabled": True})
    await quiet.user("alice")
    called = await pbx.phone("dave", user="alice", account=quiet)
    caller = await pbx.phone("erin", account=quiet)
    await quiet.media_tone("nobody", seconds=1)
    target = "alice" if module == "user" else "dave_phone"
    flow = node(module, {"_": node("play", id="nobody")}, id=target)
    await quiet.callflow(numbers=["2001"], flow=flow)
    line = caller.dial("2001")
    await line.hears("nobody")
    assert called.is_quiet


@pytest.mark.parametrize("can_call_self", [False, True])
@pytest.mark.parametrize("module", ["device", "user"])
async def test_another_phone_of_ones_own(
    pbx: Pbx,
    module: str,
    can_call_self: bool,  # noqa: FBT001
) -> None:
    await extension(pbx, module, can_call_self=can_call_self)
    mobile = await pbx.phone("mobile", user="alice")
    caller = mobile.dial("2001")
    if can_call_self:
        await pbx.alice.rings()
    else:
        await caller.hears("nobody")
        assert pbx.alice.is_quiet
    await caller.hangs_up()


async def test_whoever_is_hot_desked_at_a_phone_is_its_owner(pbx: Pbx) -> None:
    await extension(pbx)
    await pbx.home.device("carol", user="carol", hotdesk={"users": {"alice": {}}})
    caller = pbx.dials("2001")
    await pbx.alice.rings()
    await pbx.carol.rings()
    await caller.hangs_up()
    caller = pbx.carol.dial("2001")
    await caller.hears("nobody")


async def test_the_owner_of_a_phone_where_somebody_else_sits_is_not_rung_there(pbx: Pbx) -> None:
    await extension(pbx)
    await device(pbx, hotdesk={"users": {"carol": {}}})
    caller = pbx.dials("2001")
    await caller.hears("nobody")
    assert pbx.alice.is_quiet


# Call waiting.


async def talks(phone: Phone, pbx: Pbx) -> Line:
    """Let a phone be busy with somebody outside."""
    await pbx.home.callflow(numbers=["2900"], flow=node("dead_air"), name="dead air")
    line = phone.dial("2900")
    await line.answered()
    return line


@pytest.mark.parametrize("module", ["device", "user"])
async def test_without_call_waiting_a_phone_that_talks_is_busy(pbx: Pbx, module: str) -> None:
    await extension(pbx, module)
    await device(pbx, call_waiting={"enabled": False})
    line = await talks(pbx.alice, pbx)
    caller = pbx.dials("2001")
    await caller.hears("USER_BUSY")
    assert pbx.alice.is_quiet
    assert ((await pbx.trace_of(caller)).steps[0].inputs or {})["sip_status"] == 486
    await line.hangs_up()
    await asyncio.sleep(1)
    caller = pbx.dials("2001")
    await pbx.alice.rings()
    await caller.hangs_up()


async def test_a_phone_is_busy_when_its_owner_talks_at_another(pbx: Pbx) -> None:
    await extension(pbx)
    await pbx.home.user("alice", call_waiting={"enabled": False})
    mobile = await pbx.phone("mobile", user="alice")
    line = await talks(mobile, pbx)
    caller = pbx.dials("2001")
    await caller.hears("USER_BUSY")
    assert pbx.alice.is_quiet
    await line.hangs_up()


async def test_the_phones_that_ring_together_do_not_make_each_other_busy(pbx: Pbx) -> None:
    await extension(pbx)
    await pbx.home.user("alice", call_waiting={"enabled": False})
    mobile = await pbx.phone("mobile", user="alice")
    caller = pbx.dials("2001")
    await pbx.alice.rings()
    await mobile.rings()
    await caller.hangs_up()


async def test_with_call_waiting_a_phone_that_talks_rings(pbx: Pbx) -> None:
    await extension(pbx)
    await pbx.home.user("alice", call_waiting={"enabled": False})
    await device(pbx, call_waiting={"enabled": True})  # the device's word counts more
    line = await talks(pbx.alice, pbx)
    caller = pbx.dials("2001")
    await pbx.alice.rings()
    await caller.hangs_up()
    await line.hangs_up()


# Times.


async def test_a_phone_rings_after_its_delay_and_for_its_time(pbx: Pbx) -> None:
    await extension(pbx, "device", delay=3, timeout=5)
    began = asyncio.get_running_loop().time()
    caller = pbx.dials("2001")
    await pbx.alice.rings()
    assert asyncio.get_running_loop().time() - began == pytest.approx(3.1, abs=0.2)
    await caller.hears("NO_ANSWER")
    assert asyncio.get_running_loop().time() - began == pytest.approx(8, abs=0.3)


@pytest.mark.parametrize("module", ["device", "user"])
async def test_without_a_time_it_rings_for_20_seconds(pbx: Pbx, module: str) -> None:
    await extension(pbx, module, timeout=0)
    began = asyncio.get_running_loop().time()
    caller = pbx.dials("2001")
    await caller.hears("NO_ANSWER")
    assert asyncio.get_running_loop().time() - began == pytest.approx(20, abs=0.3)


@pytest.mark.parametrize(("rings_after", "branch"), [(5.0, "PROGRESS_TIMEOUT"), (1, "NO_ANSWER")])
async def test_a_phone_that_does_not_ring_in_time_is_given_up(
    pbx: Pbx, rings_after: float, branch: str
) -> None:
    await extension(pbx, "device", timeout=10)
    await device(pbx, media={"progress_timeout": 3})
    pbx.alice.script = Script(rings_after=rings_after)
    caller = pbx.dials("2001")
    await caller.hears(branch)


# What the phone shows.


async def test_a_caller_from_outside_is_shown_as_received_with_the_tone_for_such(pbx: Pbx) -> None:
    await extension(pbx)
    await pbx.home.user("alice", ringtones={"internal": "<http://in>", "external": "<http://out>"})
    pbx.house.documents.numbers["+15550002001"] = pbx.home.id
    await pbx.home.callflow(numbers=["+15550002001"], flow=node("user", id="alice"))
    outside = await pbx.carrier.dials("+15550002001")
    alice = await pbx.alice.rings()
    assert alice.caller_id == Identity("+15551234567", "Outside")
    assert await alice.header("Alert-Info") == "<http://out>"
    await outside.hangs_up()
    inside = pbx.dials("2001")
    alice = await pbx.alice.rings()
    assert await alice.header("Alert-Info") == "<http://in>"
    await inside.hangs_up()


async def test_headers_come_from_both_phones_and_the_action(pbx: Pbx) -> None:
    await extension(pbx, custom_sip_headers={"X-Action": "sales"})
    await device(pbx, sip={"custom_sip_headers": {"in": {"X-Called": "1"}, "out": {"X-No": "1"}}})
    await pbx.home.device(
        "bob", user="bob", number="2002", sip={"custom_sip_headers": {"out": {"X-Calling": "2"}}}
    )
    caller = pbx.dials("2001")
    alice = await pbx.alice.rings()
    told = [await alice.header(f"X-{name}") for name in ("Action", "Called", "Calling", "No")]
    assert told == ["sales", "1", "2", None]
    await caller.hangs_up()


async def test_losers_are_told_that_somebody_else_answered_only_where_they_want_it(
    pbx: Pbx,
) -> None:
    await extension(pbx)
    await device(pbx, ignore_completed_elsewhere=False)
    await pbx.phone("mobile", user="alice", answers_after=2)
    await pbx.phone("third", user="alice")
    caller = pbx.dials("2001")
    await caller.answered()
    told = await pbx.alice.lines[0].ended()
    not_told = await pbx.phones["third"].lines[0].ended()
    assert (told.cause, not_told.cause) == (26, 16)
    await caller.hangs_up()


# What the caller hears.


async def test_the_phones_own_sounds_before_its_answer_are_heard(pbx: Pbx) -> None:
    await extension(pbx, "device")
    pbx.alice.script = Script(early="please wait", early_after=2, answers_after=6, says="hello")
    caller = pbx.dials("2001")
    await caller.hears("please wait")
    assert not caller.is_answered
    await caller.hears("hello")
    await caller.answered(within=0.1)
    await asyncio.sleep(1)
    await caller.hangs_up()
    trace = await pbx.trace_of(caller)
    assert trace.call.answered_at is not None


@pytest.mark.parametrize(
    ("module", "doc"), [("device", {"media": {"ignore_early_media": True}}), ("user", {})]
)
async def test_they_are_not_where_it_is_not_wanted(
    pbx: Pbx, module: str, doc: dict[str, Any]
) -> None:
    await extension(pbx, module)
    await device(pbx, **doc)
    pbx.alice.script = Script(early="please wait", early_after=2, answers_after=6, says="hello")
    caller = pbx.dials("2001")
    await caller.hears("hello")
    assert caller.heard == ["hello"]
    assert caller.is_told_ringing
    await caller.hangs_up()


async def test_a_phone_that_is_not_answered_after_all_leaves_the_caller_to_the_flow(
    pbx: Pbx,
) -> None:
    await extension(pbx, "device", timeout=5)
    pbx.alice.script = Script(early="please wait", early_after=1)
    caller = pbx.dials("2001")
    await caller.hears("please wait")
    await caller.hears("NO_ANSWER")
    await caller.ended()
    assert caller.heard == ["please wait", "NO_ANSWER"]


async def test_a_user_whose_phones_ring_one_by_one_may_let_them_be_heard(pbx: Pbx) -> None:
    await extension(pbx, strategy="single", timeout=5)
    await pbx.phone("mobile", user="alice", early="mobile", answers_after=3, says="hello")
    pbx.alice.script = Script(early="desk")
    caller = pbx.dials("2001")
    await caller.hears("desk")
    await caller.hears("mobile")
    await caller.hears("hello")
    await caller.hangs_up()


# The data that a call carries.


@pytest.mark.parametrize("said", [None, False, True])
async def test_one_refusal_counts_for_all_if_the_call_says_so(
    pbx: Pbx,
    said: bool | None,  # noqa: FBT001
) -> None:
    data: dict[str, Any] = {} if said is None else {"fail_on_single_reject": said}
    await extension(pbx, timeout=3, **data)
    await pbx.phone("mobile", user="alice")
    pbx.alice.script = Script(rejects=486)
    caller = pbx.dials("2001")
    await caller.hears("USER_BUSY" if said else "NO_ANSWER")


@pytest.mark.parametrize(("said", "branch"), [("true", "USER_BUSY"), ("false", "NO_ANSWER")])
async def test_a_variable_of_the_call_says_whether_one_refusal_counts_for_all(
    pbx: Pbx, said: str, branch: str
) -> None:
    await extension(pbx, timeout=3)
    await pbx.phone("mobile", user="alice")
    pbx.alice.script = Script(rejects=486)
    variables = {"Require-Fail-On-Single-Reject": said}
    jump = node("callflow", id="extension")
    first = node("set_variables", {"_": jump}, custom_application_vars=variables)
    await pbx.home.callflow(numbers=["2010"], flow=first)
    caller = pbx.dials("2010")
    await caller.hears(branch)


async def test_a_mobile_telephone_is_called_by_its_number(pbx: Pbx) -> None:
    await extension(pbx, "device")
    mobile = {"device_type": "mobile", "mobile": {"mdn": "2003"}}
    await pbx.home.document("device", "alice_phone", {"owner_id": "alice", **mobile})
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    caller = pbx.dials("2001")
    carol = await pbx.carol.rings()
    assert carol.caller_id.number == "2002"
    await carol.answers()
    await caller.answered()
    await caller.hangs_up()
    assert walked(await pbx.trace_of(caller)) == [("device", None)]


async def test_a_device_and_its_number_may_ring_one_after_the_other(pbx: Pbx) -> None:
    await extension(pbx, "device", dial_strategy="single", timeout=4)
    await pbx.home.callflow(numbers=["2003"], flow=node("device", id="carol_phone"))
    said = {"number": "2003", "enabled": True, "substitute": False, "require_keypress": False}
    await device(pbx, call_forward=said)
    caller = pbx.dials("2001")
    carol = await pbx.carol.rings()
    assert pbx.alice.is_quiet
    await pbx.alice.rings()
    await carol.ended()
    await caller.hears("NO_ANSWER")
