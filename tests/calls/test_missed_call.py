"""Mail about calls from outside that nobody answered."""

from pathlib import Path
from typing import Any

import pytest

from runtime.callflow import ActionData, Call, Continue
from runtime.callflow.action import Action
from runtime.simulator import Identity, Line, Phone, Script
from runtime.storage.mails import MailRow
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, opened

pytestmark = pytest.mark.asyncio(loop_scope="function")

NUMBER = "+15550002000"
HERE = {"type": "email", "id": "boss@home.example"}


async def alerting(
    pbx: Pbx, *recipients: Any, then: Node | None = None, before: Node | None = None
) -> None:
    """Let a public number alert these, and ring alice for 5 s; `before` is another alert."""
    flow = node("missed_call_alert", {"_": then or ALICE}, recipients=list(recipients))
    if before is not None:
        flow = {**before, "children": {"_": flow}}
    pbx.house.documents.numbers[NUMBER] = pbx.home.id
    await pbx.home.callflow(numbers=[NUMBER, "2000"], flow=flow, name="alerting")


ALICE: Node = node("user", id="alice", timeout=5)


async def told(pbx: Pbx, caller: Line) -> list[str]:
    """Return who was told of a call, which must have ended."""
    await caller.ended()
    await pbx.trace_of(caller)
    return [mail.recipient for mail in pbx.house.mailbox.mails]


async def the_mail(pbx: Pbx, caller: Line) -> MailRow:
    """Return the one mail that was sent of a call."""
    assert len(await told(pbx, caller)) == 1
    return pbx.house.mailbox.mails[0]


async def inputs(pbx: Pbx, caller: Line) -> dict[str, Any]:
    """Return what the first step noted."""
    return (await pbx.trace_of(caller)).steps[0].inputs or {}


async def test_a_caller_who_gives_up_is_told_of(pbx: Pbx) -> None:
    await alerting(pbx, HERE)
    home = pbx.house.documents.accounts[pbx.home.id]
    home.doc = {**home.doc, "timezone": "Europe/Berlin"}
    caller = pbx.carrier.dial(NUMBER)
    await pbx.alice.rings()
    await caller.hangs_up()
    mail = await the_mail(pbx, caller)
    call = (await pbx.trace_of(caller)).call
    assert mail.recipient == "boss@home.example"
    assert mail.subject == "Missed call from Outside +15551234567"
    assert mail.account_id == pbx.home.id
    assert mail.call_id == call.id
    for text in (NUMBER, "Outside +15551234567", "the caller gave up", "ORIGINATOR_CANCEL"):
        assert text in mail.body
    assert "(Europe/Berlin)" in mail.body
    assert call.id in mail.body


async def test_a_call_that_nobody_answers_is_told_of(pbx: Pbx) -> None:
    await alerting(pbx, HERE)
    caller = pbx.carrier.dial(NUMBER)
    mail = await the_mail(pbx, caller)
    assert "nobody answered" in mail.body


async def test_a_greeting_is_no_answer(pbx: Pbx) -> None:
    await pbx.home.media_tone("closed", seconds=1)
    await alerting(pbx, HERE, then=node("play", id="closed"))
    caller = pbx.carrier.dial(NUMBER)
    await caller.hears("closed")
    assert await told(pbx, caller) == ["boss@home.example"]


async def test_a_call_that_is_answered_is_not_told_of(pbx: Pbx) -> None:
    await alerting(pbx, HERE)
    pbx.alice.script = Script(answers_after=1, talks_for=2)
    caller = pbx.carrier.dial(NUMBER)
    assert await told(pbx, caller) == []


async def test_nor_one_that_somebody_answered_at_last(pbx: Pbx) -> None:
    busy = node("user", {"_": node("user", id="carol")}, id="alice")
    await alerting(pbx, HERE, then=busy)
    pbx.alice.script = Script(rejects=486)
    pbx.carol.script = Script(answers_after=1, talks_for=2)
    assert await told(pbx, pbx.carrier.dial(NUMBER)) == []


async def test_a_call_of_a_colleague_is_not_told_of(pbx: Pbx) -> None:
    await alerting(pbx, HERE)
    caller = pbx.dials("2000")
    assert await told(pbx, caller) == []
    assert "phone of the account" in (await inputs(pbx, caller))["not_alerted"]


async def test_users_are_told_at_their_addresses(pbx: Pbx) -> None:
    await pbx.home.user("alice", email="alice@home.example")
    await pbx.home.user("carol", email="carol@home.example")
    users = {"type": "user", "id": ["alice", "carol"]}
    await alerting(pbx, users, {"type": "email", "id": ["boss@home.example"]})
    wanted = ["alice@home.example", "carol@home.example", "boss@home.example"]
    assert await told(pbx, pbx.carrier.dial(NUMBER)) == wanted


async def test_whoever_has_no_address_is_left_out(pbx: Pbx) -> None:
    await pbx.home.user("carol", email="carol at home")
    unknown = {"type": "user", "id": ["alice", "carol", "nobody"]}
    wrong = {"type": "email", "id": ["a@b@c", "x\r\nBcc: all@home.example"]}
    await alerting(pbx, unknown, wrong, {"type": "fax", "id": "1"}, HERE)
    caller = pbx.carrier.dial(NUMBER)
    assert await told(pbx, caller) == ["boss@home.example"]
    assert (await inputs(pbx, caller))["no_address"][:3] == [
        "user alice",
        "user carol",
        "user nobody",
    ]


async def test_a_user_of_another_account_is_not_told(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await other.user("eve", email="eve@other.example")
    await alerting(pbx, {"type": "user", "id": "eve"})
    caller = pbx.carrier.dial(NUMBER)
    assert await told(pbx, caller) == []
    assert (await inputs(pbx, caller))["not_alerted"] == "nobody has an address"


async def test_each_is_told_once(pbx: Pbx) -> None:
    await pbx.home.user("alice", email="boss@home.example")
    before = node("missed_call_alert", recipients=[HERE, HERE, {"type": "user", "id": "alice"}])
    await alerting(pbx, HERE, {"type": "email", "id": "second@home.example"}, before=before)
    both = ["boss@home.example", "second@home.example"]
    assert await told(pbx, pbx.carrier.dial(NUMBER)) == both


async def test_a_call_that_is_sent_elsewhere_is_not_told_of(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2001"], flow=ALICE)
    await alerting(pbx, HERE, then=node("transfer", target="2001"))
    assert await told(pbx, pbx.carrier.dial(NUMBER)) == []


async def test_a_call_with_a_message_is_not_told_of(audio: Path) -> None:
    async def leave_a_message(call: Call, _data: ActionData) -> Continue:
        call.message_left = True
        return Continue()

    more = {"mailbox": Action("mailbox", ActionData, leave_a_message)}
    async with opened(audio, more=more) as pbx:
        await alerting(pbx, HERE, then=node("mailbox"))
        assert await told(pbx, pbx.carrier.dial(NUMBER)) == []


async def test_a_call_that_goes_back_to_the_dialplan_is_not_told_of(pbx: Pbx) -> None:
    await alerting(pbx, HERE, then=node("noop"))
    back = Line(pbx.house.asterisk.switch, incoming=False)
    entry = ["external", NUMBER, pbx.home.id, "return"]
    back.channel = pbx.house.asterisk.switch.arrives(
        back, "trunk-0", entry, Identity("+15551234567", "Outside"), {}
    )
    call = (await pbx.trace_of(back)).call
    assert call.reason == "given back to the dialplan"
    await pbx.nothing_left()
    assert pbx.house.mailbox.mails == []


async def test_without_a_mail_server_nobody_is_told_and_the_trace_says_so(pbx: Pbx) -> None:
    pbx.house.mailbox.problem = "no mail server is set (CALLFLOW_SMTP_HOST)"
    await alerting(pbx, HERE)
    caller = pbx.carrier.dial(NUMBER)
    assert await told(pbx, caller) == []
    noted = await inputs(pbx, caller)
    assert noted["not_alerted"] == "no mail server is set (CALLFLOW_SMTP_HOST)"


async def test_the_trace_tells_who_will_be_told(pbx: Pbx) -> None:
    await alerting(pbx, HERE)
    caller = pbx.carrier.dial(NUMBER)
    await told(pbx, caller)
    assert await inputs(pbx, caller) == {"alerted": ["boss@home.example"]}


@pytest.mark.parametrize("recipients", [None, "boss@home.example", [{"type": "email"}]], ids=str)
async def test_recipients_that_make_no_sense_keep_nobody_from_calling(
    pbx: Pbx, recipients: Any
) -> None:
    flow = node("missed_call_alert", {"_": ALICE}, recipients=recipients)
    pbx.house.documents.numbers[NUMBER] = pbx.home.id
    await pbx.home.callflow(numbers=[NUMBER], flow=flow)
    caller = pbx.carrier.dial(NUMBER)
    await pbx.alice.rings()
    await caller.hangs_up()
    assert await told(pbx, caller) == []
    assert "data.recipients" in str((await pbx.trace_of(caller)).steps[0].error)


async def test_a_name_cannot_break_out_of_the_mail(pbx: Pbx) -> None:
    await alerting(pbx, HERE)
    evil = Identity("+15550009999", "Eve\r\nBcc: all@home.example\0\ud800 $account")
    switch = pbx.house.asterisk.switch
    pbx.phones["eve"] = Phone(switch, "trunk-0", shows=evil, entry=("external",))
    line = pbx.phones["eve"].dial(NUMBER)
    mail = await the_mail(pbx, line)
    assert "\n" not in mail.subject
    assert "\0" not in mail.subject + mail.body
    assert mail.subject.endswith("$account +15550009999")
    mail.body.encode()
