"""Call another extension, whose phones answer by themselves.

Children: the captured number's flow, then `_`; `_` when the number leads nowhere or only to the
account's catch-all. Source of the behaviour: Kazoo's `intercom`; whether a phone answers by itself,
and while its owner talks, is up to the phone.
"""

from runtime.callflow import ActionData, Branch, Call, Continue, Flag, Prompt, Stop

CHILDREN = frozenset("_")


class Data(ActionData):
    """`barge_calls`: phones may interrupt a call for it."""

    barge_calls: Flag = False


async def handle(call: Call, data: Data) -> Branch | Continue | Stop:
    """Let the phones answer by themselves, and dial."""
    number = call.account.normalise(call.capture_group or "")
    call.note(number=number)
    if not number:
        await call.tell(Prompt("fault-can_not_be_completed_as_dialed"))
        return Stop()
    match = await call.find(number)
    if match is None or match.callflow.is_no_match:
        return Continue()
    await call.answer_by_themselves(barge=data.barge_calls)
    call.note(match=match.as_json())
    return Branch(match.callflow)
