"""What a web server is told when a call has ended: the caller's hangup, as Kazoo's event has it."""

from datetime import datetime
from typing import Any

from runtime.callflow import Call
from runtime.storage.cdrs import CdrRow


def hangup_fields(call: Call, row: CdrRow) -> dict[str, Any]:
    """Return the fields; times are in whole seconds, what is not known is absent."""
    realm = call.account.realm
    answered = row.answered_at or row.ended_at
    called = f"{row.number}@{realm}" if realm else row.number
    caller = f"{row.caller_number}@{realm}" if realm and call.internal else row.caller_number
    fields = {
        "Event-Category": "call_event",
        "Event-Name": "CHANNEL_DESTROY",
        "Call-ID": call.id,
        "Account-ID": call.account.id,
        "Interaction-ID": row.interaction_id,
        "Call-Direction": row.direction,
        "Caller-ID-Name": row.caller_name,
        "Caller-ID-Number": row.caller_number,
        "Callee-ID-Name": row.callee_name,
        "Callee-ID-Number": row.callee_number,
        "From": caller,
        "To": called,
        "Request": called,
        "Timestamp": int(row.started_at.timestamp()),
        "Duration-Seconds": _seconds(row.started_at, row.ended_at),
        "Ringing-Seconds": _seconds(row.ringing_at or answered, answered),
        "Billing-Seconds": _seconds(answered, row.ended_at),
        "Hangup-Cause": row.cause_name,
        "Hangup-Code": f"sip:{row.sip_status}" if row.sip_status else f"q850:{row.cause or 0}",
        "Ended-By": row.ended_by,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _seconds(begin: datetime, end: datetime) -> int:
    return max(0, int((end - begin).total_seconds()))
