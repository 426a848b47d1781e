"""The letter about a call that nobody answered.

Source of the behaviour: Kazoo's `missed_call` notification.
"""

from runtime.accounts import Account
from runtime.notify.letter import Letter
from runtime.storage.calls import CallRow
from runtime.telephony import cause_name

_UNKNOWN = "an unknown number"
_GAVE_UP = "caller_hung_up"


def missed_call(account: Account, call: CallRow, recipient: str, sip_status: int | None) -> Letter:
    """Tell one of a call that has ended; times are the account's."""
    when = call.started_at.astimezone(account.zone)
    caller = " ".join(part for part in (call.caller_name, call.caller_number) if part)
    values = {
        "account": account.name,
        "account_id": account.id,
        "call_id": call.id,
        "caller": caller or _UNKNOWN,
        "caller_name": call.caller_name,
        "caller_number": call.caller_number,
        "number": call.number,
        "when": f"{when:%Y-%m-%d %H:%M:%S} ({account.zone})",
        "end": "the caller gave up" if call.outcome == _GAVE_UP else "nobody answered",
        "disposition": call.outcome or "",
        "cause": cause_name(call.cause, sip_status),
        "code": f"sip:{sip_status}" if sip_status is not None else "",
    }
    return Letter(
        account_id=account.id,
        kind="missed_call",
        recipient=recipient,
        values=values,
        call_id=call.id,
    )
